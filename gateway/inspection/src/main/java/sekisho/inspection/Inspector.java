package sekisho.inspection;

import java.io.IOException;

/**
 * Looks into files. Whatever a file holds, {@link #inspect} comes back in bounded time and memory with a finding; what it can't read or
 * mustn't go on reading is {@link Protection#UNKNOWN}. It decompresses as a stream and writes nothing to a disk.
 *
 * <p>Any number of threads may use one inspector at once; each look takes up to {@link InspectionLimits#memoryOctets()}, so the caller bounds
 * how many there are.
 */
public final class Inspector {
    /** How many of a file's first octets {@link #sniff} makes use of. */
    public static final int HEAD_OCTETS = 4096;

    private final InspectionLimits limits;

    public Inspector(InspectionLimits limits) {
        this.limits = limits;
    }

    /** What a file is by its first octets; {@link #HEAD_OCTETS} of them, or all that it has, tell the most. */
    public static FileType sniff(byte[] head, int length) {
        return FileType.UNKNOWN;
    }

    /** Whether a look into a file of this type can tell more than the type does. See {@link Sniffer#needsLook()}, which also sees the end. */
    public boolean needsLook(FileType type) {
        return true;
    }

    /**
     * Looks into one file.
     *
     * @param name as its sender calls it; only a hint, for the few formats that have no mark of their own
     * @return never fails for what the file holds
     * @throws IOException when {@code octets} fails; the look can be taken again
     */
    public Findings inspect(String name, Octets octets) throws IOException {
        return new Findings(FileType.UNKNOWN, Protection.UNKNOWN, "not-looked-into");
    }
}
