package sekisho.inspection;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Octets as the readers want them: numbers at positions, slices, streams. Small reads go through a few pages, since each read of what lies
 * below may be a round trip. Positions of a slice start at 0; reading beyond its end is an {@link EOFException}.
 */
final class Source {
    /** For the size of what is not known before it was read to its end. */
    private static final long TO_THE_END = -1;

    private final Pages pages;
    private final long base;
    private final long length;

    private Source(Pages pages, long base, long length) {
        this.pages = pages;
        this.base = base;
        this.length = length;
    }

    static Source of(Octets octets, Look look) {
        return new Source(new Pages(octets, look), 0, TO_THE_END);
    }

    long size() throws IOException {
        return length == TO_THE_END ? pages.octets.size() - base : length;
    }

    /** Whether the size is at hand, and its end as near as its start. */
    boolean seeksCheaply() {
        return !(pages.octets instanceof Replay);
    }

    /** Whether the size is at hand, and the last octets too. */
    boolean hasItsEnd() {
        return !(pages.octets instanceof Replay replay) || replay.hasItsEnd();
    }

    /**
     * Where a part lies.
     *
     * @param octets a number for what it is a part of
     * @param length −1 for all that there is from there on
     */
    record Extent(int octets, long position, long length) {}

    Extent extent() {
        return new Extent(pages.number, base, length);
    }

    /** A part, which must lie within this. */
    Source slice(long position, long count) throws IOException {
        if (position < 0 || count < 0 || position + count < 0 || (length != TO_THE_END || seeksCheaply()) && position + count > size()) {
            throw new EOFException();
        }
        return new Source(pages, base + position, count);
    }

    Source from(long position) throws IOException {
        return length == TO_THE_END && !seeksCheaply() ? new Source(pages, base + position, TO_THE_END) : slice(position, size() - position);
    }

    /** Like {@link Octets#read}. */
    int read(long position, byte[] into, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (position < 0 || length != TO_THE_END && position >= length) {
            return -1;
        }
        return pages.read(base + position, into, offset, length == TO_THE_END ? count : (int) Math.min(count, length - position));
    }

    /** As many as there are, up to {@code count}. */
    int readUpTo(long position, byte[] into, int offset, int count) throws IOException {
        int got = 0;
        while (got < count) {
            int n = read(position + got, into, offset + got, count - got);
            if (n < 0) {
                break;
            }
            got += n;
        }
        return got;
    }

    /** Exactly {@code count}, which the caller has bounded. */
    byte[] bytes(long position, int count) throws IOException {
        byte[] bytes = new byte[count];
        if (readUpTo(position, bytes, 0, count) < count) {
            throw new EOFException();
        }
        return bytes;
    }

    /** At most {@code count}, less at the end. */
    byte[] atMost(long position, int count) throws IOException {
        byte[] bytes = new byte[count];
        int got = readUpTo(position, bytes, 0, count);
        return got == count ? bytes : Arrays.copyOf(bytes, got);
    }

    int u8(long position) throws IOException {
        if (position < 0 || length != TO_THE_END && position >= length) {
            throw new EOFException();
        }
        return pages.at(base + position);
    }

    int u16(long position) throws IOException {
        return u8(position) | u8(position + 1) << 8;
    }

    long u32(long position) throws IOException {
        return u16(position) | (long) u16(position + 2) << 16;
    }

    /** @throws EOFException when it is 2⁶³ or more, which lies beyond the end of anything */
    long u64(long position) throws IOException {
        long value = u32(position) | u32(position + 4) << 32;
        if (value < 0) {
            throw new EOFException();
        }
        return value;
    }

    /** All of it. Several may be open at once. */
    InputStream stream() {
        return new InBlocks() {
            private long position;

            @Override
            public int read(byte[] into, int offset, int count) throws IOException {
                int got = Source.this.read(position, into, offset, count);
                position += Math.max(got, 0);
                return got;
            }

            @Override
            public long skip(long count) throws IOException {
                long skipped = Math.max(0, length == TO_THE_END ? count : Math.min(count, length - position));
                position += skipped;
                return skipped;
            }

            /** Not 0 before the end: {@code GZIPInputStream} asks whether another member follows. */
            @Override
            public int available() throws IOException {
                byte[] one = new byte[1];
                return Source.this.read(position, one, 0, 1) == 1 ? 1 : 0;
            }
        };
    }

    /** The last used pages of some octets. */
    private static final class Pages {
        private static final int PAGE = 16 << 10;
        private static final int COUNT = 4;

        private final Octets octets;
        private final Look look;
        private final int number;
        private final byte @Nullable [][] pages = new byte[COUNT][];
        private final long[] numbers = {-1, -1, -1, -1};
        private final int[] lengths = new int[COUNT];
        private int last;
        private int oldest;

        Pages(Octets octets, Look look) {
            this.octets = octets;
            this.look = look;
            this.number = look.nextNumber();
        }

        int at(long position) throws IOException {
            int page = page(position / PAGE);
            int within = (int) (position % PAGE);
            if (within >= lengths[page]) {
                throw new EOFException();
            }
            return pages[page][within] & 0xff;
        }

        int read(long position, byte[] into, int offset, int count) throws IOException {
            if (count >= PAGE) {
                look.checkTime();
                return octets.read(position, into, offset, count);
            }
            int page = page(position / PAGE);
            int within = (int) (position % PAGE);
            int got = Math.min(count, lengths[page] - within);
            if (got <= 0) {
                return -1;
            }
            System.arraycopy(pages[page], within, into, offset, got);
            return got;
        }

        private int page(long number) throws IOException {
            if (numbers[last] == number) {
                return last;
            }
            for (int i = 0; i < COUNT; i++) {
                if (numbers[i] == number) {
                    last = i;
                    return i;
                }
            }
            look.checkTime();
            int page = oldest;
            oldest = (oldest + 1) % COUNT;
            byte[] into = pages[page] == null ? pages[page] = new byte[PAGE] : pages[page];
            numbers[page] = -1;
            int length = 0;
            while (length < PAGE) {
                int got = octets.read(number * PAGE + length, into, length, PAGE - length);
                if (got < 0) {
                    break;
                }
                length += got;
            }
            lengths[page] = length;
            numbers[page] = number;
            last = page;
            return page;
        }
    }
}
