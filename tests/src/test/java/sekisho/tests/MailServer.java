package sekisho.tests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A company's mail server as far as the hook sees it: speaks SMTP with it, one message a connection. */
public final class MailServer {

    private final int port;

    public MailServer(int port) {
        this.port = port;
    }

    /** The reply to the final dot, or the first refusal before it. */
    public String submits(String from, List<String> to, byte[] message) throws IOException {
        try (var connection = new Connection(port)) {
            for (var line : envelope(from, to)) {
                var reply = connection.says(line);
                if (!reply.startsWith("2") && !reply.startsWith("3")) {
                    return reply;
                }
            }
            return connection.data(message);
        }
    }

    private static List<String> envelope(String from, List<String> to) {
        var lines = new ArrayList<String>();
        lines.add("EHLO mail.example.co.jp");
        lines.add("MAIL FROM:<" + from + "> BODY=8BITMIME");
        to.forEach(address -> lines.add("RCPT TO:<" + address + ">"));
        lines.add("DATA");
        return lines;
    }

    /** One SMTP dialogue. */
    public static final class Connection implements AutoCloseable {

        private Socket socket;
        private BufferedReader in;
        private OutputStream out;

        public Connection(int port) throws IOException {
            this(new Socket("127.0.0.1", port));
        }

        /** @param connected is closed with the dialogue */
        public Connection(Socket connected) throws IOException {
            use(connected);
            reply();
        }

        /** Over TLS from the first octet. */
        public static Connection secured(int port, SSLContext context) throws IOException {
            var socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", port);
            socket.startHandshake();
            var connection = new Connection();
            connection.use(socket);
            connection.reply();
            return connection;
        }

        private Connection() {}

        private void use(Socket next) throws IOException {
            next.setSoTimeout(60_000);
            socket = next;
            in = new BufferedReader(new InputStreamReader(next.getInputStream(), StandardCharsets.UTF_8));
            out = next.getOutputStream();
        }

        /** Goes on over TLS after STARTTLS was answered with 220. */
        public void secure(SSLContext context) throws IOException {
            var secured = (SSLSocket) context.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
            secured.startHandshake();
            use(secured);
        }

        /** Sends a command line and returns the whole reply, its lines joined by LF. */
        public String says(String line) throws IOException {
            out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
            return reply();
        }

        /** As {@link #data(byte[])}, a message of any size whose lines begin with no dot and the last of which is ended. */
        public String data(InputStream message) throws IOException {
            message.transferTo(out);
            out.write(".\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return reply();
        }

        /** Sends a message and the final dot after DATA was answered with 354; returns the reply to the dot. */
        public String data(byte[] message) throws IOException {
            var stuffed = new String(message, StandardCharsets.ISO_8859_1).replace("\r\n.", "\r\n..");
            out.write((stuffed + (stuffed.endsWith("\r\n") ? "" : "\r\n") + ".\r\n").getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return reply();
        }

        /** The next reply, to what was sent before. */
        public String reply() throws IOException {
            var lines = new ArrayList<String>();
            String line;
            do {
                line = in.readLine();
                if (line == null) {
                    throw new IOException("the server closed the connection");
                }
                lines.add(line);
            } while (line.length() > 3 && line.charAt(3) == '-');
            return String.join("\n", lines);
        }

        /** Sends octets as they are, without waiting for an answer. */
        public void sends(String octets) throws IOException {
            out.write(octets.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
