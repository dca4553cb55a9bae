package sekisho.gateway.files;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.policy.Examined;
import sekisho.inspection.FileType;
import sekisho.inspection.Protection;
import sekisho.inspection.Sniffer;
import sekisho.inspection.clamav.Verdict;

/** A look at one file while it streams by. For one thread at a time; {@link #close()} frees the scanner. */
final class Examination implements AutoCloseable {

    private final Examiner examiner;
    private final Sniffer sniffer = new Sniffer();
    private final Examiner.@Nullable RunningScan scan;
    private final boolean scansAtEnd;
    private final Batch batch;
    private @Nullable Verdict verdict;

    /**
     * @param scan       of the octets as they stream by; null for none
     * @param scansAtEnd whether the file is read again for the scanner, when it is finished
     * @param batch      that it is one of
     */
    Examination(Examiner examiner, Examiner.@Nullable RunningScan scan, boolean scansAtEnd, Batch batch) {
        this.examiner = examiner;
        this.scan = scan;
        this.scansAtEnd = scansAtEnd;
        this.batch = batch;
    }

    /** The next octets; never fails, whatever the scanner does. */
    void write(byte[] octets, int offset, int length) {
        sniffer.write(octets, offset, length);
        if (scan != null) {
            scan.write(octets, offset, length);
        }
    }

    /** No more octets come: hears the scanner out, and lets go of it. */
    void ended() {
        if (scan != null && verdict == null) {
            verdict = scan.finish();
            scan.close();
        }
    }

    /**
     * All octets were given, and it doesn't matter whether the file asks for a password.
     *
     * @param octets the file again
     * @throws IOException {@code octets} failed
     */
    Examined finish(Examiner.OctetsSource octets) throws IOException {
        return new Examined(Optional.of(sniffer.type()), Optional.empty(), verdict(octets));
    }

    /**
     * All octets were given: looks inside, too.
     *
     * @param name   as its sender calls it
     * @param octets the file again
     * @throws IOException {@code octets} failed
     */
    Examined finish(String name, Examiner.OctetsSource octets) throws IOException {
        var type = new FileType[] {sniffer.type()};
        Protection protection = examiner.protection(batch, name, sniffer, octets, refined -> type[0] = refined);
        return new Examined(Optional.of(type[0]), Optional.of(protection), verdict(octets));
    }

    private Optional<Verdict> verdict(Examiner.OctetsSource octets) throws IOException {
        if (scansAtEnd) {
            return Optional.of(examiner.scan(octets.open(), batch));
        }
        ended();
        return Optional.ofNullable(verdict);
    }

    @Override
    public void close() {
        if (scan != null) {
            scan.close();
        }
    }
}
