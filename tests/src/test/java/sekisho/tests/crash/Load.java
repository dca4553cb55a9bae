package sekisho.tests.crash;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import sekisho.tests.MailServer;

/**
 * Several clients that submit one message after the other, each with a number, until they are stopped. A message that got no 250 is
 * submitted again, as a mail server's queue would do, with the same Message-ID.
 */
final class Load implements AutoCloseable {

    private static final Pattern DELIVERY = Pattern.compile("accepted as ([0-9a-f-]{36})");
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final int port;
    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> running;
    private final AtomicInteger next = new AtomicInteger();
    private final Map<Integer, UUID> accepted = new ConcurrentHashMap<>();
    private final AtomicInteger brokenOff = new AtomicInteger();
    private volatile boolean stopping;

    Load(int port, int clientCount) {
        this.port = port;
        this.running = IntStream.range(0, clientCount).<Future<?>>mapToObj(_ -> clients.submit(this::submitAll)).toList();
    }

    private void submitAll() {
        while (!stopping) {
            submit(next.getAndIncrement());
        }
    }

    private void submit(int number) {
        var message = NumberedMessage.of(number);
        while (!accepted.containsKey(number)) {
            try {
                var reply = new MailServer(port).submits(NumberedMessage.SENDER, message.recipients(), message.octets());
                var id = DELIVERY.matcher(reply);
                if (id.find()) {
                    accepted.put(number, UUID.fromString(id.group(1)));
                } else if (!reply.startsWith("4")) {
                    throw new AssertionError("a good message was refused for good: " + reply);
                }
            } catch (IOException _) {
                brokenOff.incrementAndGet();
                await().atMost(PATIENCE).until(this::answers);
            }
        }
    }

    private boolean answers() {
        try (var socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    /** Which delivery each message became, by the message's number: those that got 250. */
    Map<Integer, UUID> accepted() {
        return accepted;
    }

    /** How many dialogues ended before their reply. */
    int brokenOff() {
        return brokenOff.get();
    }

    /** Lets each client finish the message it has begun. */
    void finish() throws InterruptedException, ExecutionException {
        stopping = true;
        for (var client : running) {
            client.get();
        }
    }

    @Override
    public void close() {
        stopping = true;
        clients.shutdownNow();
    }
}
