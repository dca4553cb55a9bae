package sekisho.inspection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Learns what a file is while it streams by, in constant memory. Beyond {@link Inspector#sniff} it sees archives that something was put
 * before: ZIP by its end, 7z and RAR by their mark, wherever that stands, and so armour and uuencode, where a line begins with it; and images of disks.
 *
 * <p>Used by one thread at a time.
 */
public final class Sniffer {
    /** A ZIP ends with this, then 18 octets and a comment of at most 65,535. */
    private static final byte[] ZIP_END = {'P', 'K', 5, 6};
    private static final long ZIP_END_WITHIN = ZipReader.END_OCTETS + 0xffff;
    /** One less than the longest mark. */
    private static final int CARRIED = Marks.LENGTH - 1;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long THIRDS = ONES * ZIP_END[2];
    private static final long FOURTHS = ONES * ZIP_END[3];

    private final byte[] head = new byte[Inspector.HEAD_OCTETS];
    /** The last octets of what was written before, then the first of what is written now: where a mark can lie across the seam. */
    private final byte[] seam = new byte[2 * CARRIED];
    private int carried = 1;
    private int length;
    private long total;
    private long lastZipEnd = -1;
    private final Marks marks = new Marks();
    private final DiskImage image = new DiskImage();
    private final byte[] tail = new byte[Signatures.PDF_WITHIN];

    public Sniffer() {
        seam[0] = '\n'; // the file begins a line
    }

    /** The next octets of the file. */
    public void write(byte[] octets, int offset, int count) {
        int kept = Math.min(count, head.length - length);
        System.arraycopy(octets, offset, head, length, kept);
        length += kept;
        image.write(octets, offset, count);
        int last = Math.min(count, tail.length);
        System.arraycopy(tail, last, tail, 0, tail.length - last);
        System.arraycopy(octets, offset + count - last, tail, tail.length - last, last);
        int first = Math.min(count, CARRIED);
        System.arraycopy(octets, offset, seam, carried, first);
        seek(seam, 0, carried + first, total - carried);
        seek(octets, offset, count, total);
        marks.seek(seam, 0, carried + first, total - carried);
        marks.seek(octets, offset, count, total);
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

    private void seek(byte[] octets, int offset, int count, long position) {
        int end = offset + count - 1;   // where the mark's last octet can't follow
        for (int i = halfMark(octets, offset + 2, end); i < end; i = halfMark(octets, i + 1, end)) {
            if (Signatures.has(octets, end + 1, i - 2, ZIP_END)) {
                lastZipEnd = Math.max(lastZipEnd, position + i - 2 - offset);
            }
        }
    }

    /** Where the mark's last two octets may stand, at or after {@code from} and never beyond the first place where they do; or {@code end} or more. */
    private static int halfMark(byte[] octets, int from, int end) {
        int i = from;
        while (i + 4 * Long.BYTES <= end && (zeros(octets, i) | zeros(octets, i + 8) | zeros(octets, i + 16) | zeros(octets, i + 24)) == 0) {
            i += 4 * Long.BYTES;
        }
        for (; i + Long.BYTES <= end; i += Long.BYTES) {
            long zeros = zeros(octets, i);
            if (zeros != 0) {
                return i + (Long.numberOfTrailingZeros(zeros) >> 3);
            }
        }
        while (i < end && octets[i] != ZIP_END[2]) {
            i++;
        }
        return i;
    }

    /** Of the eight octets from there: the highest bit of each where the half mark stands; and of some above one. */
    private static long zeros(byte[] octets, int at) {
        long differing = (long) LONG.get(octets, at) ^ THIRDS | (long) LONG.get(octets, at + 1) ^ FOURTHS;
        return differing - ONES & ~differing & HIGHS;
    }

    /** What the file is, by what was written so far. */
    public FileType type() {
        return format().type();
    }

    Format format() {
        return Signatures.of(head, length);
    }

    /** All was written: whether {@link Inspector#inspect} can tell more than that the file, called so, needs no password. */
    public boolean needsLook(String name) {
        return Signatures.called(name, format()).way() != Format.Way.LEAF || hasMore();
    }

    /** All was written: whether the file may be something else than it seems by its start, too. */
    public boolean hasMore() {
        return lastZipEnd >= 0 || marks.archives().any() || marks.hasLockedEntry() || marks.armour().any() || marks.encoded().any() || TextFiles.isCalendar(head, length)
                || (format() == Format.TEXT || format() == Format.UNKNOWN) && Signatures.endsLikePdf(tail)
                || image.isSeen() || DiskImage.inHead(head, length) != null || Signatures.pdfAt(head, length) >= 0 || format() == Format.UNKNOWN && OpenPgp.mayGoOn(head, length);
    }

    /** Where the end of a ZIP stands further in front than {@link Inspector#inspect} looks for it; −1 for nowhere. */
    long zipEndInFront() {
        return total - lastZipEnd <= ZIP_END_WITHIN ? -1 : lastZipEnd;
    }

    /** Where marks of archives and armour stand. */
    Marks marks() {
        return marks;
    }
}
