package sekisho.gateway.files;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.policy.Examined;
import sekisho.inspection.FileType;
import sekisho.inspection.Findings;
import sekisho.inspection.InspectionLimits;
import sekisho.inspection.Inspector;
import sekisho.inspection.Octets;
import sekisho.inspection.Protection;
import sekisho.inspection.Sniffer;
import sekisho.inspection.clamav.ClamdAddress;
import sekisho.inspection.clamav.ClamdScanner;
import sekisho.inspection.clamav.Verdict;

/**
 * Finds out what a file is, whether it asks for a password, and whether it carries malware. The one way for every door: mail, portal, and
 * the program that tries a policy. Whatever goes wrong, a file is never called clean or open that was not read to its end.
 */
@ApplicationScoped
public class Examiner {

    /** Quarkus puts its own into its programs alone, and this is for others too. */
    private static final Logger LOG = Logger.getLogger(Examiner.class);
    /** Looks inside at one time; each may take {@link InspectionLimits#memoryOctets()}. */
    private static final int LOOKS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CHUNK_OCTETS = 64 << 10;

    private final InspectionLimits limits = InspectionLimits.DEFAULT;
    private final Semaphore looks = new Semaphore(LOOKS, true);
    private final @Nullable ClamdScanner scanner;
    private final Semaphore connections;
    private final Duration patience;
    private final Duration lookPatience;

    @Inject
    Examiner(ScannerConfig config) {
        this(config.address(), config.timeout(), config.verdictTimeout(), config.connections(), PATIENCE);
    }

    private Examiner(Optional<String> address, Duration timeout, Duration verdictTimeout, int connections, Duration lookPatience) {
        try {
            this.scanner = address.map(text -> new ClamdScanner(ClamdAddress.parse(text.strip()), timeout, verdictTimeout)).orElse(null);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalStateException("setting gateway.scanner.address: " + wrong.getMessage(), wrong);
        }
        this.connections = new Semaphore(connections, true);
        this.patience = timeout;
        this.lookPatience = lookPatience;
        if (scanner != null) {
            LOG.infof("attachments are scanned by clamd at %s", address.orElseThrow());
        }
    }

    /** For a program that looks at files by itself. @param scanner where clamd listens; without one nothing is scanned */
    public static Examiner alone(Optional<String> scanner) {
        return alone(scanner, PATIENCE);
    }

    /** As above. @param lookPatience how long the files of a batch wait until they are looked into, together */
    static Examiner alone(Optional<String> scanner, Duration lookPatience) {
        return new Examiner(scanner, Duration.ofSeconds(10), Duration.ofMinutes(2), 1, lookPatience);
    }

    @PreDestroy
    void close() {
        if (scanner != null) {
            scanner.close();
        }
    }

    /** Whether files are scanned for malware. */
    public boolean scans() {
        return scanner != null;
    }

    /** Begins to look at a file that streams by. The caller closes it. */
    Examination begin(Batch batch) {
        return new Examination(this, scanner == null ? null : beginScan(batch), false, batch);
    }

    /** As above, for what the scanner isn't to read before its end. */
    Examination beginLate(Batch batch) {
        return new Examination(this, null, scanner != null, batch);
    }

    /** Looks at a file that is at hand, in a program that looks at one at a time. */
    public Examined examine(Batch batch, String name, byte[] content) {
        try (var examination = begin(batch)) {
            examination.write(content, 0, content.length);
            return examination.finish(name, () -> Octets.of(content));
        } catch (IOException arraysNeverFail) {
            throw new IllegalStateException(arraysNeverFail);
        }
    }

    /**
     * Scans a file, and nothing else.
     *
     * @throws IllegalStateException there is no scanner
     * @throws IOException           {@code plaintext} failed: it is not known what the file is
     */
    public Verdict scan(InputStream plaintext) throws IOException {
        return scan((_, chunk) -> plaintext.read(chunk), new Batch());
    }

    /** As above, for a file that is at hand. */
    Verdict scan(Octets octets, Batch batch) throws IOException {
        return scan((position, chunk) -> octets.read(position, chunk, 0, chunk.length), batch);
    }

    private Verdict scan(Reading reading, Batch batch) throws IOException {
        if (scanner == null) {
            throw new IllegalStateException("no scanner is set (gateway.scanner.address)");
        }
        try (var scan = beginScan(batch)) {
            var chunk = new byte[CHUNK_OCTETS];
            long position = 0;
            for (int octets = reading.read(position, chunk); octets >= 0; octets = reading.read(position, chunk)) {
                scan.write(chunk, octets);
                position += octets;
            }
            return scan.finish();
        }
    }

    /** A scan with its place among {@link ScannerConfig#connections}, or one that never gets a place and says so at its end. */
    private RunningScan beginScan(Batch batch) {
        var clamd = Objects.requireNonNull(scanner);
        boolean asked = !batch.scannerIsSilent() && acquire(connections, patience);
        return new RunningScan(asked ? clamd.begin() : null, connections, batch);
    }

    /**
     * Whether a file asks for a password.
     *
     * @param octets are asked for only when there is reason to look
     * @throws BusyException too many others are being looked into
     * @throws IOException   {@code octets} failed
     */
    Protection protection(Batch batch, String name, Sniffer sniffer, OctetsSource octets, TypeSink refined) throws IOException {
        if (!sniffer.needsLook(name)) {
            return Protection.NONE;
        }
        try (var turn = batch.turn()) {
            if (!turn.takes(looks, lookPatience)) {
                throw new BusyException();
            }
            try {
                return turn.look(Protection.UNKNOWN, most -> protection(new Inspector(limits.within(most)).inspect(name, octets.open(), sniffer), refined));
            } finally {
                looks.release();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new BusyException();
        }
    }

    private static Protection protection(Findings findings, TypeSink refined) {
        if (!findings.type().equals(FileType.UNKNOWN)) {
            refined.is(findings.type());
        }
        return findings.protection();
    }

    private static boolean acquire(Semaphore permits, Duration patience) {
        try {
            return permits.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Gives the octets of a file in turn: how many were read, −1 at the end. */
    @FunctionalInterface
    private interface Reading {
        int read(long position, byte[] chunk) throws IOException;
    }

    /** Where the octets of the file can be read again. */
    @FunctionalInterface
    interface OctetsSource {
        Octets open() throws IOException;
    }

    /** Takes what a file turned out to be. */
    @FunctionalInterface
    interface TypeSink {
        void is(FileType type);
    }

    /** One file on its way to the scanner. */
    static final class RunningScan implements AutoCloseable {

        private final ClamdScanner.@Nullable Scan scan;
        private final Semaphore connections;
        private final Batch batch;
        private boolean closed;

        RunningScan(ClamdScanner.@Nullable Scan scan, Semaphore connections, Batch batch) {
            this.scan = scan;
            this.connections = connections;
            this.batch = batch;
        }

        void write(byte[] octets, int length) {
            write(octets, 0, length);
        }

        void write(byte[] octets, int offset, int length) {
            if (scan != null) {
                scan.write(octets, offset, length);
            }
        }

        Verdict finish() {
            if (batch.scannerIsSilent()) {
                return new Verdict.Unavailable("the scanner did not answer for another file of the same message");
            }
            var verdict = scan == null ? new Verdict.Unavailable("all connections to the scanner are taken") : scan.finish();
            if (verdict instanceof Verdict.Unavailable(_, var tooLarge) && !tooLarge) {
                batch.scannerWasSilent();
            }
            return verdict;
        }

        @Override
        public void close() {
            if (!closed && scan != null) {
                scan.close();
                connections.release();
            }
            closed = true;
        }
    }
}
