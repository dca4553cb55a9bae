package sekisho.mailhook.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** Messages of CMS, element by element, for tests: nobody's signature, but every shape that programs write. */
public final class CmsOctets {

    private static final String DATA = "2a864886f70d010701";
    private static final String SIGNED = "2a864886f70d010702";
    private static final String DIGESTED = "2a864886f70d010705";
    private static final String AUTHENTICATED = "2a864886f70d0109100102";
    private static final String ENVELOPED = "2a864886f70d010703";
    private static final byte[] VERSION = element(0x02, new byte[] {1});
    private static final byte[] SHA256 = element(0x31, element(0x30, id("608648016503040201")));
    private static final byte[] SIGNERS = element(0x31, element(0x30, VERSION, element(0x04, new byte[70])));

    private CmsOctets() {
    }

    static byte[] id(String hex) {
        return element(0x06, HexFormat.of().parseHex(hex));
    }

    /** In DER. */
    static byte[] element(int tag, byte[]... parts) {
        byte[] content = join(parts);
        int n = content.length;
        byte[] head = n < 0x80 ? new byte[] {(byte) tag, (byte) n} : n < 0x100 ? new byte[] {(byte) tag, (byte) 0x81, (byte) n}
                : n < 0x10000 ? new byte[] {(byte) tag, (byte) 0x82, (byte) (n >> 8), (byte) n}
                : new byte[] {(byte) tag, (byte) 0x84, (byte) (n >> 24), (byte) (n >> 16), (byte) (n >> 8), (byte) n};
        return join(head, content);
    }

    /** In BER, as who doesn't know its length writes it. */
    static byte[] endless(int tag, byte[]... parts) {
        return join(new byte[] {(byte) tag, (byte) 0x80}, join(parts), new byte[2]);
    }

    static byte[] join(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** A signature that stands beside what it signs. */
    public static byte[] signature() {
        return element(0x30, id(SIGNED), element(0xA0, element(0x30, VERSION, SHA256, element(0x30, id(DATA)), SIGNERS)));
    }

    /** An opaque signed message. */
    public static byte[] signed(byte[] message) {
        return signed(message, DATA, new byte[0]);
    }

    /** A document or a receipt, or whatever the type says. */
    static byte[] signed(byte[] content, String contentType) {
        return signed(content, contentType, new byte[0]);
    }

    /** What is signed to say that a signed message arrived (RFC 2634 §2.8). */
    static byte[] receipt(int signatureOctets) {
        return element(0x30, VERSION, id(DATA), element(0x04, new byte[40]), element(0x04, new byte[signatureOctets]));
    }

    /** @param certificates octets of them, whatever they are */
    static byte[] signed(byte[] message, String contentType, byte[] certificates) {
        return element(0x30, id(SIGNED), element(0xA0, element(0x30, VERSION, SHA256, element(0x30, id(contentType), element(0xA0, element(0x04, message))),
                element(0xA0, element(0x30, certificates)), SIGNERS)));
    }

    /** As OpenSSL writes one that it streams. */
    public static byte[] signedInPieces(byte[] message, int pieceOctets) {
        return signedInPieces(message, DATA, pieceOctets);
    }

    static byte[] signedInPieces(byte[] message, String contentType, int pieceOctets) {
        var pieces = new ByteArrayOutputStream();
        for (int at = 0; at < message.length; at += pieceOctets) {
            pieces.writeBytes(element(0x04, Arrays.copyOfRange(message, at, Math.min(message.length, at + pieceOctets))));
        }
        return endless(0x30, id(SIGNED), endless(0xA0, endless(0x30, VERSION, SHA256, endless(0x30, id(contentType), endless(0xA0, endless(0x24, pieces.toByteArray()))), SIGNERS)));
    }

    /** With a sum of it and nobody's signature (RFC 5652 §7). */
    static byte[] digested(byte[] content) {
        return element(0x30, id(DIGESTED), element(0xA0, element(0x30, element(0x02, new byte[] {0}), element(0x30, id("608648016503040201")),
                element(0x30, id(DATA), element(0xA0, element(0x04, content))), element(0x04, new byte[32]))));
    }

    /** With a sum that only its recipients can check (RFC 5652 §9.1). */
    static byte[] authenticated(byte[] content) {
        return element(0x30, id(AUTHENTICATED), element(0xA0, element(0x30, VERSION, element(0x31, element(0x30, VERSION, element(0x04, new byte[128]))),
                element(0x30, id("2a864886f70d0209")), element(0xA1, id("608648016503040201")), element(0x30, id(DATA), element(0xA0, element(0x04, content))),
                element(0xA2, new byte[40]), element(0x04, new byte[32]))));
    }

    /** As it is (RFC 5652 §4). */
    static byte[] data(byte[] content) {
        return element(0x30, id(DATA), element(0xA0, element(0x04, content)));
    }

    public static byte[] enveloped(byte[] ciphertext) {
        return enveloped(ENVELOPED, ciphertext);
    }

    static byte[] enveloped(String type, byte[] ciphertext) {
        return element(0x30, id(type), element(0xA0, element(0x30, VERSION, element(0x31, element(0x30, VERSION, element(0x04, new byte[128]))),
                element(0x30, id(DATA), element(0x30, id("60864801650304012a")), element(0x80, ciphertext)))));
    }

    public static String base64(byte[] octets) {
        return new String(Base64.getMimeEncoder().encode(octets), StandardCharsets.US_ASCII);
    }
}
