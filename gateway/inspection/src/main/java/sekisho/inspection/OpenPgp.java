package sekisho.inspection;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * OpenPGP messages (RFC 9580): armoured, or beginning with an encrypted session key that is followed by what goes with it, or with what may have one inside
 * (§10.3): compressed, or signed. What a reader ignores may stand in front (§4.3, §5.8, §5.14).
 */
final class OpenPgp {
    private static final byte[] ARMOUR = "-----BEGIN PGP MESSAGE".getBytes(StandardCharsets.US_ASCII);
    private static final int PUBLIC_KEY_SESSION = 1;
    private static final int SIGNATURE = 2;
    private static final int PASSPHRASE_SESSION = 3;
    private static final int ONE_PASS_SIGNATURE = 4;
    private static final int PUBLIC_KEY = 6;
    private static final int COMPRESSED = 8;
    private static final int ENCRYPTED = 9;
    private static final int MARKER = 10;
    private static final int TRUST = 12;
    private static final int OLD_COMMENT = 16;
    private static final int ENCRYPTED_INTEGRITY = 18;
    private static final int ENCRYPTED_AEAD = 20;
    private static final int PADDING = 21;
    /** From here on readers ignore what they don't know. */
    private static final int NOT_CRITICAL = 40;
    private static final int MOST_READS = 64;
    /** The longest head of a packet, and one octet. */
    private static final int PACKET_HEAD = 7;

    private OpenPgp() {}

    static boolean isEncrypted(byte[] head, int length) {
        int armour = Signatures.find(head, length, ARMOUR);
        if (armour == 0 || armour > 0 && (head[armour - 1] == '\n' || head[armour - 1] == '\r' || armour == 3 && head[0] == (byte) 0xef)) {
            return true;
        }
        return isMessage(head, length, behindIgnored(head, length));
    }

    /** Whether what is ignored reaches beyond the octets. */
    static boolean mayGoOn(byte[] head, int length) {
        return length == Inspector.HEAD_OCTETS && behindIgnored(head, length) + PACKET_HEAD > length;
    }

    /** As above, of a file whose first packets are ignored, as far as that goes. Somebody who writes thousands of them hides something. */
    static boolean isEncrypted(Source source) throws IOException {
        byte[] some = source.atMost(0, Inspector.HEAD_OCTETS);
        long at = 0;
        for (int i = 0; i < MOST_READS; i++) {
            int behind = behindIgnored(some, some.length);
            if (some.length < Inspector.HEAD_OCTETS || behind + PACKET_HEAD <= some.length) {
                return isMessage(some, some.length, behind);
            }
            at += behind;
            some = source.atMost(at, Inspector.HEAD_OCTETS);
        }
        return true;
    }

    private static int behindIgnored(byte[] head, int length) {
        int at = 0;
        var packet = packetAt(head, length, at);
        while (isIgnored(packet.tag)) {
            at = packet.body + packet.size;
            packet = packetAt(head, length, at);
        }
        return at;
    }

    private static boolean isIgnored(int tag) {
        return tag == MARKER || tag == TRUST || tag == OLD_COMMENT || tag == PADDING || tag >= NOT_CRITICAL && tag != 63; // gpg's own, and JPEG's first octet
    }

    private static boolean isMessage(byte[] head, int length, int at) {
        var packet = packetAt(head, length, at);
        if (packet.tag == ENCRYPTED_INTEGRITY || packet.tag == ENCRYPTED_AEAD) { // its key is elsewhere; its version is 1 or 2
            return packet.body < length && (head[packet.body] == 1 || head[packet.body] == 2) && packet.size > 32 && isNewOrLong(head[at]);
        }
        if (packet.tag == ONE_PASS_SIGNATURE) {
            return packet.size == 13 && head[packet.body] == 3;
        }
        if (packet.tag == COMPRESSED) {
            return packet.body + 3 <= length && isCompressed(head[packet.body] & 0xff, head[packet.body + 1] & 0xff, head[packet.body + 2]);
        }
        if (!isSession(packet, head, length)) {
            return false;
        }
        var next = packetAt(head, length, packet.body + packet.size);
        return next.tag == ENCRYPTED || next.tag == ENCRYPTED_INTEGRITY || next.tag == ENCRYPTED_AEAD || isSession(next, head, length)
                || packet.body + packet.size >= length;
    }

    /** By the algorithm: a packet as it is, the start of DEFLATE with a kind of block that there is, of zlib, of bzip2. */
    private static boolean isCompressed(int algorithm, int first, byte second) {
        return switch (algorithm) {
            case 0 -> first >= 0x80;
            case 1 -> (first & 6) != 6;
            case 2 -> (first & 0x0f) == 8 && (first << 8 | second & 0xff) % 31 == 0;
            case 3 -> first == 'B' && second == 'Z';
            default -> false;
        };
    }

    /** Public keys, and signatures that stand by themselves: nothing is encrypted in them. */
    static boolean isKeyOrSignature(byte[] head, int length) {
        var packet = packetAt(head, length, 0);
        if (packet.body + 2 > length || packet.size < 8 || packet.size > 64 << 10) {
            return false;
        }
        int version = head[packet.body];
        return packet.tag == PUBLIC_KEY && (version == 3 || version == 4 || version == 6)
                || packet.tag == SIGNATURE && (version == 3 && head[packet.body + 1] == 5 || version == 4 || version == 6);
    }

    private static boolean isNewOrLong(byte first) {
        return (first & 0xff) >= 0xc0 || (first & 3) >= 2;
    }

    private static boolean isSession(Packet packet, byte[] head, int length) {
        if (packet.body + 2 > length || packet.size < 4 || packet.size > 4096) {
            return false;
        }
        int version = head[packet.body];
        if (packet.tag == PUBLIC_KEY_SESSION) {
            return version == 6 || version == 3 && packet.body + 10 <= length && head[packet.body + 9] > 0 && head[packet.body + 9] < 32;
        }
        return packet.tag == PASSPHRASE_SESSION && version >= 4 && version <= 6 && head[packet.body + 1] > 0 && packet.size < 256;
    }

    /** @param body where it begins */
    private record Packet(int tag, int body, int size) {}

    private static Packet packetAt(byte[] head, int length, int at) {
        var none = new Packet(-1, 0, 0);
        if (at < 0 || at + 7 > length || head[at] >= 0) {
            return none;
        }
        int first = head[at] & 0xff;
        if ((first & 0x40) != 0) {
            int size = head[at + 1] & 0xff;
            if (size < 192) {
                return new Packet(first & 0x3f, at + 2, size);
            }
            if (size < 224) {
                return new Packet(first & 0x3f, at + 3, (size - 192 << 8) + (head[at + 2] & 0xff) + 192);
            }
            return size == 255 ? new Packet(first & 0x3f, at + 6, number(head, at + 2, 4)) : new Packet(first & 0x3f, at + 2, Integer.MAX_VALUE / 2);
        }
        return switch (first & 3) {
            case 0 -> new Packet(first >> 2 & 0x0f, at + 2, number(head, at + 1, 1));
            case 1 -> new Packet(first >> 2 & 0x0f, at + 3, number(head, at + 1, 2));
            case 2 -> new Packet(first >> 2 & 0x0f, at + 5, number(head, at + 1, 4));
            default -> new Packet(first >> 2 & 0x0f, at + 1, Integer.MAX_VALUE / 2);
        };
    }

    private static int number(byte[] head, int at, int octets) {
        long value = 0;
        for (int i = 0; i < octets; i++) {
            value = value << 8 | head[at + i] & 0xff;
        }
        return (int) Math.min(value, Integer.MAX_VALUE / 2);
    }
}
