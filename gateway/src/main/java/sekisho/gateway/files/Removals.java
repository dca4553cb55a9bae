package sekisho.gateway.files;

import io.quarkus.logging.Log;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import sekisho.storage.StoreException;
import sekisho.storage.StoreFullException;

/**
 * Deletes objects one after another. One that the store doesn't delete, such as under a legal hold, keeps no other waiting: it is put off, from a
 * minute to six hours. What is put off is kept in memory; what is forgotten is tried again.
 */
final class Removals {

    /** So many in a row that can't be deleted are no longer their own fault; as in {@link StoreVerifier}. */
    private static final int MOST_IN_A_ROW = 20;
    private static final int MOST_REMEMBERED = 10_000;
    private static final Duration FIRST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofHours(6);

    private final Vault vault;
    private final Clock clock;
    private final Map<String, PutOff> failed = new ConcurrentHashMap<>();

    Removals(Vault vault, Clock clock) {
        this.vault = vault;
        this.clock = clock;
    }

    private record PutOff(Instant until, Duration pause) {
    }

    /** Begins to go through all that is to be deleted. For one thread. */
    Pass pass() {
        return new Pass();
    }

    /** Going once through what is to be deleted. */
    final class Pass {

        private int inARow;

        /**
         * Deletes an object, unless it is put off.
         *
         * @param what for the log, with its id
         * @return whether it is gone
         * @throws StoreException the store is unavailable, or nothing can be deleted: give up for now
         */
        boolean removed(String key, String what) throws StoreException {
            var before = failed.get(key);
            if (before != null && clock.instant().isBefore(before.until)) {
                return false;
            }
            try {
                vault.store().delete(key);
            } catch (StoreException refused) {
                requireThatItAnswers();
                putOff(key, before);
                Log.warnf("%s stays for now, it can't be deleted: %s", what, refused.getMessage());
                if (++inARow == MOST_IN_A_ROW) {
                    throw new StoreException(MOST_IN_A_ROW + " objects in a row could not be deleted, the last because: " + refused.getMessage(), refused);
                }
                return false;
            }
            failed.remove(key);
            inARow = 0;
            return true;
        }
    }

    /** Else it isn't the object's fault, and all go as soon as the store is back. */
    private void requireThatItAnswers() throws StoreException {
        try {
            vault.store().check();
        } catch (StoreFullException _) {
            // it answers; and now more than ever something should go
        }
    }

    private void putOff(String key, @Nullable PutOff before) {
        var pause = before == null ? FIRST : before.pause.multipliedBy(2);
        if (pause.compareTo(LONGEST) > 0) {
            pause = LONGEST;
        }
        if (failed.size() >= MOST_REMEMBERED) {
            failed.clear();
        }
        failed.put(key, new PutOff(clock.instant().plus(pause), pause));
    }

    /** Whether it could not be deleted before. */
    boolean isStubborn(String key) {
        return failed.containsKey(key);
    }
}
