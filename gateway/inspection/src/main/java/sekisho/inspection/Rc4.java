package sekisho.inspection;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** RC4, which files from before AES are encrypted with. */
final class Rc4 {
    private Rc4() {}

    static byte[] apply(byte[] key, byte[] octets) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("ARCFOUR");
        cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "ARCFOUR"));
        return cipher.doFinal(octets);
    }
}
