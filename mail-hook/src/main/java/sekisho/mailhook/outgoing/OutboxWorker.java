package sekisho.mailhook.outgoing;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.Rounds;
import sekisho.gateway.files.Vault;
import sekisho.gateway.outbox.Outbox;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.outbox.Routing;
import sekisho.gateway.outbox.Settlement;
import sekisho.gateway.policy.PolicyStore;
import sekisho.mailhook.intake.MailHookConfig;
import sekisho.mailhook.intake.Receiving;
import sekisho.mailhook.relay.RetrySchedule;
import sekisho.mailhook.trace.TraceField;

/**
 * Empties the outbox: claims as many due items as the destinations can take, sends each on its own virtual thread, settles. Looks again
 * each half second while there is no work, soon after an attempt has ended, and at once when a destination that was filled has half of its
 * room again: then more may wait for it, and relaying keeps pace with what comes in. While it comes in faster than this machine can do both, relaying is
 * put off a little: {@link Bursts}.
 */
@ApplicationScoped
public class OutboxWorker {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final Duration UNAVAILABLE = Duration.ofSeconds(2);
    /** Between two claims: what becomes due meanwhile is claimed in one go, since a claim of one costs as much as a claim of fifty. */
    private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** The same where a filled destination has room again: many of those that each take one message mustn't make claims of one. */
    private static final long SHORTEST_PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final Duration TEND = Duration.ofSeconds(15);
    /** Of those rounds. */
    private static final int REROUTE_EVERY = 20;
    private static final int STUCK_AT_ONCE = 100;
    /** With what is being sent when the process stops. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** What has become of the rest. */
    private static final Duration WRITING_DOWN = Duration.ofSeconds(5);

    private final Outbox outbox;
    private final MailHookConfig.Retry retry;
    private final RetrySchedule schedule;
    private final Clock clock;
    private final Destinations destinations;
    private final Attempts attempts;
    private final Bursts bursts;
    private final Senders senders;
    private final Senders.Work work = new Work();
    private final Results results;
    private volatile boolean stopping;
    /** A destination that was filled has room again. */
    private volatile boolean roomAgain;
    private volatile @Nullable Thread claimer;
    private int tended;

