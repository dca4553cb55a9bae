package sekisho.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;

import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * Keys derived from an object's key, for what belongs to the object and must die with it (its name, its hash), and from a private key, for
 * what its holder alone can do.
 *
 * <pre>
 * HKDF-SHA-384(salt "sekisho/derive/v1", input object's key, info label length u32 || label UTF-8 || context)
 * HKDF-SHA-384(salt "sekisho/derive-private/v1", input X25519 scalar, info label length u32 || label UTF-8)
 * </pre>
 *
 * The salt keeps these apart from FLOE's own derivations, which use the object's key without an extract step.
 */
final class Derivation {
    private static final byte[] SALT = "sekisho/derive/v1".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PRIVATE_SALT = "sekisho/derive-private/v1".getBytes(StandardCharsets.US_ASCII);

    private Derivation() {
    }

    static byte[] derive(byte[] objectKey, String label, byte[] context, int octets) {
        return derive(SALT, objectKey, label, context, octets);
    }

    static byte[] fromPrivate(byte[] privateKey, String label, int octets) {
        return derive(PRIVATE_SALT, privateKey, label, new byte[0], octets);
    }

    private static byte[] derive(byte[] salt, byte[] input, String label, byte[] context, int octets) {
        byte[] text = label.getBytes(StandardCharsets.UTF_8);
        byte[] info = ByteBuffer.allocate(Integer.BYTES + text.length + context.length)
                .putInt(text.length).put(text).put(context).array();
        try {
            return KDF.getInstance("HKDF-SHA384", "SunJCE")
                    .deriveData(HKDFParameterSpec.ofExtract().addSalt(salt).addIKM(input).thenExpand(info, octets));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK can't derive " + octets + " octets with HKDF-SHA384", e);
        }
    }
}
