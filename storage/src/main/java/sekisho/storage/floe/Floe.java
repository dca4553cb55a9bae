package sekisho.storage.floe;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.random.RandomGenerator;

import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * One parameter set of FLOE (C2SP/FLOE): AES-256-GCM, HKDF-Expand-SHA-384, a 32-octet IV, and a segment length.
 *
 * <pre>
 * 0   parameters  00 | 00 | segment length u32 | 00000020      10 octets, numbers big-endian
 * 10  iv          random                                       32
 * 42  header tag  kdf(key, "HEADER_TAG:", 32)                  32    commits to key and associated data
 * 74  segments    length u32 | iv 12 | ciphertext | tag 16           length = FFFFFFFF, in the last one its whole length
 *
 * kdf(k, purpose, n) = HKDF-Expand-SHA-384(k, parameters || iv || purpose || associated data, n)
 * message key        = kdf(key, "MESSAGE_KEY:", 48)
 * segment key        = kdf(message key, "DEK:" || position u64 with its low rotation bits cleared, 32)
 * segment's associated data = position u64 || 01 for the last, 00 for any other
 * </pre>
 *
 * All but the last segment are full. Everything is asked of SunJCE by name, so that another provider in the same process is
 * never used for bulk (BouncyCastle's AES-GCM is over a hundred times slower).
 */
public final class Floe {
    /** The parameters of every object of ours: 64 KiB segments, a new segment key every 2^20 segments. */
    public static final Floe OBJECTS = new Floe(65_536, 20);
    /** Octets of the key. */
    public static final int KEY_OCTETS = 32;
    /** Octets before the first segment. */
    public static final int HEADER_OCTETS = 74;
    /** Octets that a segment is longer than its plaintext: length, IV and tag. */
    public static final int OVERHEAD_OCTETS = 32;

    static final long MAX_SEGMENTS = 1L << 40;
    static final int NOT_LAST = 0xFFFFFFFF;
    static final int SEGMENT_IV_OCTETS = 12;
    static final int TAG_OCTETS = 16;
    private static final int IV_OCTETS = 32;
    private static final int HEADER_TAG_OCTETS = 32;
    private static final int PARAMETERS_OCTETS = 10;
    private static final int HASH_OCTETS = 48;
    private static final int MESSAGE_KEY_OCTETS = HASH_OCTETS;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final int segmentOctets;
    private final int rotationBits;

    Floe(int segmentOctets, int rotationBits) {
        if (segmentOctets <= OVERHEAD_OCTETS) {
            throw new IllegalArgumentException("a segment is longer than its overhead of " + OVERHEAD_OCTETS + " octets");
        }
        this.segmentOctets = segmentOctets;
        this.rotationBits = rotationBits;
    }

    /** Octets of a full encrypted segment. */
    public int segmentOctets() {
        return segmentOctets;
    }

    /** Octets of plaintext in a full segment. */
    public int plainSegmentOctets() {
        return segmentOctets - OVERHEAD_OCTETS;
    }

    /**
     * How many segments a whole ciphertext of this length has. The caller takes the length from where an attacker of the object
     * can't change it, never from the ciphertext.
     *
     * @throws BrokenCiphertextException no ciphertext has that length
     */
    public long segments(long cipherOctets) throws BrokenCiphertextException {
        long body = cipherOctets - HEADER_OCTETS;
        if (body < OVERHEAD_OCTETS || body % segmentOctets != 0 && body % segmentOctets < OVERHEAD_OCTETS) {
            throw new BrokenCiphertextException("no ciphertext is " + cipherOctets + " octets long");
        }
        long segments = (body - 1) / segmentOctets + 1;
        if (segments > MAX_SEGMENTS) {
            throw new BrokenCiphertextException("a ciphertext has at most 2^40 segments");
        }
        return segments;
    }

    /** Octets of plaintext in a whole ciphertext of this length. */
    public long plainOctets(long cipherOctets) throws BrokenCiphertextException {
        return cipherOctets - HEADER_OCTETS - OVERHEAD_OCTETS * segments(cipherOctets);
    }

    /** Starts a ciphertext under a key of {@link #KEY_OCTETS} octets; the key is not kept. */
    public FloeEncryption encrypt(byte[] key, byte[] associatedData) {
        return encrypt(key, associatedData, RANDOM);
    }

    FloeEncryption encrypt(byte[] key, byte[] associatedData, RandomGenerator random) {
        byte[] iv = new byte[IV_OCTETS];
        random.nextBytes(iv);
        byte[] header = ByteBuffer.allocate(HEADER_OCTETS).put(parameters()).put(iv)
                .put(kdf(checked(key), iv, "HEADER_TAG:", associatedData, HEADER_TAG_OCTETS)).array();
        return new FloeEncryption(this, header, segmentKeys(key, iv, associatedData), random);
    }

    /**
     * Makes ready to decrypt any segment. The key is not kept.
     *
     * @throws BrokenCiphertextException other parameters than these, or the header belongs to another key or associated data
     */
    public FloeDecryption decrypt(byte[] key, byte[] associatedData, byte[] header) throws BrokenCiphertextException {
        if (header.length != HEADER_OCTETS) {
            throw new BrokenCiphertextException("the header is " + header.length + " octets long instead of " + HEADER_OCTETS);
        }
        ByteBuffer fields = ByteBuffer.wrap(header);
        byte[] parameters = new byte[PARAMETERS_OCTETS];
        byte[] iv = new byte[IV_OCTETS];
        byte[] tag = new byte[HEADER_TAG_OCTETS];
        fields.get(parameters).get(iv).get(tag);
        if (!MessageDigest.isEqual(parameters, parameters())) {
            throw new BrokenCiphertextException("the header names other parameters");
        }
        if (!MessageDigest.isEqual(tag, kdf(checked(key), iv, "HEADER_TAG:", associatedData, HEADER_TAG_OCTETS))) {
            throw new BrokenCiphertextException("the header belongs to another key or place");
        }
        return new FloeDecryption(this, segmentKeys(key, iv, associatedData));
    }

    private SegmentKeys segmentKeys(byte[] key, byte[] iv, byte[] associatedData) {
        return new SegmentKeys(this, kdf(key, iv, "MESSAGE_KEY:", associatedData, MESSAGE_KEY_OCTETS), iv, associatedData);
    }

    /** The first of the positions that share a segment key with this one. */
    long keyPosition(long position) {
        return position >>> rotationBits << rotationBits;
    }

    private byte[] kdf(byte[] key, byte[] iv, String purpose, byte[] associatedData, int octets) {
        return kdf(key, iv, purpose.getBytes(StandardCharsets.US_ASCII), associatedData, octets);
    }

    byte[] kdf(byte[] key, byte[] iv, byte[] purpose, byte[] associatedData, int octets) {
        byte[] info = ByteBuffer.allocate(PARAMETERS_OCTETS + iv.length + purpose.length + associatedData.length)
                .put(parameters()).put(iv).put(purpose).put(associatedData).array();
        // the JDK wants as many octets as the hash has; HMAC pads a shorter key with zeros itself, so this changes nothing
        byte[] padded = Arrays.copyOf(key, Math.max(key.length, HASH_OCTETS));
        try {
            return KDF.getInstance("HKDF-SHA384", "SunJCE")
                    .deriveData(HKDFParameterSpec.expandOnly(new SecretKeySpec(padded, "HKDF"), info, octets));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no HKDF-SHA384; run JDK 25 or later", e);
        } finally {
            Arrays.fill(padded, (byte) 0);
        }
    }

    private byte[] parameters() {
        return ByteBuffer.allocate(PARAMETERS_OCTETS).put((byte) 0).put((byte) 0).putInt(segmentOctets).putInt(IV_OCTETS).array();
    }

    private static byte[] checked(byte[] key) {
        if (key.length != KEY_OCTETS) {
            throw new IllegalArgumentException("a key is " + KEY_OCTETS + " octets long");
        }
        return key;
    }
}
