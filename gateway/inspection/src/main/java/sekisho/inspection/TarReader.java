package sekisho.inspection;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * tar: v7, ustar, GNU and pax (POSIX.1-2001), read forwards only, so that a compressed one isn't decompressed for each entry. Whatever has octets is looked
 * into: programs unpack a kind of entry that they don't know as an ordinary file. Where they differ in where the next header stands, it is
 * looked for at all of those places.
 */
final class TarReader {
    static final int BLOCK = 512;
    private static final int LONGEST_PAX = 64 << 10;
    private static final long NOTHING = -1;

    private static final int CHECKSUM = 148;
    private static final int KIND = 156;
    /** Links, devices, directories, FIFOs: what they claim to hold is there for some programs, and isn't for others. */
    private static final String HOLDING_NOTHING = "123456";
    /** They tell of the entry behind them: of pax (Solaris calls it X), of GNU, of all that follow. */
    private static final String OF_THE_NEXT = "xXLKg";
    private static final int SPARSE_GOES_ON = 482;
    private static final int SPARSE_GOES_ON_AGAIN = 504;
    /** Of holes, by GNU, star and Solaris: what is unpacked isn't what is stored. */
    private static final Pattern SPARSE = Pattern.compile("GNU\\.sparse\\..*|SCHILY\\.realsize|SUN\\.holesdata", Pattern.DOTALL);
    /** A record of an extended header: its length in digits, a key, a value, and a line end. */
    private static final Pattern RECORD = Pattern.compile("([0-9]{1,9}) ([^=\n]+)=");
    private static final Pattern SIZE = Pattern.compile("[0-9]{1,18}");

    private final Look look;
    private final Source source;
    private final int depth;
    /** Where a header may stand, from the first on. */
    private final TreeSet<Place> places = new TreeSet<>(Comparator.comparingLong(Place::at).thenComparingLong(Place::size));
    /** Up to where what follows an end was searched. */
    private long searched;

    /** @param size of that entry, by an extended header in front of it, or {@link #NOTHING} */
    private record Place(long at, long size) {}

    TarReader(Look look, Source source, int depth) {
        this.look = look;
        this.source = source;
        this.depth = depth;
    }

    /** Whether a tar begins so: with a header, which some look for behind empty blocks too. */
    static boolean isStart(byte[] head, int length) {
        int at = 0;
        while (at + BLOCK <= length && isEmpty(head, at)) {
            at += BLOCK;
        }
        return isHeader(head, at, length);
    }

    /** Whether a block carries its own checksum; of octets with a sign, as some writers add them, too. */
    private static boolean isHeader(byte[] octets, int at, int length) {
        if (length - at < BLOCK) {
            return false;
        }
        int sum = 8 * ' ';
        int signed = sum;
        for (int i = 0; i < BLOCK; i++) {
            if (i < CHECKSUM || i >= CHECKSUM + 8) {
                sum += octets[at + i] & 0xff;
                signed += octets[at + i];
            }
        }
        try {
            long written = number(octets, at + CHECKSUM, 8);
            return written > 0 && (written == sum || written == signed);   // none written is none
        } catch (IOException _) {
            return false;
        }
    }

    private static boolean isEmpty(byte[] octets, int at) {
        for (int i = at; i < at + BLOCK; i++) {
            if (octets[i] != 0) {
                return false;
            }
        }
        return true;
    }

    void read() throws IOException {
        places.add(new Place(0, NOTHING));
        for (Place place = places.pollFirst(); place != null; place = places.pollFirst()) {
            try {
                block(place);
            } catch (CannotTell e) {
                look.goOn(e);
            } catch (IOException | ArithmeticException _) {
                look.found(Protection.UNKNOWN, "tar-damaged");
            }
        }
    }

    private void block(Place place) throws IOException {
        byte[] block = source.atMost(place.at, BLOCK);
        if (block.length == 0) {
            if (place.at - BLOCK >= source.size()) {
                throw CannotTell.here("tar-damaged"); // cut off
            }
            return;
        }
        if (block.length == BLOCK && isEmpty(block, 0)) {
            behindTheEnd(place.at + BLOCK);
        } else if (isHeader(block, 0, block.length)) {
            header(block, place);
        } else {
            throw CannotTell.here("tar-damaged");
        }
    }

