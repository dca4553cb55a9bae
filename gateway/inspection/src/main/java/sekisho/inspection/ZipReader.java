package sekisho.inspection;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * ZIP (APPNOTE 6.3.10), by its central directory, each entry's local header beside it: where the two disagree, what asks for a password
 * counts. Sizes of ZIP64 are understood. Of two ends both are read, and what no directory speaks of is searched for more archives, since
 * readers differ in where they begin to look.
 */
final class ZipReader {
    static final int END = 0x06054b50;
    static final int END_OCTETS = 22;
    private static final long END_64 = 0x06064b50;
    private static final long LOCATOR_64 = 0x07064b50;
    private static final int LOCATOR_64_OCTETS = 20;
    private static final long CENTRAL = 0x02014b50;
    private static final int CENTRAL_OCTETS = 46;
    private static final long LOCAL = 0x04034b50;
    private static final int LOCAL_OCTETS = ZipGaps.LOCAL_OCTETS;
    private static final long ARCHIVE_EXTRA = 0x08064b50;
    private static final int LONGEST_COMMENT = 0xffff;
    private static final int MOST_ENDS = 4;

    private static final int ENCRYPTED = 1;
    private static final int STRONG = 0x40;
    private static final int MASKED = 0x2000;
    private static final int AES = 99;
    private static final int EXTRA_64 = 0x0001;
    private static final int EXTRA_STRONG = 0x0017;
    private static final int EXTRA_AES = 0x9901;

    /** A ratio that is only declared counts from here on. */
    private static final long BOMB_FLOOR = 64L << 20;
    private static final int LONGEST_NAME = 512;

    private final Look look;
    private final Source source;
    private final int depth;
    private final ZipKind kind = new ZipKind();
    private final ZipGaps gaps;

    ZipReader(Look look, Source source, int depth) {
        this(look, source, depth, 0);
    }

    /** @param before how many archives were joined behind this one */
    ZipReader(Look look, Source source, int depth, int before) {
        this.look = look;
        this.source = source;
        this.depth = depth;
        this.gaps = new ZipGaps(look, source, depth, before);
    }

    /** Whether something that is no ZIP by its start has one at its end. */
    static boolean endsLikeZip(Source source) throws IOException {
        return endIn(source) >= 0;
    }

    /** Where the end of its directory begins, the last that there is; -1 when there is none. */
    static long endIn(Source source) throws IOException {
        if (!source.hasItsEnd()) {
            return -1;
        }
        byte[] tail = tailOf(source);
        long start = source.size() - tail.length;
        for (int at = tail.length - END_OCTETS; at >= 0; at--) {
            if (isEnd(tail, at) && at + END_OCTETS + commentLength(tail, at) <= tail.length) {
                long end = start + at;
                if (end >= LOCATOR_64_OCTETS && source.u32(end - LOCATOR_64_OCTETS) == LOCATOR_64) {
                    return end;
                }
                long size = source.u32(end + 12);
                long directory = end - size;
                if (size >= CENTRAL_OCTETS && directory >= 0 && source.u32(directory) == CENTRAL) {
                    return end;
                }
            }
        }
        return -1;
    }

    FileType read() throws IOException {
        byte[] tail = tailOf(source);
        long start = source.size() - tail.length;
        int ends = 0;
        for (int at = tail.length - END_OCTETS; at >= 0 && ends < MOST_ENDS; at--) {
            // the last one, and any other that reaches exactly to the end: readers differ in which they take
            if (isEnd(tail, at) && (ends == 0 || at + END_OCTETS + commentLength(tail, at) == tail.length)) {
                ends++;
                try {
                    directory(start + at);
                } catch (CannotTell e) {
                    if (e.ends()) {
                        throw e;
                    }
                    look.found(Protection.UNKNOWN, e.detail());
                } catch (IOException _) {
                    look.found(Protection.UNKNOWN, "zip-damaged"); // the other end may be the true one
                }
            }
        }
        if (ends == 0) {
            return withoutDirectory();
        }
        gaps.search();
        return kind.type();
    }

