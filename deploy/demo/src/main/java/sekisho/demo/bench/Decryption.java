package sekisho.demo.bench;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** What the JDK's AES-256-GCM permits by itself: no file that is opened on one core can be served faster. */
final class Decryption {
    private static final int SEGMENT = 64 << 10;
    private static final int TAG_BITS = 128;
    private static final int NONCE_OCTETS = 12;
    private static final int KEY_OCTETS = 32;
    private static final int SEGMENTS = 16 << 10;
    private static final int ROUNDS = 3;

    private Decryption() {}

    /** Megabytes a second of one thread that decrypts 1 GiB in segments, each verified, warm. */
    static double megabytesPerSecond() {
        try {
            var key = new SecretKeySpec(new byte[KEY_OCTETS], "AES");
            var nonce = new GCMParameterSpec(TAG_BITS, new byte[NONCE_OCTETS]);
            var cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
            cipher.init(Cipher.ENCRYPT_MODE, key, nonce);
            byte[] sealed = cipher.doFinal(new byte[SEGMENT]);
            byte[] plain = new byte[SEGMENT];
            double seconds = 0;
            for (int round = 0; round < ROUNDS; round++) {
                long begin = System.nanoTime();
                for (int i = 0; i < SEGMENTS; i++) {
                    cipher.init(Cipher.DECRYPT_MODE, key, nonce);
                    cipher.doFinal(sealed, 0, sealed.length, plain, 0);
                }
                seconds = (System.nanoTime() - begin) / 1e9;
            }
            return (double) SEGMENTS * SEGMENT / 1e6 / seconds;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no AES-256-GCM", e);
        }
    }
}
