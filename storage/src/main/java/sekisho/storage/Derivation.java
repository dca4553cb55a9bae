package sekisho.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;

import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * Keys derived from an object's key, for what belongs to the object and must die with it (its name, its hash).
 *
 * <pre>
 * HKDF-SHA-384(salt "sekisho/derive/v1", input object's key, info label length u32 || label UTF-8 || context)
 * </pre>
 *
 * The salt keeps these apart from FLOE's own derivations, which use the object's key without an extract step.
 */
final class Derivation {
    private static final byte[] SALT = "sekisho/derive/v1".getBytes(StandardCharsets.US_ASCII);

    private Derivation() {
    }

    static byte[] derive(byte[] objectKey, String label, byte[] context, int octets) {
        byte[] text = label.getBytes(StandardCharsets.UTF_8);
        byte[] info = ByteBuffer.allocate(Integer.BYTES + text.length + context.length)
                .putInt(text.length).put(text).put(context).array();
        try {
            return KDF.getInstance("HKDF-SHA384", "SunJCE")
                    .deriveData(HKDFParameterSpec.ofExtract().addSalt(SALT).addIKM(objectKey).thenExpand(info, octets));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK can't derive " + octets + " octets with HKDF-SHA384", e);
        }
    }
}