    private static byte[] tailOf(Source source) throws IOException {
        long size = source.size();
        int length = (int) Math.min(size, END_OCTETS + LONGEST_COMMENT);
        return source.bytes(size - length, length);
    }

    private static boolean isEnd(byte[] tail, int at) {
        return tail[at] == 'P' && tail[at + 1] == 'K' && tail[at + 2] == 5 && tail[at + 3] == 6;
    }

    private static int commentLength(byte[] tail, int at) {
        return tail[at + 20] & 0xff | (tail[at + 21] & 0xff) << 8;
    }

    /** Cut off before its directory, or never had one: all we learn is whether its first entry is encrypted. */
    private FileType withoutDirectory() throws IOException {
        byte[] start = source.atMost(0, 4 + ZipGaps.LOCAL_OCTETS);
        for (int at = 0; at <= 4; at += 4) { // a spanned archive begins with a mark of its own
            if (ZipGaps.isLocal(start, start.length, at) && ZipGaps.isLocked(start, at)) {
                look.found(Protection.PASSWORD, "zip-encrypted");
            }
        }
        if (!ZipGaps.isLocal(start, start.length, 0) && ZipGaps.isWritten(start, 4)) {
            return Format.UNKNOWN.type(); // a text that begins like one
        }
        look.found(Protection.UNKNOWN, "zip-damaged");
        return kind.type();
    }

    private void directory(long end) throws IOException {
        long count = source.u16(end + 10);
        long size = source.u32(end + 12);
        long offset = source.u32(end + 16);
        long after = end;
        boolean spanned = source.u16(end + 4) != 0 && source.u16(end + 4) != 0xffff;
        if (end >= LOCATOR_64_OCTETS && source.u32(end - LOCATOR_64_OCTETS) == LOCATOR_64) {
            long end64 = end64(end - LOCATOR_64_OCTETS);
            count = source.u64(end64 + 32);
            size = source.u64(end64 + 40);
            offset = source.u64(end64 + 48);
            after = end64;
        }
        if (spanned) {
            look.found(Protection.UNKNOWN, "zip-split");
        }
        gaps.covers(end, end + END_OCTETS);
        long directory = after - size;
        long shift = directory - offset;
        if (directory < 0 || count > 0 && !startsDirectory(directory)) {
            directory = offset; // the size is wrong, or something stands between
            shift = 0;
        }
        if (count == 0 && size == 0) {
            return;
        }
        if (!startsDirectory(directory)) {
            throw CannotTell.here("zip-damaged");
        }
        if (source.u32(directory) == ARCHIVE_EXTRA) {
            look.found(Protection.PASSWORD, "zip-names");
        }
        long walked = 0;
        try (Look.Reservation memory = source.seeksCheaply() || end < directory ? null : look.hold(end - directory)) {
            // each entry leads to the front, and to go back there may cost another decompression
            Source held = memory == null ? source : Source.of(Octets.of(source.bytes(directory, (int) (end - directory))), look);
            long front = memory == null ? 0 : directory;
            long at = directory - front;
            while (at + CENTRAL_OCTETS <= after - front && held.u32(at) == CENTRAL) {
                walked++;
                at = entry(held, at, shift);
            }
            gaps.covers(directory, walked < count ? at + front : end);
        }
        // the count is kept modulo 2^16 by some that write more without ZIP64
        if (walked < count || (walked - count) % 0x10000 != 0) {
            look.found(Protection.UNKNOWN, "zip-disagrees");
        }
        kind.finish(look);
    }

    private boolean startsDirectory(long at) throws IOException {
        return at >= 0 && at + 4 <= source.size() && (source.u32(at) == CENTRAL || source.u32(at) == ARCHIVE_EXTRA);
    }

    /** Where the locator says, or right before it when something was put before the archive. */
    private long end64(long locator) throws IOException {
        long said = source.u64(locator + 8);
        if (said + 56 <= locator && source.u32(said) == END_64) {
            return said;
        }
        long before = locator - 56;
        if (before >= 0 && source.u32(before) == END_64) {
            return before;
        }
        throw CannotTell.here("zip-damaged");
    }

