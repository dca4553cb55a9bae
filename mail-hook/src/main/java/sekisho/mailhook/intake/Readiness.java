package sekisho.mailhook.intake;

import io.quarkus.logging.Log;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.health.Watched;
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

    private final Watched<Standing> database;
    private final Watched<Standing> store;

    /**
     * @param minFree  with less room nothing is taken, however small it is said to be
     * @param every    how long after an answer a part is asked again
     * @param patience a part that has not answered for so long counts as away
     */
    Readiness(Question database, RoomQuestion store, long minFree, Duration every, Duration patience) {
        this.database = watched(new Part("the database", () -> {
            database.ask();
            return Long.MAX_VALUE;
        }), every, patience);
        this.store = watched(new Part("the object store", () -> {
            long room = store.ask();
            if (room < minFree) {
                throw new StoreFullException("it has room for " + room + " octets, less than mail-hook.limits.min-free (" + minFree + "); make room");
            }
            return room;
        }), every, patience);
    }

    private static Watched<Standing> watched(Part part, Duration every, Duration patience) {
        return new Watched<>(part, new Standing(null, Long.MAX_VALUE), part.away(), every, patience);
    }

    Readiness start() {
        database.start("ready-database");
        store.start("ready-store");
        return this;
    }

    /**
     * The reply to give instead of taking a message; empty when one can be taken, or nothing is known yet.
     *
     * @param sizeOctets as large as it is said to be; less than 0 when nothing is said
     */
    Optional<SmtpReply> refusal(long sizeOctets) {
        var kept = store.answer();
        return Optional.ofNullable(database.answer().refusal()).or(() -> Optional.ofNullable(kept.refusal()))
            .or(() -> kept.room() < sizeOctets ? Optional.of(TOO_LARGE_NOW) : Optional.empty());
    }

    @Override
    public void close() {
        database.close();
        store.close();
    }

    /**
     * What is known of one part.
     *
     * @param refusal to any message; null when it takes some
     * @param room    for how many octets
     */
    private record Standing(@Nullable SmtpReply refusal, long room) {
    }

    /** One part, which says in the log when it goes and when it is back. */
    private static final class Part implements Watched.Question<Standing> {

        private final String name;
        private final RoomQuestion question;
        private boolean missed;

        Part(String name, RoomQuestion question) {
            this.name = name;
            this.question = question;
        }

        @Override
        public Standing ask() {
            try {
                var standing = new Standing(null, question.ask());
                if (missed) {
                    Log.infof("%s can be used again, mail is taken again", name);
                }
                missed = false;
                return standing;
            } catch (Exception | Error unusable) {
                if (!missed) {
                    Log.warnf("%s can't be used, mail is refused for now: %s", name, unusable.getMessage());
                }
                missed = true;
                return unusable instanceof StoreFullException ? new Standing(NO_ROOM, Long.MAX_VALUE) : away();
            }
        }

        Standing away() {
            return new Standing(new SmtpReply(451, "4.3.0", name + " can't be used now, try again later"), Long.MAX_VALUE);
        }
    }
}