    private void header(byte[] header, Place place) throws IOException {
        look.entry();
        char kind = (char) (header[KIND] & 0xff);
        long size = number(header, 124, 12);
        long content = place.at + BLOCK;
        long next = OF_THE_NEXT.indexOf(kind) >= 0 ? place.size : NOTHING;
        if (kind == 'M') {
            look.found(Protection.UNKNOWN, "tar-split"); // the rest of a file that began in another archive
        } else if (kind == 'S') {
            look.found(Protection.UNKNOWN, "tar-sparse");
            long behind = header[SPARSE_GOES_ON] == 0 ? content : behindSparse(content);
            if (behind > content) {
                entry(content, size, NOTHING); // for who knows no sparse files
            }
            content = behind;
        } else if (kind == 'x' || kind == 'X' || kind == 'g') {
            long told = sizeInPax(content, size);
            if (told >= 0 && (kind == 'g' || next >= 0 && next != told)) {
                disagree(); // for one, or for all; the first, or the last
            }
            if (next >= 0 && told >= 0) {
                entry(content, size, told);
            }
            next = next >= 0 ? next : told;
        }
        if (HOLDING_NOTHING.indexOf(kind) >= 0 && size > 0) {
            disagree();
            places.add(new Place(content, next));
        }
        if (place.size >= 0 && place.size != size) {
            disagree(); // who knows no pax goes by the header
            entry(content, place.size, next);
        }
        entry(content, size, next);
    }

    private void entry(long content, long size, long next) throws IOException {
        places.add(new Place(Math.addExact(content, Math.addExact(size, (BLOCK - size % BLOCK) % BLOCK)), next));
        try {
            if (size > 0) {
                look.inside(source.slice(content, size), depth + 1);
            }
        } catch (EOFException _) {
            look.found(Protection.UNKNOWN, "tar-damaged"); // it may be shorter for others
        }
    }

    private void disagree() throws CannotTell {
        look.found(Protection.UNKNOWN, "tar-disagrees");
    }

    /** What follows an empty block is padding; some programs read on there, so that archives can be joined. */
    private void behindTheEnd(long from) throws IOException {
        if (from < searched) {
            return;
        }
        byte[] block = new byte[BLOCK];
        for (long at = from; source.readUpTo(at, block, 0, BLOCK) == BLOCK; at += BLOCK) {
            look.tick();
            searched = at + BLOCK;
            if (isHeader(block, 0, BLOCK)) {
                disagree();
                places.add(new Place(at, NOTHING));
                return;
            }
        }
    }

    /** Each of these blocks tells of holes, and whether there is one more. */
    private long behindSparse(long from) throws IOException {
        long content = from + BLOCK;
        while (source.u8(content - BLOCK + SPARSE_GOES_ON_AGAIN) != 0) {
            look.tick();
            content += BLOCK;
        }
        return content;
    }

    /** @return what an extended header says the size of the next entry is, the last time it does, or {@link #NOTHING} */
    private long sizeInPax(long content, long size) throws IOException {
        long told = NOTHING;
        String text = size > LONGEST_PAX ? "too long" : new String(source.bytes(content, (int) size), StandardCharsets.ISO_8859_1);
        Matcher record = RECORD.matcher(text);
        for (int at = 0; at < text.length(); ) {
            look.tick();
            int length = record.region(at, text.length()).lookingAt() ? Integer.parseInt(record.group(1)) : 0;
            if (length == 0 || length > text.length() - at || at + length <= record.end() || text.charAt(at + length - 1) != '\n') {
                look.found(Protection.UNKNOWN, "tar-damaged");
                return told;
            }
            String value = text.substring(record.end(), at + length - 1);
            if (SPARSE.matcher(record.group(2)).matches()) {
                look.found(Protection.UNKNOWN, "tar-sparse");
            } else if (record.group(2).equals("size")) {
                if (SIZE.matcher(value).matches()) {
                    told = Long.parseLong(value);
                } else {
                    look.found(Protection.UNKNOWN, "tar-damaged");
                }
            }
            at += length;
        }
        return told;
    }

    /** Octal digits up to a blank or NUL, or, when the first octet is 0x80, a number of 11 octets. */
    private static long number(byte[] block, int offset, int length) throws IOException {
        long value = 0;
        if (block[offset] == (byte) 0x80) {
            for (int i = offset + 1; i < offset + length; i++) {
                if (value > Long.MAX_VALUE >> 9) {
                    throw new EOFException();
                }
                value = value << 8 | block[i] & 0xff;
            }
            return value;
        }
        int at = offset;
        while (at < offset + length && block[at] == ' ') {
            at++;
        }
        for (; at < offset + length && block[at] != 0 && block[at] != ' '; at++) {
            if (block[at] < '0' || block[at] > '7') {
                throw new EOFException();
            }
            value = value << 3 | block[at] - '0';
        }
        return value;
    }
}
