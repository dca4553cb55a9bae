package sekisho.tests.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import sekisho.embedded.Escaped;

/**
 * A client that sends exactly the octets it is told to. A script has one step a line:
 * <pre>
 * {@code > text}    send the text and CRLF; escapes as in {@link Escaped}
 * {@code >> text}   send the text without CRLF
 * {@code < 250 2.}  read one whole reply, whose last line begins so
 * {@code <~ text}   the reply before held this text
 * {@code <! text}   the reply before didn't hold this text
 * {@code <eof}      the server has closed
 * {@code leave}     we say no more; the server doesn't say 250 to that, and closes
 * {@code tls}       go on with TLS
 * </pre>
 */
final class Dialogue implements AutoCloseable {

    private static final int LONGEST_WAIT_MILLIS = 30_000;
    private static final Pattern ACCEPTED = Pattern.compile("accepted as ([0-9a-f-]{36})");

    private final StringBuilder log = new StringBuilder();
    private final List<UUID> accepted = new ArrayList<>();
    private final SSLContext trust;
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private String lastReply = "";

    /** @param trust for the step {@code tls} */
    Dialogue(int port, SSLContext trust) throws IOException {
        this.trust = trust;
        use(new Socket("127.0.0.1", port));
    }

    private void use(Socket next) throws IOException {
        next.setSoTimeout(LONGEST_WAIT_MILLIS);
        next.setTcpNoDelay(true);
        socket = next;
        in = new BufferedInputStream(next.getInputStream());
        out = next.getOutputStream();
    }

    /** The deliveries that the server says it has accepted, in order. */
    List<UUID> accepted() {
        return accepted;
    }

    void play(String script) throws IOException {
        for (String step : script.split("\n")) {
            if (step.startsWith(">> ")) {
                send(Escaped.octets(step.substring(3)));
            } else if (step.startsWith("> ")) {
                send(Escaped.octets(step.substring(2) + "\\r\\n"));
            } else if (step.startsWith("< ")) {
                expect(step.substring(2));
            } else if (step.startsWith("<~ ")) {
                assertThat(lastReply).as(() -> "dialogue so far:\n" + log).contains(step.substring(3));
            } else if (step.startsWith("<! ")) {
                assertThat(lastReply).as(() -> "dialogue so far:\n" + log).doesNotContain(step.substring(3));
            } else if (step.equals("<eof")) {
                expectEnd();
            } else if (step.equals("tls")) {
                startTls();
            } else if (step.equals("leave")) {
                leave();
            } else if (!step.isBlank() && !step.startsWith("#")) {
                fail("step not understood: " + step);
            }
        }
    }

    void say(String line) throws IOException {
        send((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    /** The text in DATA, with dot-stuffing and the final dot; returns the reply to it. */
    String data(byte[] message) throws IOException {
        say("DATA");
        expect("354");
        var text = new String(message, StandardCharsets.ISO_8859_1);
        var stuffed = (text.startsWith(".") ? "." : "") + text.replace("\r\n.", "\r\n..") + (text.endsWith("\r\n") || text.isEmpty() ? "" : "\r\n");
        send((stuffed + ".\r\n").getBytes(StandardCharsets.ISO_8859_1));
        return reply();
    }

    /** The text in chunks of so many octets; returns the reply to the last, or the first refusal. */
    String bdat(byte[] message, int chunk) throws IOException {
        for (int at = 0; ; at += chunk) {
            int length = Math.min(chunk, message.length - at);
            boolean last = at + length == message.length;
            out.write(("BDAT " + length + (last ? " LAST" : "") + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(message, at, length);
            out.flush();
            var reply = reply();
            if (last || !reply.startsWith("2")) {
                return reply;
            }
        }
    }

    private void send(byte[] octets) throws IOException {
        log.append("C: ").append(octets.length > 300 ? octets.length + " octets\n" : new String(octets, StandardCharsets.ISO_8859_1));
        try {
            out.write(octets);
            out.flush();
        } catch (SocketException gone) {
            log.append("(the server had left: ").append(gone.getMessage()).append(")\n");   // its last words may still be there to read
        }
    }

    void expect(String start) throws IOException {
        var reply = reply();
        assertThat(reply.substring(reply.lastIndexOf('\n') + 1)).as(() -> "dialogue so far:\n" + log).startsWith(start);
    }

    /** The whole reply, its lines joined by LF. */
    String reply() throws IOException {
        var reply = new StringBuilder();
        while (true) {
            String line = line();
            reply.append(line);
            if (line.length() < 4 || line.charAt(3) != '-') {
                break;
            }
            reply.append('\n');
        }
        lastReply = reply.toString();
        var id = ACCEPTED.matcher(lastReply);
        if (lastReply.startsWith("250") && id.find()) {
            accepted.add(UUID.fromString(id.group(1)));
        }
        return lastReply;
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0) {
                log.append("S closed\n");
                return "[closed]";
            }
            line.append((char) octet);
        }
        assertThat(line).as(() -> "dialogue so far:\n" + log).endsWith("\r");
        line.setLength(line.length() - 1);
        log.append("S: ").append(line).append('\n');
        return line.toString();
    }

    private void expectEnd() throws IOException {
        try {
            assertThat(in.read()).as(() -> "closed after:\n" + log).isEqualTo(-1);
        } catch (SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }

    /** Once the server has closed too it has cleared away what was cut off. */
    private void leave() throws IOException {
        socket.shutdownOutput();
        assertThat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1)).as(() -> "said to our leaving after:\n" + log).doesNotContain("250");
    }

    void startTls() throws IOException {
        if (trust == null) {
            throw new IllegalStateException("this house has no certificate");
        }
        var secured = (SSLSocket) trust.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
        secured.startHandshake();
        use(secured);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
