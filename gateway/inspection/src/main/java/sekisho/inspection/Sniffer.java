package sekisho.inspection;

import java.util.Arrays;

/**
 * Learns what a file is while it streams by, in constant memory. Beyond {@link Inspector#sniff} it sees archives that something was put
 * before, by their end.
 *
 * <p>Used by one thread at a time.
 */
public final class Sniffer {
    /** A ZIP ends with this, then 18 octets and a comment of at most 65,535. */
    private static final byte[] ZIP_END = {'P', 'K', 5, 6};
    private static final long ZIP_END_WITHIN = ZipReader.END_OCTETS + 0xffff;
    private static final int CARRIED = ZIP_END.length - 1;
    /** For each octet, where in {@link #ZIP_END} it stands; −1 for nearly all. */
    private static final byte[] PLACE_IN_ZIP_END = new byte[256];

    static {
        Arrays.fill(PLACE_IN_ZIP_END, (byte) -1);
        for (byte place = 0; place < ZIP_END.length; place++) {
            PLACE_IN_ZIP_END[ZIP_END[place]] = place;
        }
    }

    private final byte[] head = new byte[Inspector.HEAD_OCTETS];
    /** The last octets of what was written before, then the first of what is written now: where a mark can lie across the seam. */
    private final byte[] seam = new byte[2 * CARRIED];
    private int carried;
    private int length;
    private long total;
    private long lastZipEnd = -1;

    /** The next octets of the file. */
    public void write(byte[] octets, int offset, int count) {
        int kept = Math.min(count, head.length - length);
        System.arraycopy(octets, offset, head, length, kept);
        length += kept;
        int first = Math.min(count, CARRIED);
        System.arraycopy(octets, offset, seam, carried, first);
        seek(seam, 0, carried + first, total - carried);
        seek(octets, offset, count, total);
        if (count >= CARRIED) {
            System.arraycopy(octets, offset + count - CARRIED, seam, 0, CARRIED);
            carried = CARRIED;
        } else {
            int all = carried + count;
            carried = Math.min(all, CARRIED);
            System.arraycopy(seam, all - carried, seam, 0, carried);
        }
        total += count;
    }

    /** Looks at every fourth octet only: one of them is in the mark, and says where in it. */
    private void seek(byte[] octets, int offset, int count, long position) {
        int end = offset + count;
        for (int i = offset + CARRIED; i < end; i += ZIP_END.length) {
            int place = PLACE_IN_ZIP_END[octets[i] & 0xff];
            if (place >= 0 && Signatures.has(octets, end, i - place, ZIP_END)) {
                lastZipEnd = Math.max(lastZipEnd, position + i - place - offset);
            }
        }
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
