package sekisho.inspection.clamav;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Scans by clamd's INSTREAM (clamd(8)), one connection for each file. A file is clean only when clamd says so after it got all of it.
 *
 * <p>What clamd's own settings make of a file it doesn't look at whole is theirs: set {@code AlertExceedsMax yes}, so that a file beyond
 * {@code MaxFileSize} or {@code MaxScanSize} isn't called clean, and {@code StreamMaxLength} to the largest attachment.
 *
 * <pre>
 * zINSTREAM\0 | length 4, network order | octets | … | 0 4        then: stream: OK\0
 * </pre>
 *
 * <p>Any number of threads may use it at once.
 */
public final class ClamdScanner implements AutoCloseable {
    private static final byte[] INSTREAM = "zINSTREAM\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PING = "zPING\0".getBytes(StandardCharsets.US_ASCII);
    private static final int CHECKS_PER_LIMIT = 8;
    private static final long SHORTEST_CHECK_MILLIS = 10;

    private final ClamdAddress address;
    private final Duration limit;
    private final Duration verdictLimit;
    private final Set<Connection> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean watched = new AtomicBoolean();
    private final ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("clamd-limits").daemon().factory());

    /** @param limit how long connecting, one write, and the verdict may each take; beyond it the file is unscanned */
    public ClamdScanner(ClamdAddress address, Duration limit) {
        this(address, limit, limit);
    }

    /**
     * @param limit how long connecting and one write may each take
     * @param verdictLimit how long the verdict may take after the last octet; clamd's own limit is {@code MaxScanTime}, two minutes by default
     */
    public ClamdScanner(ClamdAddress address, Duration limit, Duration verdictLimit) {
        if (limit.toMillis() < 1 || verdictLimit.toMillis() < 1) {
            throw new IllegalArgumentException("a limit is at least a millisecond");
        }
        this.address = address;
        this.limit = limit;
        this.verdictLimit = verdictLimit;
    }

    /** Begins to scan one file. Never fails: what goes wrong is told by {@link Scan#finish()}. The caller closes it. */
    public Scan begin() {
        try {
            Connection connection = connect();
            return new Scan(connection, send(connection, INSTREAM) ? null : unavailable(connection));
        } catch (IOException | RuntimeException e) {
            return new Scan(null, new Verdict.Unavailable("no connection to the scanner at " + address));
        }
    }

    /** Whether the scanner answers; takes at most three times the limit. */
    public boolean ping() {
        try (Connection connection = connect()) {
            return send(connection, PING) && "PONG".equals(connection.answer(limit));
        } catch (IOException | RuntimeException _) {
            return false;
        }
    }

    /** Scans that go on end unscanned. */
    @Override
    public void close() {
        watchdog.shutdownNow();
        waiting.forEach(Connection::close);
    }

    private Connection connect() throws IOException {
        if (watched.compareAndSet(false, true)) {
            long millis = Math.max(SHORTEST_CHECK_MILLIS, Math.min(limit.toMillis(), verdictLimit.toMillis()) / CHECKS_PER_LIMIT);
            watchdog.scheduleWithFixedDelay(() -> waiting.forEach(Connection::closeIfLate), millis, millis, TimeUnit.MILLISECONDS);
        }
        var connection = new Connection(address, waiting);
        if (watchdog.isShutdown()) {
            connection.close(); // nobody would end it
        }
        connection.connect(limit);
        return connection;
    }

    private boolean send(Connection connection, byte[] octets) {
        return connection.write(ByteBuffer.wrap(octets), limit);
    }

    private Verdict.Unavailable unavailable(Connection connection) {
        return new Verdict.Unavailable(connection.isLate() ? "the scanner takes too long" : "the scanner closed the connection");
    }

    /** One file on its way to the scanner. Used by one thread at a time. */
    public final class Scan implements AutoCloseable {
        private static final int CHUNK_OCTETS = 32 << 10;
        private static final int LENGTH_OCTETS = 4;

        private final @Nullable Connection connection;
        private final @Nullable ByteBuffer chunk;
        private @Nullable Verdict outcome;

        private Scan(@Nullable Connection connection, Verdict.@Nullable Unavailable failure) {
            this.connection = connection;
            this.outcome = failure;
            this.chunk = failure == null ? ByteBuffer.allocate(LENGTH_OCTETS + CHUNK_OCTETS).position(LENGTH_OCTETS) : null;
            if (failure != null) {
                close();
            }
        }

        /** The next octets. Blocks at most as long as the scanner's limit allows, and never throws: after a failure it does nothing. */
        public void write(byte[] octets, int offset, int length) {
            for (int at = offset, left = length; left > 0 && outcome == null && chunk != null; ) {
                int count = Math.min(left, chunk.remaining());
                chunk.put(octets, at, count);
                at += count;
                left -= count;
                if (!chunk.hasRemaining()) {
                    flush();
                }
            }
        }

        /** All was written: waits for the verdict. Asked again, it says the same. */
        public Verdict finish() {
            if (outcome == null && chunk != null && chunk.position() > LENGTH_OCTETS) {
                flush();
            }
            if (outcome == null && connection != null) {
                boolean sent = connection.write(ByteBuffer.allocate(LENGTH_OCTETS), limit);
                outcome = sent ? Answers.verdict(connection.answer(verdictLimit), connection.isLate()) : failed(connection);
            }
            close();
            return outcome == null ? new Verdict.Unavailable("the scan was ended before its verdict") : outcome;
        }

        /** Ends a scan without verdict, if {@link #finish()} wasn't called; frees the connection. */
        @Override
        public void close() {
            if (outcome == null) {
                outcome = new Verdict.Unavailable("the scan was ended before its verdict");
            }
            if (connection != null) {
                connection.close();
            }
        }

        private void flush() {
            if (connection != null && chunk != null) {
                chunk.putInt(0, chunk.position() - LENGTH_OCTETS).flip();
                if (!connection.write(chunk, limit)) {
                    outcome = failed(connection);
                    connection.close();
                }
                chunk.clear().position(LENGTH_OCTETS);
            }
        }

        /** clamd says why it goes before it does; what was not read by then may have wiped out the answer. */
        private Verdict failed(Connection connection) {
            String answer = connection.isLate() ? null : connection.answer(limit);
            return answer == null ? unavailable(connection) : Answers.refusal(answer);
        }
    }
}
