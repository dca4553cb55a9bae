package sekisho.demo.bench;

import java.io.IOException;
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
record SmtpLoad(int port, int connections, int messages, String recipient, byte[] rest) {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** To the recipient of the benchmarks. */
    SmtpLoad(int port, int connections, int messages, byte[] rest) {
        this(port, connections, messages, SmtpClient.RECIPIENT, rest);
    }

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
        try (var client = new SmtpClient(port)) {
            while (left.getAndDecrement() > 0) {
                client.begin(recipient);
                client.say("Message-ID: <bench-" + NUMBER.incrementAndGet() + "@example.co.jp>\r\n");
                client.out().write(rest);
                client.end();
            }
            client.quit();
        }
    }
}
