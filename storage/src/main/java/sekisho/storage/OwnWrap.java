package sekisho.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;

import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Wraps an object's key for whoever has the same secret: the holder of a private key for itself, who needs no public key for it; and
 * {@link HybridWrap} with a secret that it sends along. A few microseconds instead of several hundred.
 *
 * <pre>
 * 0     salt, random                             32
 * 32    AES-256-GCM(key, nonce, object's key)    32 + tag 16
 *
 * secret 32          = of a holder: {@link Derivation#fromPrivate}(X25519 scalar, label "sekisho/own-wrap/v1")
 * key 32 || nonce 12 = HKDF-SHA-384(salt, input secret, info "sekisho/own-wrap/v1" 00 || version u32)
 * associated data    = "sekisho/key/v1" 00 || delivery || object
 * </pre>
 *
 * Key and nonce are used once, so that no number of wraps wears the secret out.
 */
final class OwnWrap {
    static final String ALGORITHM = "HKDF-SHA384+A256GCM";
    static final int OCTETS = 80;
    static final int SECRET_OCTETS = 32;
    static final String LABEL = "sekisho/own-wrap/v1";

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SALT_OCTETS = 32;

    private OwnWrap() {
    }

    /** @param secret of that version; not kept */
    static byte[] wrap(byte[] secret, int version, byte[] objectKey, Place place) {
        if (objectKey.length != HybridWrap.OBJECT_KEY_OCTETS) {
            throw new IllegalArgumentException("an object's key is " + HybridWrap.OBJECT_KEY_OCTETS + " octets long");
        }
        byte[] salt = new byte[SALT_OCTETS];
        RANDOM.nextBytes(salt);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, secret, salt, version, place).doFinal(objectKey);
            return ByteBuffer.allocate(OCTETS).put(salt).put(sealed).array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK can't do HKDF-SHA384 with AES-256-GCM; run JDK 25 or later", e);
        }
    }

    /** @throws GeneralSecurityException not wrapped with this secret for this place */
    static byte[] unwrap(byte[] secret, int version, byte[] wrapped, Place place) throws GeneralSecurityException {
        if (wrapped.length != OCTETS) {
            throw new GeneralSecurityException("a wrapped key is " + OCTETS + " octets long");
        }
        return cipher(Cipher.DECRYPT_MODE, secret, Arrays.copyOf(wrapped, SALT_OCTETS), version, place)
                .doFinal(wrapped, SALT_OCTETS, OCTETS - SALT_OCTETS);
    }

    private static Cipher cipher(int mode, byte[] secret, byte[] salt, int version, Place place) throws GeneralSecurityException {
        byte[] label = LABEL.getBytes(StandardCharsets.US_ASCII);
        byte[] info = ByteBuffer.allocate(label.length + 1 + Integer.BYTES).put(label).put((byte) 0).putInt(version).array();
        byte[] keyAndNonce = KDF.getInstance("HKDF-SHA384", "SunJCE")
                .deriveData(HKDFParameterSpec.ofExtract().addSalt(salt).addIKM(secret).thenExpand(info, 32 + 12));
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
        cipher.init(mode, new SecretKeySpec(keyAndNonce, 0, 32, "AES"), new GCMParameterSpec(128, keyAndNonce, 32, 12));
        cipher.updateAAD(place.associatedData(HybridWrap.KEY_LABEL));
        Arrays.fill(keyAndNonce, (byte) 0);
        return cipher;
    }
}
