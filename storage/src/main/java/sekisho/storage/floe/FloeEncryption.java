package sekisho.storage.floe;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.random.RandomGenerator;

import javax.crypto.Cipher;

/**
 * Encrypts one plaintext, segment after segment. Positions are counted here and nothing can follow the last segment, so a
 * position is never used twice. For one thread at a time.
 */
public final class FloeEncryption implements AutoCloseable {
    private final Floe floe;
    private final byte[] header;
    private final RandomGenerator random;
    private final SegmentCipher cipher;
    private final byte[] iv = new byte[Floe.SEGMENT_IV_OCTETS];
    private long position;
    private boolean ended;

    FloeEncryption(Floe floe, byte[] header, SegmentKeys keys, RandomGenerator random) {
        this.floe = floe;
        this.header = header;
        this.random = random;
        this.cipher = new SegmentCipher(floe, keys);
    }

    /** The {@link Floe#HEADER_OCTETS} octets that go before the first segment. */
    public byte[] header() {
        return header.clone();
    }

    /**
     * Encrypts the next segment into {@code out}, which has room for {@link Floe#segmentOctets()} after the offset.
     *
     * @param octets of plaintext: a full segment, or for the last one 0 to a full segment
     * @return octets written to {@code out}
     */
    public int segment(byte[] plain, int offset, int octets, boolean last, byte[] out, int outOffset) {
        if (ended) {
            throw new IllegalStateException("nothing follows the last segment");
        }
        if (octets > floe.plainSegmentOctets() || !last && octets != floe.plainSegmentOctets()) {
            throw new IllegalArgumentException("all but the last segment are full");
        }
        if (!last && position == Floe.MAX_SEGMENTS - 1) {
            throw new IllegalStateException("a ciphertext has at most 2^40 segments");
        }
        ended = true;    // stays so when encryption fails half-way: its position must not be used again
        int total = octets + Floe.OVERHEAD_OCTETS;
        random.nextBytes(iv);
        ByteBuffer.wrap(out, outOffset, total).putInt(last ? total : Floe.NOT_LAST).put(iv);
        try {
            int prefix = Integer.BYTES + Floe.SEGMENT_IV_OCTETS;
            cipher.at(Cipher.ENCRYPT_MODE, position, last, iv).doFinal(plain, offset, octets, out, outOffset + prefix);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM failed to encrypt", e);
        }
        position++;
        ended = last;
        return total;
    }

    /** Forgets the keys; nothing follows. */
    @Override
    public void close() {
        ended = true;
        cipher.forget();
    }
}
