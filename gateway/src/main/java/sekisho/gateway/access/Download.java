package sekisho.gateway.access;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import sekisho.gateway.people.Person;

/**
 * One running read of a file. Ask {@link #mayServe} before each chunk goes out and say {@link #served} after; {@link #close} settles
 * the account. When access ends in between, {@code onCut} runs at once, on another thread, to break the connection even while a write
 * blocks. Access also ends when another read has completed the file under the same ticket.
 */
public final class Download implements AutoCloseable {

    private static final long FIRST_RESERVATION = 256 << 10;
    private static final long LARGEST_RESERVATION = 64 << 20;
    private static final Duration KEEP_EVERY = Downloads.TICKET_LIFE.dividedBy(6);

    private final Downloads downloads;
    private final Settlements settlements;
    private final DownloadWatch watch;
    private final UUID ticket;
    private final UUID grant;
    private final Person person;
    private final long from;
    private final long end;
    private final Runnable onCut;
    private long position;
    private long reserved;
    private long reservation = FIRST_RESERVATION;
    private volatile boolean cut;
    private boolean closed;
    private Instant kept;

    Download(Downloads downloads, Settlements settlements, DownloadWatch watch, Downloads.Start.Ready ready, Person person, long from, long end, Runnable onCut) {
        this.downloads = downloads;
        this.settlements = settlements;
        this.watch = watch;
        this.ticket = ready.ticket();
        this.grant = ready.grant();
        this.person = person;
        this.from = from;
        this.end = end;
        this.onCut = onCut;
        this.position = from;
        this.reserved = from;
        this.kept = downloads.now();
    }

    UUID ticket() {
        return ticket;
    }

    /**
     * Whether the next {@code octets} may go out now. Writes down ahead of time what will be served, so that a crash makes the exposure
     * too large, never too small. Who reads slowly keeps the ticket: to go on with, should the connection break.
     */
    public boolean mayServe(int octets) {
        if (cut) {
            return false;
        }
        while (position + octets > reserved) {
            long next = Math.min(end, reserved + reservation);
            if (next <= reserved || !downloads.reserve(ticket, grant, reserved, next, reserved == from)) {
                cut = true;
                return false;
            }
            reserved = next;
            reservation = Math.min(LARGEST_RESERVATION, reservation * 2);
            kept = downloads.now();
        }
        if (kept.plus(KEEP_EVERY).isBefore(downloads.now())) {
            downloads.keep(ticket);
            kept = downloads.now();
        }
        return !cut;
    }

    /** The octets went to the network; whether they arrived can't be known, so they count as seen. */
    public void served(int octets) {
        position += octets;
    }

    /** Whether it was stopped before its end. */
    public boolean wasCut() {
        return cut;
    }

    /** Once it is closed nothing is broken: its last octets may still be on their way, and after them others' on the same connection. */
    synchronized void cut() {
        if (!cut && !closed) {
            cut = true;
            onCut.run();
        }
    }

    private synchronized boolean closes() {
        boolean first = !closed;
        closed = true;
        return first;
    }

    /** Ends the account, later and in another thread when the database is away. Safe to call twice. */
    @Override
    public void close() {
        boolean first = closes();
        watch.forget(this);
        if (first) {
            settlements.settle(new EndedRead(ticket, grant, person, from, position, reserved, cut));
        }
    }
}
