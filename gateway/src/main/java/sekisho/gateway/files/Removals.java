package sekisho.gateway.files;

import io.quarkus.logging.Log;
import java.time.Clock;
import java.time.Duration;
import org.hibernate.Session;
import sekisho.gateway.DatabaseFault;
import sekisho.gateway.PutOff;
import sekisho.storage.StoreException;
import sekisho.storage.StoreFullException;

/**
 * Deletes objects one after another. One that the store doesn't delete, such as under a legal hold, keeps no other waiting: it is put off, from a
 * minute to six hours. So is one whose row can't be written; while the database takes nothing, none is. What is put off is kept in memory; what is forgotten
 * is tried again.
 */
final class Removals {

    /** So many in a row that can't be deleted are no longer their own fault; as in {@link StoreVerifier}. */
    private static final int MOST_IN_A_ROW = 20;

    private final Vault vault;
    private final Session entities;
    private final PutOff<String> putOff;

    Removals(Vault vault, Session entities, Clock clock) {
        this.vault = vault;
        this.entities = entities;
        this.putOff = new PutOff<>(clock, Duration.ofMinutes(1), Duration.ofHours(6));
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
         * @param key  whoever accepts a message has written it: it may be none that a store takes
         * @param what for the log, with its id
         * @param then writes down that it is gone; when that fails, both are done again
         * @return whether it is gone, and that is written down
         * @throws StoreException   the store is unavailable, or nothing can be deleted: give up for now
         * @throws RuntimeException the database is away, or takes nothing: give up for now
         */
        boolean removed(String key, String what, Runnable then) throws StoreException {
            if (putOff.waits(key)) {
                return false;
            }
            try {
                vault.store().delete(key);
            } catch (StoreException | RuntimeException refused) {
                requireThatItAnswers();
                putOff.failed(key);
                Log.warnf("%s stays for now, it can't be deleted: %s", what, refused.getMessage());
                if (++inARow == MOST_IN_A_ROW) {
                    throw new StoreException(MOST_IN_A_ROW + " objects in a row could not be deleted, the last because: " + refused.getMessage(), refused);
                }
                return false;
            }
            inARow = 0;
            return writtenDown(key, what, then);
        }

        private boolean writtenDown(String key, String what, Runnable then) {
            try {
                then.run();
            } catch (RuntimeException failed) {
                DatabaseFault.requireNone(failed, entities);
                putOff.failed(key);
                Log.warnf("%s is deleted, which can't be written down for now: %s", what, failed.getMessage());
                return false;
            }
            putOff.done(key);
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

    /** Whether it could not be deleted before. */
    boolean isStubborn(String key) {
        return putOff.hasFailed(key);
    }
}
