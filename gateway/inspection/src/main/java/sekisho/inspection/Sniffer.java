package sekisho.inspection;

/**
 * Learns what a file is while it streams by, in constant memory. Beyond {@link Inspector#sniff} it sees archives that something was put
 * before, by their end.
 *
 * <p>Used by one thread at a time.
 */
public final class Sniffer {
    /** A ZIP ends with this, then at most 18 octets and a comment of 65,535. */
    private static final int[] ZIP_END = {'P', 'K', 5, 6};
    private static final long ZIP_END_WITHIN = ZipReader.END_OCTETS + 0xffff;

    private final byte[] head = new byte[Inspector.HEAD_OCTETS];
    private int length;
    private long total;
    private int matched;
    private long lastZipEnd = -1;

    /** The next octets of the file. */
    public void write(byte[] octets, int offset, int count) {
        int kept = Math.min(count, head.length - length);
        System.arraycopy(octets, offset, head, length, kept);
        length += kept;
        for (int i = offset; i < offset + count; i++) {
            int octet = octets[i];
            if (octet == ZIP_END[matched]) {
                if (++matched == ZIP_END.length) {
                    lastZipEnd = total + (i - offset) + 1 - ZIP_END.length;
                    matched = 0;
                }
            } else if (matched > 0) {
                matched = octet == ZIP_END[0] ? 1 : 0;
            }
        }
        total += count;
    }

    /** What the file is, by what was written so far. */
    public FileType type() {
        return Inspector.sniff(head, length);
    }

    /** All was written: whether {@link Inspector#inspect} can tell more than that the file needs no password. */
    public boolean needsLook() {
        return Format.wayOf(type()) != Format.Way.LEAF || lastZipEnd >= 0 && total - lastZipEnd <= ZIP_END_WITHIN;
    }
}
