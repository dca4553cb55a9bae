package sekisho.storage.floe;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;

import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

import org.jspecify.annotations.Nullable;

/** SunJCE's AES-256-GCM, set up for one segment after the other; keeps the segment key until the next rotation. */
final class SegmentCipher {
    private final Floe floe;
    private final SegmentKeys keys;
    private final Cipher cipher;
    private @Nullable SecretKeySpec key;
    private long keyPosition = -1;

    SegmentCipher(Floe floe, SegmentKeys keys) {
        this.floe = floe;
        this.keys = keys;
        try {
            this.cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no AES-GCM", e);
        }
    }

    Cipher at(int mode, long position, boolean last, byte[] iv) throws GeneralSecurityException {
        SecretKeySpec current = key;
        if (current == null || keyPosition != floe.keyPosition(position)) {
            keyPosition = floe.keyPosition(position);
            byte[] octets = keys.from(keyPosition);
            current = new SecretKeySpec(octets, "AES");
            Arrays.fill(octets, (byte) 0);
            key = current;
        }
        cipher.init(mode, current, new GCMParameterSpec(8 * Floe.TAG_OCTETS, iv));
        cipher.updateAAD(ByteBuffer.allocate(9).putLong(position).put((byte) (last ? 1 : 0)).flip());
        return cipher;
    }

    void forget() {
        keys.forget();
        key = null;    // the JDK has no way to overwrite it
    }
}
