package sekisho.demo.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One connection to a mail server on this machine, by a client that pipelines and says what it was told when that isn't what it expects. */
final class SmtpClient implements AutoCloseable {
    /** Who gets what the benchmarks send, unless they say otherwise. */
    static final String RECIPIENT = "taro@partner.example";

    private final Socket socket;
    private final BufferedReader in;
    private final OutputStream out;

    /** Connects, and says EHLO. */
    SmtpClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII), 512);
        out = socket.getOutputStream();
        socket.setTcpNoDelay(true);
        expect('2');
        say("EHLO mail.example.co.jp\r\n");
        expect('2');
    }

    OutputStream out() {
        return out;
    }

    /** The envelope of the benchmarks, up to the reply to DATA. */
    void begin() throws IOException {
        begin(RECIPIENT);
    }

    /** The same for another recipient. */
    void begin(String recipient) throws IOException {
        say("MAIL FROM:<hanako@example.co.jp>\r\nRCPT TO:<" + recipient + ">\r\nDATA\r\n");
        expect('2');
        expect('2');
        expect('3');
    }

    /** Ends a message whose last line has ended. */
    void end() throws IOException {
        say(".\r\n");
        expect('2');
    }

    void quit() throws IOException {
        say("QUIT\r\n");
        expect('2');
    }

    void say(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** @throws IOException when the reply begins otherwise; it is in the message */
    void expect(char first) throws IOException {
        String line = reply();
        if (line.charAt(0) != first) {
            throw new IOException("the server said: " + line);
        }
    }

    /** The first line of a reply, which has the reason. */
    String reply() throws IOException {
        String first = line();
        for (var line = first; line.length() > 3 && line.charAt(3) == '-';) {
            line = line();
        }
        return first;
    }

    private String line() throws IOException {
        var line = in.readLine();
        if (line == null || line.isEmpty()) {
            throw new IOException("the server said nothing");
        }
        return line;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
