package sekisho.mailhook.outgoing;

import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import sekisho.gateway.outbox.Outbox;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.outbox.Settlement;
import sekisho.mailhook.intake.MailHookConfig;
import sekisho.mailhook.relay.RelayResult;
import sekisho.mailhook.relay.RetrySchedule;
import sekisho.mailhook.relay.SmartHost;
import sekisho.mailhook.relay.SmartHostSettings;

/**
 * Empties the outbox: claims as many due items as connections are free, sends each on its own virtual thread, settles. Looks again at
 * once while there is work and each half second when there is none.
 */
@ApplicationScoped
public class OutboxWorker {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long SETTLE_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MOST_SETTLE_TRIES = 3_600;

    private final Outbox outbox;
    private final OutgoingMessages messages;
    private final Clock clock;
    private final SmartHost smartHost;
    private final RetrySchedule retries;
    private final int connections;
    private final Semaphore free;
    private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
    /** Rows that this node is sending or settling. */
    private final Set<UUID> inHand = ConcurrentHashMap.newKeySet();
    /** Whether the database may hold claims of ours that are in nobody's hand: their commit was never heard of. */
    private volatile boolean strayClaims;
    private volatile boolean stopping;

    OutboxWorker(Outbox outbox, OutgoingMessages messages, Clock clock, MailHookConfig config) {
        this.outbox = outbox;
        this.messages = messages;
        this.clock = clock;
        var next = config.smartHost();
        this.connections = next.connections();
        this.free = new Semaphore(connections);
        this.smartHost = new SmartHost(SmartHostSettings.of(next.host(), next.port()).withHello(config.hostName())
            .withTls(SmartHostSettings.Tls.valueOf(next.tls().toUpperCase(Locale.ROOT)), null).withConnections(connections, 100));
        this.retries = new RetrySchedule(config.retry().first(), config.retry().longest(), config.retry().life());
    }

    void start(@Observes @Priority(3000) StartupEvent event) {
        Thread.ofVirtual().name("outbox").start(this::run);
    }

    /** Lets what is being sent come to its end, within limits: a copy cut off after the dot might be sent twice. */
    void stop(@Observes @Priority(2) ShutdownEvent event) {
        stopping = true;
        try {
            if (!free.tryAcquire(connections, 20, TimeUnit.SECONDS)) {
                Log.warn("copies were still being sent at the end; they will be sent again by another node");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        senders.shutdownNow();
        smartHost.close();
    }

    private void run() {
        while (!stopping) {
            try {
                if (strayClaims) {
                    outbox.giveBack(Set.copyOf(inHand));
                    strayClaims = false;
                }
                if (claim() == 0) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            } catch (RuntimeException unavailable) {
                strayClaims = true;
                Log.warnf("the outbox waits: %s", unavailable.getMessage());
                LockSupport.parkNanos(4 * PAUSE_NANOS);
            }
        }
    }

    /** Claims for the free connections; returns how many items were begun. */
    private int claim() {
        free.acquireUninterruptibly();
        int permits = 1 + free.drainPermits();
        int used = 0;
        try {
            var items = outbox.claim(permits);
            for (var item : items) {
                used++;
                var rows = item.rows().stream().map(OutboxItem.Row::id).toList();
                inHand.addAll(rows);
                senders.execute(() -> {
                    try {
                        handle(item);
                    } finally {
                        rows.forEach(inHand::remove);
                        free.release();
                    }
                });
            }
            return items.size();
        } finally {
            free.release(permits - used);
        }
    }

    private void handle(OutboxItem item) {
        List<Settlement> settlements;
        try {
            settlements = send(item);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            settlements = item.rows().stream()
                .map(row -> (Settlement) new Settlement.Later(row.id(), "451 4.3.0 the gateway is stopping", clock.instant())).toList();
        } catch (IOException | RuntimeException | StackOverflowError failed) {
            Log.errorf("delivery %s, %s: a copy could not be put together or sent: %s", item.delivery(), item.kind(), failed.toString());
            settlements = item.rows().stream().map(row -> later(item, row, "451 4.3.0 the gateway could not put the message together")).toList();
        }
        settle(item, settlements);
    }

    /** Insists: while the database is away nothing else is known of a copy that has gone out, and sending it again would double it. */
    private void settle(OutboxItem item, List<Settlement> settlements) {
        for (int tries = 1; ; tries++) {
            try {
                outbox.settle(item, settlements);
                return;
            } catch (RuntimeException unavailable) {
                if (stopping || tries == MOST_SETTLE_TRIES) {
                    Log.errorf("delivery %s: %d results could not be written down and may be sent again: %s", item.delivery(),
                        settlements.size(), unavailable.getMessage());
                    strayClaims = true;
                    return;
                }
                if (tries == 1) {
                    Log.warnf("delivery %s: %d results wait for the database: %s", item.delivery(), settlements.size(), unavailable.getMessage());
                }
                LockSupport.parkNanos(SETTLE_PAUSE_NANOS);
            }
        }
    }

    private List<Settlement> send(OutboxItem item) throws IOException, InterruptedException {
        try (var message = messages.open(item)) {
            var results = smartHost.send(message.envelope(), message.writer());
            var settlements = new ArrayList<Settlement>();
            for (var row : item.rows()) {
                var result = results.stream().filter(r -> r.recipient().mailbox().equals(message.mailboxOf(row))).findFirst()
                    .orElseThrow(() -> new IllegalStateException("the relay forgot a recipient"));
                settlements.add(settlement(item, row, result));
            }
            return settlements;
        }
    }

    private Settlement settlement(OutboxItem item, OutboxItem.Row row, RelayResult result) {
        return switch (result) {
            case RelayResult.Delivered delivered -> new Settlement.Sent(row.id(), delivered.reply().oneLine());
            case RelayResult.Permanent permanent -> new Settlement.Failed(row.id(), permanent.reply().oneLine(),
                permanent.reply().enhanced().isEmpty() ? "5.0.0" : permanent.reply().enhanced());
            case RelayResult.Temporary temporary -> later(item, row, temporary.reply().oneLine());
            case RelayResult.MaybeDelivered maybe -> {
                Log.warnf("delivery %s may have been delivered: no answer after the end of the message; it will be sent again", item.delivery());
                yield later(item, row, "451 4.4.2 " + maybe.reason());
            }
        };
    }

    private Settlement later(OutboxItem item, OutboxItem.Row row, String reply) {
        Optional<java.time.Instant> next = retries.next(item.attempt(), item.createdAt(), clock.instant());
        return next.<Settlement>map(at -> new Settlement.Later(row.id(), reply, at))
            .orElseGet(() -> new Settlement.Failed(row.id(), reply, "5.4.7"));
    }
}
