package sekisho.gateway.access;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.people.Person;

/**
 * A read that has ended: octets [from, to) went out, of what was reserved up to {@code reserved} the rest did not. What an attempt to settle it has
 * come to is kept here, outside of its transaction. For one thread at a time.
 */
final class EndedRead {

    private final UUID ticket;
    private final UUID grant;
    private final Person person;
    private final long from;
    private final long to;
    private final long reserved;
    private final boolean cut;
    private @Nullable String transaction;
    private boolean completes;
    private boolean lostAccess;
    private int refusals;

    /** @param cut whether it was stopped before its end: access had ended, or another read has the whole file under the same ticket, or the limit was spent */
    EndedRead(UUID ticket, UUID grant, Person person, long from, long to, long reserved, boolean cut) {
        this.ticket = ticket;
        this.grant = grant;
        this.person = person;
        this.from = from;
        this.to = to;
        this.reserved = reserved;
        this.cut = cut;
    }

    UUID ticket() {
        return ticket;
    }

    UUID grant() {
        return grant;
    }

    Person person() {
        return person;
    }

    long from() {
        return from;
    }

    long to() {
        return to;
    }

    long reserved() {
        return reserved;
    }

    /** One that never began is no event: asking again and again would make many. */
    boolean isCutInTheMiddle() {
        return cut && to > from;
    }

    /** Said before the transaction is asked to commit. */
    void settledBy(String id) {
        this.transaction = id;
    }

    /** The last attempt is known to have changed nothing. */
    void notSettled() {
        this.transaction = null;
        this.completes = false;
        this.lostAccess = false;
    }

    /** The transaction that may have settled it; null when none can have. */
    @Nullable String transaction() {
        return transaction;
    }

    /** This read has the file's last octet that was missing. */
    void completes() {
        this.completes = true;
    }

    boolean isComplete() {
        return completes;
    }

    /** It was cut because access had ended. */
    void lostAccess() {
        this.lostAccess = true;
    }

    boolean hasLostAccess() {
        return lostAccess;
    }

    /** How often a database that is well has refused to settle it, this time included. */
    int refusedAgain() {
        return ++refusals;
    }
}
