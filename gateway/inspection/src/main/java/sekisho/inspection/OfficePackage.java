package sekisho.inspection;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The file in an encrypted OOXML file (MS-OFFCRYPTO 2.3.4.4, 2.3.4.15), decrypted while it is read: its size in 8 octets, then segments of
 * 4,096 octets, the last one filled up to blocks.
 */
final class OfficePackage extends InBlocks {
    private static final int SEGMENT = 4096;
    private static final int BLOCK = 16;

    /**
     * What opens it.
     *
     * @param hash of which the vector of a segment is made with {@code salt} and its number; null where each block is encrypted by itself
     */
    record Key(byte[] octets, @Nullable String hash, byte[] salt) {
        private Cipher cipher(int segment) throws GeneralSecurityException {
            var key = new SecretKeySpec(octets, "AES");
            Cipher aes = Cipher.getInstance(hash == null ? "AES/ECB/NoPadding" : "AES/CBC/NoPadding");
            if (hash == null) {
                aes.init(Cipher.DECRYPT_MODE, key);
            } else {
                MessageDigest digest = MessageDigest.getInstance(hash);
                digest.update(salt);
                byte[] vector = digest.digest(new byte[] {(byte) segment, (byte) (segment >> 8), (byte) (segment >> 16), (byte) (segment >> 24)});
                aes.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(vector, 0, BLOCK));
            }
            return aes;
        }
    }

    private final InputStream in;
    private final Key key;
    private long left;
    private int segments;
    private byte[] segment = new byte[0];
    private int at;

    OfficePackage(Source file, Key key) throws IOException {
        this.left = file.u64(0);
        this.in = file.from(8).stream();
        this.key = key;
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
        if (at == segment.length && left > 0) {
            next();
        }
        int got = Math.min(count, segment.length - at);
        System.arraycopy(segment, at, into, offset, got);
        at += got;
        return got == 0 && count > 0 ? -1 : got;
    }

    private void next() throws IOException {
        byte[] encrypted = in.readNBytes(SEGMENT);
        int whole = encrypted.length / BLOCK * BLOCK;
        if (whole < Math.min(left, SEGMENT)) {
            throw CannotTell.here("ooxml-damaged");
        }
        try {
            byte[] opened = key.cipher(segments++).doFinal(encrypted, 0, whole);
            segment = Arrays.copyOf(opened, (int) Math.min(left, opened.length));
        } catch (GeneralSecurityException _) {
            throw CannotTell.here("ooxml-damaged");
        }
        at = 0;
        left -= segment.length;
    }
}