    OutboxWorker(Outbox outbox, Vault vault, Clock clock, MailHookConfig config, LinkBlocks linkBlocks, PolicyStore policies, MeterRegistry metrics,
            Receiving receiving) {
        this.outbox = outbox;
        this.results = new Results(outbox::settle);
        this.retry = config.retry();
        this.clock = clock;
        int connections = config.relay().connections();
        var messages = new OutgoingMessages(config, linkBlocks, policies::current, vault.spoolOpener(config.spoolKey()),
            new TraceField(vault.spoolKey(config.spoolKey()), clock));
        var routes = new Routes(config);
        this.destinations = new Destinations(routes, connections);
        this.senders = new Senders(destinations, connections, Thread::startVirtualThread);
        this.schedule = new RetrySchedule(retry.first(), retry.longest(), retry.life());
        this.attempts = new Attempts(messages, destinations::get, schedule, retry.warnAfter(), outbox::isHeard,
            clock);
        this.bursts = new Bursts(receiving::now, ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)::getCpuLoad,
            Runtime.getRuntime().availableProcessors(), System::nanoTime);
        routes.names().forEach(route -> metrics.gauge("sekisho.relay.connections", Tags.of("route", route), destinations, all -> all.connections(route)));
        routes.names().forEach(route -> metrics.more().counter("sekisho.relay.clear.text", Tags.of("route", route), routes.clearTexts(route)));
    }

    void start(@Observes @Priority(3000) StartupEvent event) {
        claimer = Thread.ofVirtual().name("outbox").start(this::run);
        Thread.ofVirtual().name("outbox-tend").start(this::tendAll);
    }

    /**
     * Lets what is being sent come to its end, within limits: a copy cut off after the dot might be sent twice. What is cut off then is known to its
     * own thread, which writes it down. That is never interrupted: a virtual thread that is closes whatever socket it waits for next, and that is the
     * database's.
     */
    void stop(@Observes @Priority(2) ShutdownEvent event) {
        stopping = true;
        if (!senders.end(PATIENCE)) {
            Log.warn("copies are still being sent; they are broken off, and sent again");
            destinations.abort();
            if (!senders.end(WRITING_DOWN)) {
                Log.warn("what became of some copies was not written down; another node will send them again");
            }
        }
        results.again();
        if (results.waiting() > 0) {
            Log.errorf("%d results were not written down; these copies may be sent again", results.waiting());
        }
        destinations.close();
    }

    private void run() {   // whatever it is, mail that was accepted must go on later
        Rounds.run(() -> {
            if (!stopping) {
                claimAndSend();
            }
            return !stopping;
        }, UNAVAILABLE, failed -> Log.warnf("the outbox waits: %s", failed.getMessage()));
    }

    private void claimAndSend() {
        results.again();
        long last = System.nanoTime();
        roomAgain = false;
        var putOff = bursts.putOff();
        if (senders.fill(room -> outbox.claim(room, destinations, putOff), work) == 0 && putOff.isZero()) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        pace(last);
    }

    /** Waits until the next claim pays. */
    private void pace(long last) {
        while (!Thread.currentThread().isInterrupted()) {
            long left = last + (roomAgain ? SHORTEST_PACE_NANOS : PACE_NANOS) - System.nanoTime();
            if (left <= 0) {
                return;
            }
            LockSupport.parkNanos(left);
        }
    }

    /** Whoever answered can take the next at once; of any other it must be known first how it did, or more would be tried than it should get. */
    private Runnable attempt(OutboxItem item) {
        var attempt = attempts.make(item);
        if (attempt instanceof Attempts.Attempt.Reached) {
            destinations.reached(item.destination());
            return () -> writeDown(item, attempt);
        }
        writeDown(item, attempt);
        return () -> { };
    }

    private void writeDown(OutboxItem item, Attempts.Attempt attempt) {
        results.settle(item, attempt::settlements);
        try {
            switch (attempt) {
                case Attempts.Attempt.Reached _ -> outbox.reached(item.destination());
                case Attempts.Attempt.TlsFailed _ -> outbox.reached(item.destination());   // for this process it hasn't answered: it may be silent, too
                case Attempts.Attempt.Unreached(_, var reply) -> {
                    destinations.unreached(item.destination());
                    outbox.unreached(item.destination(), reply, retry.deadAfter(), retry.probe(), schedule.longestSilence(retry.probe()));
                }
                case Attempts.Attempt.Failed _ -> { }
            }
        } catch (RuntimeException | Error unavailable) {
            Log.warnf("how %s does could not be written down: %s", Routing.route(item.destination()), unavailable.getMessage());
        }
    }

    /** What must happen to rows that nobody tries, and to destinations that nobody sends to. */
    private void tend() {
        if (tended++ % REROUTE_EVERY == 0) {
            int rows = outbox.reroute(destinations);
            if (rows > 0) {
                Log.infof("%d waiting copies go another way, since the routes have changed", rows);
            }
        }
        destinations.countSilent();
        destinations.forgetIdle();
        var now = clock.instant();
        outbox.claimStuck(now.minus(retry.warnAfter()), now.minus(retry.life()), STUCK_AT_ONCE)
            .forEach(stuck -> results.settle(stuck.item(), () -> attempts.putOff(stuck.item(), stuck.why())));
    }

    private void tendAll() {
        Rounds.run(() -> {
            if (!stopping) {
                tend();
                LockSupport.parkNanos(TEND.toNanos());
            }
            return !stopping;
        }, TEND, failed -> Log.warnf("the outbox is not looked after: %s", failed.getMessage()));
    }

    private final class Work implements Senders.Work {

        @Override
        public Runnable attempt(OutboxItem item) {
            return OutboxWorker.this.attempt(item);
        }

        @Override
        public void putBack(OutboxItem item) {
            results.settle(item, () -> Attempts.at(item, clock.instant(), Settlement.Reply.ours("451 4.3.2 the gateway could not begin to send it")));
        }

        @Override
        public void ended(boolean again) {
            if (again) {
                roomAgain = true;
            }
            LockSupport.unpark(claimer);   // there is room
        }
    }
}
