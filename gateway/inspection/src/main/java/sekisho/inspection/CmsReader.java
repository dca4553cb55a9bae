package sekisho.inspection;

import java.io.IOException;

/**
 * Signed and compressed messages of CMS (RFC 5652 §5, RFC 3274), which anybody can read, and what is in them; PKCS #12 (RFC 7292).
 *
 * <pre>
 * SEQUENCE { id, [0] { SEQUENCE { version, SET of algorithms | algorithm, SEQUENCE { id, [0] { OCTET STRING } }, … } } }
 * </pre>
 */
final class CmsReader {
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int OCTETS_IN_PIECES = 0x24;
    private static final int INNER = 0xa0;
    private static final int ID = 0x06;
    private static final int COMPRESSED_ID_OCTETS = 11;
    private static final int MOST_NESTED = 16;
    private static final long TO_ITS_END = -1;
    private static final int LARGEST_STORE = 1 << 20;
    /** {@code encryptedData}, and a key that is encrypted by itself. */
    private static final byte[] ENCRYPTED_BAG = java.util.HexFormat.of().parseHex("06092a864886f70d010706");
    private static final byte[] SHROUDED_KEY = java.util.HexFormat.of().parseHex("060b2a864886f70d010c0a0102");

    private final Look look;
    private final Source source;
    private final int depth;

    CmsReader(Look look, Source source, int depth) {
        this.look = look;
        this.source = source;
        this.depth = depth;
    }

    /** @param from where its octets begin, @param length {@link #TO_ITS_END} when two octets of 0 end it */
    private record Element(int tag, long from, long length) {}

    void read() throws IOException {
        Element id = expect(expect(0, SEQUENCE).from, ID);
        boolean isCompressed = id.length == COMPRESSED_ID_OCTETS;
        Element signed = expect(expect(id.from + id.length, INNER).from, SEQUENCE);
        long at = after(element(signed.from), 0); // version
        at = after(element(at), 0); // algorithms
        Element inside = expect(at, SEQUENCE);
        at = after(expect(inside.from, ID), 0);
        if (inside.length != TO_ITS_END && at >= inside.from + inside.length || source.u8(at) != INNER) {
            return; // a signature without what it signs, or certificates alone
        }
        Element octets = element(expect(at, INNER).from);
        if (octets.tag != OCTETS && octets.tag != OCTETS_IN_PIECES) {
            throw CannotTell.here("cms-damaged");
        }
        look.entry();
        Look.Content plain = () -> octets.tag == OCTETS ? source.slice(octets.from, octets.length).stream() : new Pieces(octets);
        look.whole(isCompressed ? () -> Decoders.zlib(plain.open(), look) : plain, depth + 1);
    }

    /** A store of keys and certificates. Hardly any has no password; then nothing in it is encrypted. */
    void readStore() throws IOException {
        Element all = expect(0, SEQUENCE);
        byte[] octets = source.atMost(0, LARGEST_STORE);
        boolean isOpen = all.length != TO_ITS_END && octets.length < LARGEST_STORE
                && Signatures.find(octets, octets.length, ENCRYPTED_BAG) < 0 && Signatures.find(octets, octets.length, SHROUDED_KEY) < 0;
        if (!isOpen) {
            look.found(Protection.PASSWORD, "pkcs12");
        }
    }

    private Element expect(long at, int tag) throws IOException {
        Element element = element(at);
        if (element.tag != tag) {
            throw CannotTell.here("cms-damaged");
        }
        return element;
    }

    private Element element(long at) throws IOException {
        look.tick();
        int tag = source.u8(at);
        int first = source.u8(at + 1);
        if (first < 0x80) {
            return new Element(tag, at + 2, first);
        }
        int count = first & 0x7f;
        if (count == 0) {
            return new Element(tag, at + 2, TO_ITS_END);
        }
        long length = 0;
        for (int i = 0; i < count; i++) {
            length = length << 8 | source.u8(at + 2 + i);
        }
        if (count > 7) {
            throw CannotTell.here("cms-damaged");
        }
        return new Element(tag, at + 2 + count, length);
    }

    private long after(Element element, int nested) throws IOException {
        if (element.length != TO_ITS_END) {
            return element.from + element.length;
        }
        if (nested == MOST_NESTED) {
            throw CannotTell.here("cms-damaged");
        }
        long at = element.from;
        while (source.u16(at) != 0) {
            at = after(element(at), nested + 1);
        }
        return at + 2;
    }

    /** Octets in pieces, each an element of its own. */
    private final class Pieces extends InBlocks {
        private final Element all;
        private long next;
        private long at;
        private long end;

        Pieces(Element all) {
            this.all = all;
            this.next = all.from;
        }

        @Override
        public int read(byte[] into, int offset, int count) throws IOException {
            while (at == end) {
                if (all.length == TO_ITS_END ? source.u16(next) == 0 : next >= all.from + all.length) {
                    return -1;
                }
                Element piece = expect(next, OCTETS);
                if (piece.length == TO_ITS_END) {
                    throw CannotTell.here("cms-damaged");
                }
                at = piece.from;
                end = piece.from + piece.length;
                next = end;
            }
            int got = source.read(at, into, offset, (int) Math.min(count, end - at));
            at += Math.max(got, 0);
            return got;
        }
    }
}