    /** One entry of the directory; returns where the next is. */
    private long entry(Source directory, long at, long shift) throws IOException {
        look.entry();
        int flags = directory.u16(at + 8);
        int method = directory.u16(at + 10);
        long compressed = directory.u32(at + 20);
        long size = directory.u32(at + 24);
        int nameLength = directory.u16(at + 28);
        int extraLength = directory.u16(at + 30);
        long local = directory.u32(at + 42);
        String name = new String(directory.bytes(at + CENTRAL_OCTETS, Math.min(nameLength, LONGEST_NAME)), StandardCharsets.ISO_8859_1);
        long extra = at + CENTRAL_OCTETS + nameLength;
        for (long field = extra; field + 4 <= extra + extraLength; field += 4 + directory.u16(field + 2)) {
            look.tick();
            int id = directory.u16(field);
            if (id == EXTRA_64) {
                long value = field + 4;
                if (size == 0xffff_ffffL) {
                    size = directory.u64(value);
                    value += 8;
                }
                if (compressed == 0xffff_ffffL) {
                    compressed = directory.u64(value);
                    value += 8;
                }
                if (local == 0xffff_ffffL) {
                    local = directory.u64(value);
                }
            } else if (id == EXTRA_AES || id == EXTRA_STRONG) {
                method = id == EXTRA_AES ? AES : method;
                flags |= id == EXTRA_STRONG ? STRONG : 0;
            }
        }
        judge(flags, method);
        kind.name(name);
        try {
            content(name, method, compressed, size, shift + local);
        } catch (CannotTell e) {
            if (e.ends()) {
                throw e;
            }
            look.found(Protection.UNKNOWN, e.detail());
        } catch (IOException _) {
            look.found(Protection.UNKNOWN, "zip-damaged"); // this entry; the others are looked at
        }
        return extra + extraLength + directory.u16(at + 32);
    }

    private void judge(int flags, int method) throws CannotTell {
        if (method == AES) {
            look.found(Protection.PASSWORD, "zip-aes");
        }
        if ((flags & (STRONG | MASKED)) != 0) {
            look.found(Protection.PASSWORD, "zip-strong");
        }
        if ((flags & ENCRYPTED) != 0) {
            look.found(Protection.PASSWORD, "zip-crypto");
        }
    }

    private void content(String name, int method, long compressed, long size, long local) throws IOException {
        if (source.u32(local) != LOCAL) {
            throw CannotTell.here("zip-damaged");
        }
        int localMethod = source.u16(local + 8);
        judge(source.u16(local + 6), localMethod);
        long start = local + LOCAL_OCTETS + source.u16(local + 26) + source.u16(local + 28);
        Source packed = source.slice(start, compressed);
        gaps.covers(local, start + compressed);
        if (compressed == 0) {
            return;
        }
        if (localMethod != method) { // readers differ in whom they believe
            look.found(Protection.UNKNOWN, "zip-disagrees");
            try {
                packed(name, localMethod, packed, size);
            } catch (CannotTell e) {
                look.goOn(e);
            }
        }
        packed(name, method, packed, size);
    }

    private void packed(String name, int method, Source packed, long size) throws IOException {
        if (method == 0) {
            kind.content(name, packed.stream());
            look.inside(packed, depth + 1);
            return;
        }
        if (size > BOMB_FLOOR && size / look.limits().ratio() > packed.size()) {
            throw CannotTell.here("beyond-ratio");
        }
        Look.Content content = () -> switch (method) {
            case 8 -> Decoders.inflate(packed.stream(), look);
            case 9 -> Decoders.inflate64(packed.stream(), look);
            case 12 -> Decoders.bzip2(packed.stream(), look, false);
            // two octets of version, the length of the properties, which is 5, then those
            case 14 -> Decoders.lzma(packed.slice(9, packed.size() - 9).stream(), look, packed.u8(4), packed.u32(5), size);
            case 95 -> Decoders.xz(packed.stream(), look);
            default -> throw CannotTell.here("zip-method");
        };
        if (kind.wants(name)) {
            try (InputStream in = content.open()) {
                kind.content(name, in);
            }
        }
        look.whole(content, depth + 1);
    }
}
