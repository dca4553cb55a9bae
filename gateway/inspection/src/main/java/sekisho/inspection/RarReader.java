package sekisho.inspection;

import java.io.EOFException;
import java.io.IOException;

/**
 * RAR 4 and 5, by their headers. We can't decompress RAR: what lies stored is looked into, of the rest nothing is known, whatever it is called.
 *
 * <pre>
 * RAR 4 block:  CRC 2 | type 1 | flags 2 | size 2 | [size of data 4] | …        flags 0x8000: data follows
 * RAR 5 block:  CRC 4 | size v | type v | flags v | [size of extra v] | [size of data v] | … | extra        v: 7 bits an octet, lowest first
 * </pre>
 */
final class RarReader {
    static final byte[] MARK = {'R', 'a', 'r', '!', 0x1a, 7};

    private final Look look;
    private final Source source;
    private final int depth;

    RarReader(Look look, Source source, int depth) {
        this.look = look;
        this.source = source;
        this.depth = depth;
    }

    /** Whether the mark is followed by what must follow it: the archive's own header, or in RAR 5 that of its encryption. */
    static boolean isStart(byte[] start) {
        if (start.length < MARK.length + 9) {
            return false;
        }
        if (start[MARK.length] == 0) {
            return start[MARK.length + 3] == 0x73 && (start[MARK.length + 6] & 0xff) >= 7;
        }
        int size = start[MARK.length + 6] & 0xff; // of the header; one octet unless it is large
        int type = start[MARK.length + (size < 0x80 ? 7 : 8)];
        return start[MARK.length + 1] == 0 && size >= 2 && (type == 1 || type == 4);
    }

    void read() throws IOException {
        byte[] start = source.atMost(0, MARK.length + 9);
        if (!isStart(start)) {
            throw CannotTell.here("rar-damaged");
        }
        if (source.u8(MARK.length) == 0) {
            readFour(MARK.length + 1);
        } else {
            readFive(MARK.length + 2);
        }
    }

    private void readFour(long start) throws IOException {
        long size = source.size();
        long at = start;
        while (at + 7 <= size) {
            look.entry();
            int type = source.u8(at + 2);
            int flags = source.u16(at + 3);
            int header = source.u16(at + 5);
            if (header < 7) {
                throw CannotTell.here("rar-damaged");
            }
            long data = 0;
            if (type == 0x73 && (flags & 0x0080) != 0) {
                look.found(Protection.PASSWORD, "rar-names");
            } else if (type == 0x7b) {
                return;
            } else if (type == 0x74 || type == 0x7a) {
                if ((flags & 0x0004) != 0) {
                    look.found(Protection.PASSWORD, "rar-content");
                }
                boolean isLarge = (flags & 0x0100) != 0;
                data = source.u32(at + 7) | (isLarge ? source.u32(at + 32) << 32 : 0);
                boolean isFolder = (flags & 0x00e0) == 0x00e0;
                boolean isWhole = (flags & 0x0003) == 0; // else a part of it is in another volume
                if (type == 0x74 && !isFolder) {
                    content(at + header, data, isWhole && source.u8(at + 25) == 0x30);
                }
            } else if ((flags & 0x8000) != 0) {
                data = source.u32(at + 7);
            }
            at = next(at + header, data);
        }
        ended(at, size);
    }

    private void readFive(long start) throws IOException {
        long size = source.size();
        var cursor = new Cursor(start);
        while (cursor.at < size) {
            look.entry();
            cursor.at += 4;
            long header = cursor.number();
            long body = cursor.at;
            long type = cursor.number();
            long flags = cursor.number();
            long extra = (flags & 1) != 0 ? cursor.number() : 0;
            long data = (flags & 2) != 0 ? cursor.number() : 0;
            if (type == 4) {
                look.found(Protection.PASSWORD, "rar-names");
            } else if (type == 5) {
                return;
            } else if (type == 2 || type == 3) {
                long end = next(body, header);
                if (extra > header) {
                    throw CannotTell.here("rar-damaged");
                }
                extra(end - extra, end);
                if (type == 2) {
                    fileFive(cursor, end, data, (flags & 0x18) == 0);
                }
            }
            cursor.at = next(next(body, header), data);
        }
        ended(cursor.at, size);
    }

    private void extra(long from, long end) throws IOException {
        var cursor = new Cursor(from);
        while (cursor.at < end) {
            look.tick();
            long length = cursor.number();
            long record = cursor.at;
            if (length == 0) {
                throw CannotTell.here("rar-damaged");
            }
            if (cursor.number() == 1) {
                look.found(Protection.PASSWORD, "rar-content");
            }
            cursor.at = next(record, length);
        }
    }

    private void fileFive(Cursor cursor, long header, long data, boolean isWhole) throws IOException {
        long flags = cursor.number();
        cursor.number(); // size
        cursor.number(); // attributes
        cursor.at += ((flags & 2) != 0 ? 4 : 0) + ((flags & 4) != 0 ? 4 : 0);
        long compression = cursor.number();
        if ((flags & 1) == 0) {
            content(header, data, isWhole && (compression >> 7 & 7) == 0);
        }
    }

    private void content(long at, long size, boolean isStored) throws IOException {
        if (isStored) {
            look.inside(source.slice(at, size), depth + 1);
        } else if (size > 0) {
            look.found(Protection.UNKNOWN, "rar-compressed");
        }
    }

    private static long next(long at, long length) throws IOException {
        if (at + length < at) {
            throw new EOFException();
        }
        return at + length;
    }

    private void ended(long at, long size) throws CannotTell {
        if (at > size) {
            look.found(Protection.UNKNOWN, "rar-damaged");
        }
    }

    private final class Cursor {
        private long at;

        Cursor(long at) {
            this.at = at;
        }

        long number() throws IOException {
            long value = 0;
            for (int shift = 0; shift < 63; shift += 7) {
                int octet = source.u8(at++);
                value |= (long) (octet & 0x7f) << shift;
                if (octet < 0x80) {
                    return value;
                }
            }
            throw CannotTell.here("rar-damaged");
        }
    }
}
