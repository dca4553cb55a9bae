package sekisho.inspection;

import java.io.IOException;
import java.util.Arrays;

/**
 * TNEF (MS-OXTNEF §2.1.3), Outlook's winmail.dat. Looks into the octets of attachments, which are an attribute or one of an attachment's
 * properties; there they may be a message, which is TNEF again. Readers go by the id of an attribute and not by its level or type.
 *
 * <pre>
 * 78 9F 3E 22 key(2)   level(1) id(2) type(2) length(4) octets checksum(2)   level(1) id(2) ...
 * properties:          count(4)   type(2) id(2) [set(16) kind(4)  number(4) | length(4) name, padded]   value, or count(4) values   type(2) ...
 * </pre>
 */
final class TnefReader {
    private static final int FIRST = 6;
    private static final int BEFORE_DATA = 9;
    private static final int CHECKSUM = 2;
    private static final int ATTACH_DATA = 0x800f;
    private static final int ATTACHMENT = 0x9005;

    private static final int MULTIPLE = 0x1000;
    private static final int OBJECT = 0x0d;
    private static final int FIRST_NAMED = 0x8000;
    private static final int NAME_SET = 16;
    private static final int DATA = 0x3701;

    /** The interface of an object, in front of its octets; IID_IMessage is that of a message. */
    private static final int INTERFACE = 16;
    private static final byte[] MESSAGE = {0x07, 0x03, 0x02, 0, 0, 0, 0, 0, (byte) 0xc0, 0, 0, 0, 0, 0, 0, 0x46};
    private static final long SIGNATURE = 0x223e_9f78L;

    private final Look look;
    private final Source source;
    private final int depth;

    TnefReader(Look look, Source source, int depth) {
        this.look = look;
        this.source = source;
        this.depth = depth;
    }

    void read() throws IOException {
        long size = source.size();
        for (long at = FIRST; at + BEFORE_DATA <= size; ) {
            look.entry();
            long length = source.u32(at + 5);
            attribute(source.u16(at + 1), source.slice(at + BEFORE_DATA, length));
            at += BEFORE_DATA + length + CHECKSUM;
        }
    }

    private void attribute(int id, Source octets) throws IOException {
        try {
            switch (id) {
                case ATTACH_DATA -> look.inside(octets, depth + 1);
                case ATTACHMENT -> properties(octets);
                default -> { }
            }
        } catch (CannotTell e) {
            look.goOn(e);
        } catch (IOException _) {
            look.found(Protection.UNKNOWN, "tnef-damaged"); // this attribute; the others are looked at
        }
    }

    private void properties(Source all) throws IOException {
        long at = 4;
        for (long left = all.u32(0); left > 0; left--) {
            look.tick();
            int type = all.u16(at);
            int id = all.u16(at + 2);
            at += 4;
            if (id >= FIRST_NAMED) {
                at = behindName(all, at);
            }
            int octets = fixedOctets(type & ~MULTIPLE);
            if (octets == 0) {
                at = values(all, at, id, type & ~MULTIPLE);
            } else {
                at += (type & MULTIPLE) == 0 ? octets : 4 + all.u32(at) * octets;
            }
        }
        if (at != all.size()) {
            throw CannotTell.here("tnef-damaged");
        }
    }

    private static long behindName(Source all, long at) throws IOException {
        long kind = at + NAME_SET;
        return kind + 8 + (all.u32(kind) == 0 ? 0 : padded(all.u32(kind + 4)));
    }

    /** Those of any size. */
    private long values(Source all, long from, int id, int type) throws IOException {
        long at = from + 4;
        for (long left = all.u32(from); left > 0; left--) {
            look.tick();
            long length = all.u32(at);
            Source value = all.slice(at + 4, length);
            if (id == DATA && length > 0) {
                look.entry();
                content(value, type == OBJECT);
            }
            at += 4 + padded(length);
        }
        return at;
    }

    private void content(Source value, boolean isObject) throws IOException {
        Source content = isObject ? value.from(INTERFACE) : value;
        if (isObject && Arrays.equals(value.bytes(0, INTERFACE), MESSAGE) && content.u32(0) != SIGNATURE) {
            throw CannotTell.here("tnef-damaged");
        }
        look.inside(content, depth + 1);
    }

    private static long padded(long length) {
        return length + 3 & ~3L;
    }

    /** Of a value with its padding, where the type has one size; 0 where it has any. */
    private static int fixedOctets(int type) throws CannotTell {
        return switch (type) {
            case 0x00, 0x01, 0x02, 0x03, 0x04, 0x0a, 0x0b -> 4;
            case 0x05, 0x06, 0x07, 0x14, 0x40 -> 8;
            case 0x48 -> 16;
            case OBJECT, 0x1e, 0x1f, 0x102 -> 0;
            default -> throw CannotTell.here("tnef-damaged");
        };
    }
}
