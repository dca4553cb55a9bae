package sekisho.inspection;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** tar: v7, ustar, GNU and pax (POSIX.1-2001), read forwards only, so that a compressed one is decompressed once. */
final class TarReader {
    static final int BLOCK = 512;
    private static final int LONGEST_PAX = 64 << 10;
    private static final Pattern PAX_SIZE = Pattern.compile("(?:^|\n)[0-9]{1,9} size=([0-9]{1,18})\n");

    private final Look look;
    private final Source source;
    private final int depth;

    TarReader(Look look, Source source, int depth) {
        this.look = look;
        this.source = source;
        this.depth = depth;
    }

    /** Whether a block carries its own checksum, and is not empty. */
    static boolean isHeader(byte[] block, int length) {
        if (length < BLOCK || block[0] == 0) {
            return false;
        }
        for (int i = 148; i < 156; i++) {
            if (block[i] != 0 && block[i] != ' ' && (block[i] < '0' || block[i] > '7')) {
                return false;
            }
        }
        int sum = 8 * ' ';
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? 0 : block[i] & 0xff;
        }
        try {
            return sum == number(block, 148, 8);
        } catch (IOException _) {
            return false;
        }
    }

    void read() throws IOException {
        long at = 0;
        long sizeOfNext = -1;
        while (true) {
            byte[] header = source.atMost(at, BLOCK);
            if (header.length == 0 || header.length == BLOCK && header[0] == 0) {
                return; // what follows an empty block is padding
            }
            if (!isHeader(header, header.length)) {
                throw CannotTell.here("tar-damaged");
            }
            look.entry();
            char kind = (char) header[156];
            long size = sizeOfNext >= 0 && kind != 'x' ? sizeOfNext : number(header, 124, 12);
            long content = at + BLOCK;
            if (kind == 'x') {
                sizeOfNext = paxSize(content, size, sizeOfNext);
            } else {
                sizeOfNext = kind == 'L' || kind == 'K' || kind == 'g' ? sizeOfNext : -1;
                if (size > 0 && (kind == 0 || kind == '0' || kind == '7')) {
                    look.inside(source.slice(content, size), depth + 1);
                } else if (kind == 'S') {
                    look.found(Protection.UNKNOWN, "tar-sparse");
                }
            }
            at = Math.addExact(content, Math.addExact(size, (BLOCK - size % BLOCK) % BLOCK));
        }
    }

    private long paxSize(long content, long size, long before) throws IOException {
        if (size > LONGEST_PAX) {
            throw CannotTell.here("tar-damaged");
        }
        Matcher records = PAX_SIZE.matcher(new String(source.bytes(content, (int) size), StandardCharsets.ISO_8859_1));
        return records.find() ? Long.parseLong(records.group(1)) : before;
    }

    /** Octal digits, or, with the highest bit set, a number of 11 octets. */
    private static long number(byte[] block, int offset, int length) throws IOException {
        long value = 0;
        if ((block[offset] & 0x80) != 0) {
            for (int i = offset + 1; i < offset + length; i++) {
                if (value > Long.MAX_VALUE >> 9) {
                    throw new EOFException();
                }
                value = value << 8 | block[i] & 0xff;
            }
            return value;
        }
        for (int i = offset; i < offset + length; i++) {
            if (block[i] == 0 || block[i] == ' ' && value > 0) {
                break;
            }
            if (block[i] != ' ') {
                if (block[i] < '0' || block[i] > '7') {
                    throw new EOFException();
                }
                value = value << 3 | block[i] - '0';
            }
        }
        return value;
    }
}
