package sekisho.mailhook.intake;

import io.quarkus.logging.Log;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import sekisho.mailhook.smtp.SmtpReply;
import sekisho.storage.StoreFullException;

/**
 * Whether a message could be taken in now, found out in the background so that MAIL is answered at once. It spares clients the sending of
 * messages that can't be kept; the word that counts is still the reply to the end of the message.
 */
final class Readiness implements AutoCloseable {

    /** Asks a part that taking in needs; throws when it can't be used now. */
    @FunctionalInterface
    interface Question {
        void ask() throws Exception;
    }

    /** Asks one that has only so much room. */
    @FunctionalInterface
    interface RoomQuestion {
        /** @return how many octets it has room for; {@link Long#MAX_VALUE} when it doesn't know */
        long ask() throws Exception;
    }

    private static final SmtpReply NO_ROOM = new SmtpReply(452, "4.3.1", "too little room to take mail in, try again later");
    private static final SmtpReply TOO_LARGE_NOW = new SmtpReply(452, "4.3.1", "too little room for a message of this size, try again later");

    private final Part database;
    private final Part store;
    private final Duration every;
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * @param minFree  with less room nothing is taken, however small it is said to be
     * @param every    how long after an answer a part is asked again
     * @param patience a part that has not answered for so long counts as away
     */
    Readiness(Question database, RoomQuestion store, long minFree, Duration every, Duration patience) {
        this.database = new Part("the database", () -> {
            database.ask();
            return Long.MAX_VALUE;
        }, patience);
        this.store = new Part("the object store", () -> {
            long room = store.ask();
            if (room < minFree) {
                throw new StoreFullException("it has room for " + room + " octets, less than mail-hook.limits.min-free (" + minFree + "); make room");
            }
            return room;
        }, patience);
        this.every = every;
    }

    Readiness start() {
        Thread.ofVirtual().name("ready-database").start(() -> watch(database));
        Thread.ofVirtual().name("ready-store").start(() -> watch(store));
        return this;
    }

    /**
     * The reply to give instead of taking a message; empty when one can be taken, or nothing is known yet.
     *
     * @param sizeOctets as large as it is said to be; less than 0 when nothing is said
     */
    Optional<SmtpReply> refusal(long sizeOctets) {
        return database.refusal().or(store::refusal).or(() -> store.room < sizeOctets ? Optional.of(TOO_LARGE_NOW) : Optional.empty());
    }

    private void watch(Part part) {
        try {
            do {
                part.ask();
            } while (!closed.await(every.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }

    /** What is known of one part. */
    private static final class Part {

        private final String name;
        private final RoomQuestion question;
        private final long patienceNanos;
        private volatile long room = Long.MAX_VALUE;
        private volatile @Nullable SmtpReply refusal;
        private volatile long askedAt;
        private volatile boolean waiting;

        Part(String name, RoomQuestion question, Duration patience) {
            this.name = name;
            this.question = question;
            this.patienceNanos = patience.toNanos();
        }

        void ask() {
            askedAt = System.nanoTime();
            waiting = true;
            boolean away = refusal != null;
            try {
                room = question.ask();
                refusal = null;
                if (away) {
                    Log.infof("%s can be used again, mail is taken again", name);
                }
            } catch (Exception | Error unusable) {
                refusal = unusable instanceof StoreFullException ? NO_ROOM : away();
                if (!away) {
                    Log.warnf("%s can't be used, mail is refused for now: %s", name, unusable.getMessage());
                }
            } finally {
                waiting = false;
            }
        }

        Optional<SmtpReply> refusal() {
            return waiting && System.nanoTime() - askedAt > patienceNanos ? Optional.of(away()) : Optional.ofNullable(refusal);
        }

        private SmtpReply away() {
            return new SmtpReply(451, "4.3.0", name + " can't be used now, try again later");
        }
    }
}
