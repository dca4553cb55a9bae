package sekisho.mailhook.relay;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import sekisho.mailhook.smtp.TestCertificate;

/**
 * A next hop that misbehaves as written. One script for each connection, in order; a step a line:
 * {@code > text} says it with CRLF, {@code >> text} says it as it stands ({@code ~} is CRLF),
 * {@code >? text} the same to a client that may leave before its end, with which the script ends, {@code < PREFIX} reads a line that must begin so,
 * {@code data} reads to the dot, {@code chunk} reads a BDAT command and its octets, {@code upto N} reads N octets, {@code hang} reads until the client
 * leaves, {@code tls} goes on over TLS and {@code rekey} takes new keys for it, {@code here} adds itself to what was received, {@code stall} reads nothing until {@link #release}, {@code late N} says nothing for N ms, {@code deaf} reads below TLS until the client is gone and
 * adds {@code gone} to what was received. At the end of its script a connection is closed.
 */
public final class ScriptedHop implements AutoCloseable {
    public static final String GREETING = "> 220 hop.example\n< EHLO\n";
    public final List<String> received = new CopyOnWriteArrayList<>();
    public final List<String> faults = new CopyOnWriteArrayList<>();
    private final CountDownLatch released = new CountDownLatch(1);
    private final ServerSocket server;
    private final Thread thread;

    public ScriptedHop(String... scripts) throws IOException {
        server = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"));
        thread = Thread.ofVirtual().start(() -> {
            for (String script : scripts) {
                try (Socket socket = server.accept()) {
                    socket.setSoTimeout(20_000);
                    int secured = script.indexOf("tls\n");
                    play(secured < 0 ? script : script.substring(0, secured), socket, socket);
                    if (secured >= 0) {
                        play(script.substring(secured + "tls\n".length()), secured(socket), socket);
                    }
                } catch (IOException e) {
                    faults.add(e.toString());
                }
            }
        });
    }

    /** The EHLO answer with these extensions, after the greeting. */
    public static String offering(String... extensions) {
        StringBuilder answer = new StringBuilder(GREETING);
        for (String extension : extensions) {
            answer.append("> 250-").append(extension).append('\n');
        }
        // The first line is the greeting of the server, never an extension.
        return answer.toString().replaceFirst("< EHLO\n", "< EHLO\n> 250-hop.example\n") + "> 250 HELP\n";
    }

    public int port() {
        return server.getLocalPort();
    }

    public Hosts hosts() {
        return at(port());
    }

    /** The host that listens here. */
    public static Hosts at(int port) {
        return Hosts.listed(List.of(new Hosts.Named("127.0.0.1", port)));
    }

    private static SSLSocket secured(Socket socket) throws IOException {
        var secured = (SSLSocket) TestCertificate.server().getSocketFactory().createSocket(socket, "127.0.0.1", socket.getPort(), true);
        secured.setUseClientMode(false);
        secured.startHandshake();
        return secured;
    }

    private void play(String script, Socket socket, Socket belowTls) throws IOException {
        InputStream in = new BufferedInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        for (String step : script.split("\n")) {
            if (step.startsWith("> ")) {
                out.write((step.substring(2) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            } else if (step.startsWith(">> ")) {
                out.write(step.substring(3).replace("~", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            } else if (step.startsWith(">? ")) {
                try {
                    out.write(step.substring(3).replace("~", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                    in.transferTo(OutputStream.nullOutputStream());
                } catch (SocketException _) {
                    return;
                }
            } else if (step.startsWith("< ")) {
                String line = line(in);
                received.add(line);
                if (!line.startsWith(step.substring(2))) {
                    faults.add("expected " + step.substring(2) + " but got " + line);
                    return;
                }
            } else if (step.equals("data")) {
                StringBuilder text = new StringBuilder();
                for (String line = line(in); !line.equals("."); line = line(in)) {
                    text.append(line).append("\r\n");
                }
                received.add(text.toString());
            } else if (step.equals("chunk")) {
                String command = line(in);
                received.add(command);
                received.add(new String(in.readNBytes(Integer.parseInt(command.split(" ")[1])), StandardCharsets.ISO_8859_1));
            } else if (step.startsWith("upto ")) {
                in.readNBytes(Integer.parseInt(step.substring(5)));
            } else if (step.equals("rekey")) {
                ((SSLSocket) socket).startHandshake();
            } else if (step.equals("here")) {
                received.add(step);
            } else if (step.equals("deaf")) {
                belowTls.getInputStream().transferTo(OutputStream.nullOutputStream());
                received.add("gone");
            } else if (step.equals("stall")) {
                try {
                    released.await();
                } catch (InterruptedException _) {
                    return;
                }
            } else if (step.startsWith("late ")) {
                try {
                    released.await(Long.parseLong(step.substring(5)), TimeUnit.MILLISECONDS);
                } catch (InterruptedException _) {
                    return;
                }
            } else if (step.equals("hang")) {
                var text = new ByteArrayOutputStream();
                try {
                    in.transferTo(text);
                } finally {
                    received.add(text.toString(StandardCharsets.ISO_8859_1)); // also what came before a reset
                }
            } else {
                faults.add("step not understood: " + step);
            }
            out.flush();
        }
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int octet = in.read(); octet >= 0; octet = in.read()) {
            line.write(octet);
            String text = line.toString(StandardCharsets.ISO_8859_1);
            if (text.endsWith("\r\n")) {
                return text.substring(0, text.length() - 2);
            }
        }
        throw new IOException("client left in the middle of: " + line.toString(StandardCharsets.ISO_8859_1));
    }

    void release() {
        released.countDown();
    }

    /** Waits until all scripts are played; after {@link #close}, until the one that is being played has ended. */
    public void join() throws InterruptedException {
        thread.join();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
