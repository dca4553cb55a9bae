package sekisho.storage.floe;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;

import javax.crypto.Cipher;

/** Decrypts segments of one ciphertext in any order. Each reader takes its own {@link Segments}; this may be shared. */
public final class FloeDecryption implements AutoCloseable {
    private final Floe floe;
    private final SegmentKeys keys;

    FloeDecryption(Floe floe, SegmentKeys keys) {
        this.floe = floe;
        this.keys = keys;
    }

    /**
     * A decryptor for one thread at a time, which goes on when this is closed. The caller closes it.
     *
     * @throws IllegalStateException closed before
     */
    public Segments segments() {
        return new Segments();
    }

    /** Forgets the message key. */
    @Override
    public void close() {
        keys.forget();
    }

    /** Decrypts segments for one thread at a time. */
    public final class Segments implements AutoCloseable {
        private final SegmentCipher cipher = new SegmentCipher(floe, keys.copy());
        private final byte[] iv = new byte[Floe.SEGMENT_IV_OCTETS];

        private Segments() {
        }

        /**
         * Decrypts one segment. What {@code out} holds after an exception must not be used.
         *
         * @param position of the segment, from 0
         * @param last whether it is the last one; position and this come from the known length, never from the ciphertext
         * @param octets of the encrypted segment
         * @return octets of plaintext written to {@code out}
         * @throws BrokenCiphertextException it is not the segment that was written at this position
         */
        public int decrypt(long position, boolean last, byte[] in, int offset, int octets, byte[] out, int outOffset)
                throws BrokenCiphertextException {
            if (octets < Floe.OVERHEAD_OCTETS || octets > floe.segmentOctets() || !last && octets != floe.segmentOctets()) {
                throw new BrokenCiphertextException("segment " + position + " can't be " + octets + " octets long");
            }
            ByteBuffer segment = ByteBuffer.wrap(in, offset, octets);
            if (segment.getInt() != (last ? octets : Floe.NOT_LAST)) {
                throw new BrokenCiphertextException("segment " + position + " is marked with another length");
            }
            segment.get(iv);
            try {
                return cipher.at(Cipher.DECRYPT_MODE, position, last, iv)
                        .doFinal(in, segment.position(), segment.remaining(), out, outOffset);
            } catch (GeneralSecurityException e) {
                throw new BrokenCiphertextException("segment " + position + " is not what was written there", e);
            }
        }

        /** Forgets the keys. */
        @Override
        public void close() {
            cipher.forget();
        }
    }
}
