package sekisho.inspection;

/**
 * Learns what a file is while it streams by, in constant memory. Beyond {@link Inspector#sniff} it sees archives that something was put
 * before, by their end.
 *
 * <p>Used by one thread at a time.
 */
public final class Sniffer {
    private final byte[] head = new byte[Inspector.HEAD_OCTETS];
    private int length;

    /** The next octets of the file. */
    public void write(byte[] octets, int offset, int count) {
        int kept = Math.min(count, head.length - length);
        System.arraycopy(octets, offset, head, length, kept);
        length += kept;
    }

    /** What the file is, by what was written so far. */
    public FileType type() {
        return Inspector.sniff(head, length);
    }

    /** Whether {@link Inspector#inspect} could say more than {@link #type()} does. */
    public boolean needsLook() {
        return true;
    }
}
