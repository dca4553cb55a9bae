package sekisho.mailhook.outgoing;

import io.quarkus.logging.Log;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import sekisho.gateway.Rounds;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.outbox.Settlement;
import sekisho.gateway.outbox.Settlement.Reply;
import sekisho.mailhook.relay.Destination;
import sekisho.mailhook.relay.MessageWriter;
import sekisho.mailhook.relay.RelayResult;
import sekisho.mailhook.relay.RetrySchedule;
import sekisho.storage.StoreException;

/**
 * Makes one attempt at an item and says what is to become of each row. Whatever goes wrong, each row has an answer: what failed here and
 * not at the next hop is tried again by the same schedule, and at its end the sender is told.
 */
final class Attempts {

    private static final Duration AGAIN = Duration.ofMillis(100);
    private static final Reply NOT_MADE = Reply.ours("451 4.3.0 the gateway could not put the message together");
    private static final Reply CLOSED = Reply.ours("550 5.4.7 the link closed before the message could be handed over");
    private static final Reply STOPPING = Reply.ours("451 4.3.2 the gateway is stopping");
    /** Delivery time expired (RFC 3463 §3.5). */
    private static final String TOO_LATE = "5.4.7";
    private static final String FAILED_TLS = "451 " + RelayResult.FAILED_TLS + " " + RelayResult.NO_TLS;

    private final OutgoingMessages messages;
    private final Function<String, Destination> destinations;
    private final RetrySchedule retries;
    private final Duration warnAfter;
    private final BooleanSupplier held;
    private final Clock clock;

    /** @param held whether what was claimed is still ours; asked before the end of each message */
    Attempts(OutgoingMessages messages, Function<String, Destination> destinations, RetrySchedule retries, Duration warnAfter, BooleanSupplier held,
            Clock clock) {
        this.messages = messages;
        this.destinations = destinations;
        this.retries = retries;
        this.held = held;
        this.warnAfter = warnAfter;
        this.clock = clock;
    }

    /** What came of an attempt. */
    sealed interface Attempt {
        List<Settlement> settlements();

        /** Some host of the destination was talked to. */
        record Reached(List<Settlement> settlements) implements Attempt {
        }

        /** One was, and its TLS failed or never came about, whatever became of it in clear text: of the next message, which begins with TLS, that says nothing. */
        record TlsFailed(List<Settlement> settlements) implements Attempt {
        }

        /** None was; {@code reply} says why. */
        record Unreached(List<Settlement> settlements, Reply reply) implements Attempt {
        }

        /** It ended in our own house. */
        record Failed(List<Settlement> settlements) implements Attempt {
        }
    }

    Attempt make(OutboxItem item) {
        try {
            return tried(item);
        } catch (RuntimeException | Error failed) {   // nothing was there to say so with; until it is said nobody else has these rows
            return untilThere(item, () -> new Attempt.Failed(putOff(item, NOT_MADE)));
        }
    }

    private static Attempt untilThere(OutboxItem item, Supplier<Attempt> outcome) {
        return Rounds.untilThere(outcome, AGAIN, failed -> Log.errorf("delivery %s, %s, attempt %d: its outcome waits: %s", item.delivery(), item.kind(),
            item.attempt(), said(failed)));
    }

    private Attempt tried(OutboxItem item) {
        if (isClosed(item)) {
            return new Attempt.Failed(each(item, row -> new Settlement.Failed(row.id(), CLOSED, TOO_LATE)));
        }
        try {
            return send(item);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return new Attempt.Failed(at(item, clock.instant(), STOPPING));
        } catch (LostException lost) {
            Log.warnf("delivery %s, %s, attempt %d was broken off before its end: %s", item.delivery(), item.kind(), item.attempt(), lost.getMessage());
            return new Attempt.Failed(at(item, clock.instant(), Reply.ours("451 4.3.2 " + lost.getMessage())));
        } catch (IOException | RuntimeException | Error failed) {
            Log.errorf("delivery %s, %s, attempt %d: the message could not be put together: %s", item.delivery(), item.kind(), item.attempt(),
                said(failed));
            return new Attempt.Failed(putOff(item, NOT_MADE));
        }
    }

    /** A link that is shut when it arrives gives nobody the files, and a copy that was sent is one of which nobody hears that. */
    private boolean isClosed(OutboxItem item) {
        return item.kind() == OutboxItem.Kind.LINKED && item.rows().stream().allMatch(row -> row.expiresAt() != null && !clock.instant().isBefore(row.expiresAt()));
    }

    /** When nobody tries any more: at the end of a copy's life, or of its link's. */
    private Instant end(OutboxItem item, OutboxItem.Row row) {
        var end = item.createdAt().plus(retries.life());
        return item.kind() == OutboxItem.Kind.LINKED && row.expiresAt() != null && row.expiresAt().isBefore(end) ? row.expiresAt() : end;
    }

    private Optional<Instant> next(OutboxItem item, OutboxItem.Row row, Instant now) {
        var end = end(item, row);
        return now.isBefore(end) ? retries.next(Math.max(1, item.attempt()), item.createdAt(), now).map(at -> at.isAfter(end) ? end : at) : Optional.empty();
    }

    /** Again at that time, by whoever claims it then. */
    static List<Settlement> at(OutboxItem item, Instant time, Reply why) {
        return each(item, row -> at(row, time, why));
    }

