package sekisho.mailhook.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import sekisho.embedded.Escaped;

/**
 * A client that sends exactly the octets it is told to and reads replies. Scripts have one step a line:
 * <pre>
 * {@code > text}    send the text and CRLF; escapes as in {@link Escaped}
 * {@code 64> text}  send the text's octets in base64, and CRLF; {@code 64> command|text} puts a command in front
 * {@code >> text}   send the text without CRLF
 * {@code < 250 2.}  read one whole reply, whose last line begins so
 * {@code <~ text}   the reply before held this text
 * {@code <! text}   the reply before did not hold this text
 * {@code <eof}      the server has closed
 * {@code <alert}    the server has sent a TLS alert (RFC 8446 §6) and closed
 * {@code close}     we close
 * {@code tls}       go on with TLS
 * </pre>
 */
final class Dialogue implements AutoCloseable {
    private static final int LONGEST_WAIT_MILLIS = 20_000;
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private String lastReply = "";
    private final StringBuilder log = new StringBuilder();

    Dialogue(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(LONGEST_WAIT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** Connects, reads the greeting, says EHLO. */
    static Dialogue greeted(int port) throws IOException {
        var dialogue = new Dialogue(port);
        dialogue.expect("220");
        dialogue.say("EHLO client.example");
        dialogue.expect("250");
        return dialogue;
    }

    void play(String script) throws IOException {
        for (String step : script.split("\n")) {
            if (step.startsWith(">> ")) {
                send(Escaped.octets(step.substring(3)));
            } else if (step.startsWith("64> ")) {
                int bar = step.indexOf('|');
                byte[] encoded = Base64.getEncoder().encode(Escaped.octets(step.substring(bar < 0 ? 4 : bar + 1)));
                say((bar < 0 ? "" : step.substring(4, bar) + " ") + new String(encoded, StandardCharsets.US_ASCII));
            } else if (step.startsWith("> ")) {
                send(Escaped.octets(step.substring(2) + "\\r\\n"));
            } else if (step.startsWith("< ")) {
                expect(step.substring(2));
            } else if (step.startsWith("<~ ")) {
                assertThat(lastReply).contains(step.substring(3));
            } else if (step.startsWith("<! ")) {
                assertThat(lastReply).doesNotContain(step.substring(3));
            } else if (step.equals("<eof")) {
                expectEnd();
            } else if (step.equals("<alert")) {
                assertThat(in.readAllBytes()).startsWith(0x15);
            } else if (step.equals("tls")) {
                startTls();
            } else if (step.equals("close")) {
                close();
            } else if (!step.isBlank() && !step.startsWith("#") && !step.startsWith("!") && !step.startsWith("=") && !step.startsWith("@")) {
                fail("step not understood: " + step);
            }
        }
    }

    void say(String line) throws IOException {
        send((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    void send(byte[] octets) throws IOException {
        log.append("C: ").append(octets.length > 300 ? octets.length + " octets" : new String(octets, StandardCharsets.ISO_8859_1)).append('\n');
        out.write(octets);
        out.flush();
    }

    /** Reads one reply, whose last line begins so, and returns all of its lines. */
    String expect(String start) throws IOException {
        String reply = reply();
        String lastLine = reply.substring(reply.lastIndexOf('\n') + 1);
        assertThat(lastLine).as(() -> "dialogue so far:\n" + log).startsWith(start);
        return reply;
    }

    String reply() throws IOException {
        StringBuilder reply = new StringBuilder();
        while (true) {
            String line = line();
            reply.append(line);
            if (line.length() < 4 || line.charAt(3) != '-') {
                lastReply = reply.toString();
                return lastReply;
            }
            reply.append('\n');
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0) {
                return "[closed]";
            }
            line.append((char) octet);
        }
        assertThat(line).endsWith("\r");
        line.setLength(line.length() - 1);
        log.append("S: ").append(line).append('\n');
        return line.toString();
    }

    void expectEnd() throws IOException {
        try {
            assertThat(in.read()).as(() -> "closed after:\n" + log).isEqualTo(-1);
        } catch (SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }

    void startTls() throws IOException {
        try {
            SSLContext context = TestCertificate.trusting();
            var secured = (SSLSocket) context.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
            secured.startHandshake();
            socket = secured;
            in = new BufferedInputStream(secured.getInputStream());
            out = secured.getOutputStream();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
