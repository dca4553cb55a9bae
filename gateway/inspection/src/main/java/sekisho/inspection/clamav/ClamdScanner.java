package sekisho.inspection.clamav;

import java.time.Duration;

/**
 * Scans by clamd's INSTREAM, one connection for each file.
 *
 * <p>Any number of threads may use it at once.
 */
public final class ClamdScanner implements AutoCloseable {
    private final ClamdAddress address;
    private final Duration limit;

    /** @param limit how long connecting, one write, and the verdict may each take; beyond it the file is unscanned */
    public ClamdScanner(ClamdAddress address, Duration limit) {
        this.address = address;
        this.limit = limit;
    }

    /** Begins to scan one file. Never fails: what goes wrong is told by {@link Scan#finish()}. The caller closes it. */
    public Scan begin() {
        return new Scan();
    }

    /** Whether the scanner answers; takes at most twice the limit. */
    public boolean ping() {
        return false;
    }

    @Override
    public void close() {}

    /** One file on its way to the scanner. Used by one thread at a time. */
    public static final class Scan implements AutoCloseable {
        /** The next octets. Blocks at most as long as the scanner's limit allows, and never throws: after a failure it does nothing. */
        public void write(byte[] octets, int offset, int length) {}

        /** All was written: waits for the verdict. */
        public Verdict finish() {
            return new Verdict.Unavailable("not connected");
        }

        /** Ends a scan without verdict, if {@link #finish()} wasn't called; frees the connection. */
        @Override
        public void close() {}
    }
}