    private static Settlement at(OutboxItem.Row row, Instant time, Reply why) {
        return new Settlement.Later(row.id(), why, time, false, time);
    }

    /** Another node may have the rows since. */
    private static final class LostException extends IOException {
        private static final long serialVersionUID = 1;

        LostException() {
            super("the database has not been reached for so long that another node may be sending this");
        }
    }

    /** The last that can be done: behind it comes the end, and what was sent can't be taken back. */
    private MessageWriter whileHeld(MessageWriter writer) {
        return out -> {
            writer.writeTo(out);
            if (!held.getAsBoolean()) {
                throw new LostException();
            }
        };
    }

    /** Without an attempt: not now, or no more, when its time is over. */
    List<Settlement> putOff(OutboxItem item, Reply why) {
        return each(item, row -> later(item, row, why));
    }

    /** Not the message of just any exception: those of parsers quote what they parsed. */
    private static String said(Throwable failed) {
        if (failed instanceof StoreException) {
            return failed.toString();
        }
        var trace = failed.getStackTrace();
        return failed.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
    }

    private Attempt send(OutboxItem item) throws IOException, InterruptedException {
        try (var message = messages.open(item)) {
            var outcome = destinations.apply(item.destination()).send(message.envelope(), whileHeld(message.writer()), isAgain(item));
            return untilThere(item, () -> attempt(item, outcome));   // who got it is known here alone, and would get it again
        }
    }

    private Attempt attempt(OutboxItem item, Destination.Outcome outcome) {
        var results = outcome.results();
        boolean anybody = results.stream().anyMatch(RelayResult.Delivered.class::isInstance);
        var settlements = new ArrayList<Settlement>();
        for (int i = 0; i < item.rows().size(); i++) {
            var row = item.rows().get(i);
            settlements.add(settlement(item, row, results.get(item.kind() == OutboxItem.Kind.DSN ? 0 : i), anybody));   // a report of all rows goes to one
        }
        return switch (results.getFirst()) {
            case RelayResult.Unreached(_, var remote, var reply, var said) -> new Attempt.Unreached(settlements, new Reply(reply.oneLine(), remote, said));
            case RelayResult.Temporary put when put.isFailedTls() -> new Attempt.TlsFailed(settlements);
            case RelayResult.Aborted _ -> new Attempt.Failed(settlements);
            case RelayResult.Delivered _, RelayResult.Temporary _, RelayResult.Permanent _, RelayResult.MaybeDelivered _ ->
                outcome.clear() ? new Attempt.TlsFailed(settlements) : new Attempt.Reached(settlements);
        };
    }

    /**
     * Whether TLS was what failed the last time, for all rows. That there were attempts says nothing: one that we broke off ourselves has asked no host.
     * Nor is one that is made sooner than after a retry's pause (an operator flushed) another chance.
     */
    private boolean isAgain(OutboxItem item) {
        return item.attempt() > 1 && !clock.instant().isBefore(item.createdAt().plus(retries.first()))
            && item.rows().stream().allMatch(row -> row.lastReply() != null && row.lastReply().startsWith(FAILED_TLS));
    }

    /** @param anybody whether somebody has got it: who was one too many then may be the first the next time, and each time there are fewer */
    private Settlement settlement(OutboxItem item, OutboxItem.Row row, RelayResult result, boolean anybody) {
        return switch (result) {
            case RelayResult.Delivered(_, var remote, var reply, var dsnHandedOn) ->
                new Settlement.Sent(row.id(), new Reply(reply.oneLine(), remote, true), dsnHandedOn);
            case RelayResult.Permanent(_, var remote, var reply, var said) ->
                new Settlement.Failed(row.id(), new Reply(reply.oneLine(), remote, said), reply.enhanced().isEmpty() ? "5.0.0" : reply.enhanced());
            case RelayResult.Temporary put when anybody && put.isOneTooMany() -> at(row, clock.instant(), new Reply(put.reply().oneLine(), put.remote(), true));
            case RelayResult.Temporary(_, var remote, var reply, var said) -> later(item, row, new Reply(reply.oneLine(), remote, said));
            case RelayResult.Unreached(_, var remote, var reply, var said) -> later(item, row, new Reply(reply.oneLine(), remote, said));
            case RelayResult.Aborted _ -> at(row, clock.instant(), STOPPING);
            case RelayResult.MaybeDelivered(_, var remote, var reason) -> {
                Log.warnf("delivery %s, row %s, attempt %d: no answer after the end of the message; it may have been delivered",
                    item.delivery(), row.id(), item.attempt());
                yield new Settlement.Unanswered(row.id(), new Reply("451 4.4.2 " + reason, remote, false),
                    next(item, row, clock.instant()).orElse(null));
            }
        };
    }

    private Settlement later(OutboxItem item, OutboxItem.Row row, Reply reply) {
        var now = clock.instant();
        boolean late = !now.isBefore(item.createdAt().plus(warnAfter));
        return next(item, row, now).<Settlement>map(at -> new Settlement.Later(row.id(), reply, at, late, end(item, row)))
            .orElseGet(() -> new Settlement.Failed(row.id(), reply, TOO_LATE));
    }

    private static List<Settlement> each(OutboxItem item, Function<OutboxItem.Row, Settlement> settlement) {
        return item.rows().stream().map(settlement).toList();
    }
}
