package sekisho.demo.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends the same message many times over several connections, with envelope commands pipelined, as a busy mail server does. Each time it has
 * a Message-ID of its own.
 *
 * @param rest the message without its first field; CRLF at the end of each line, no line begins with a dot
 */
record SmtpLoad(int port, int connections, int messages, byte[] rest) {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    /**
     * Sends them all.
     *
     * @return from the first connection to the last 250
     * @throws IOException when one was not accepted; its reply is in the message
     */
    Duration run() throws IOException, InterruptedException {
        var left = new AtomicInteger(messages);
        long begin = System.nanoTime();
        try (var threads = Executors.newFixedThreadPool(connections)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                running.add(threads.submit(() -> {
                    converse(left);
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("a message was not accepted at port " + port + ": " + e.getCause().getMessage(), e);
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private void converse(AtomicInteger left) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port);
                var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
                var out = socket.getOutputStream()) {
            socket.setTcpNoDelay(true);
            expect(in, '2');
            say(out, "EHLO mail.example.co.jp\r\n");
            expect(in, '2');
            while (left.getAndDecrement() > 0) {
                say(out, "MAIL FROM:<hanako@example.co.jp>\r\nRCPT TO:<taro@partner.example>\r\nDATA\r\n");
                expect(in, '2');
                expect(in, '2');
                expect(in, '3');
                say(out, "Message-ID: <bench-" + NUMBER.incrementAndGet() + "@example.co.jp>\r\n");
                out.write(rest);
                say(out, ".\r\n");
                expect(in, '2');
            }
            say(out, "QUIT\r\n");
            expect(in, '2');
        }
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void expect(BufferedReader in, char first) throws IOException {
        String line;
        do {
            line = in.readLine();
            if (line == null || line.isEmpty() || line.charAt(0) != first) {
                throw new IOException("the server said: " + line);
            }
        } while (line.length() > 3 && line.charAt(3) == '-');
    }
}
