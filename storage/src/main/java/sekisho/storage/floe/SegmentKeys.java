package sekisho.storage.floe;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The segment keys of one ciphertext, made from its message key. Whoever has one forgets it, and who shares it takes a copy of it. */
final class SegmentKeys {
    private final Floe floe;
    private final byte[] messageKey;
    private final byte[] iv;
    private final byte[] associatedData;
    private boolean forgotten;

    /** @param messageKey is overwritten by {@link #forget} */
    SegmentKeys(Floe floe, byte[] messageKey, byte[] iv, byte[] associatedData) {
        this.floe = floe;
        this.messageKey = messageKey;
        this.iv = iv;
        this.associatedData = associatedData;
    }

    synchronized SegmentKeys copy() {
        requireKept();
        return new SegmentKeys(floe, messageKey.clone(), iv, associatedData);
    }

    /** The segment key for the positions from this one until the next rotation; the caller overwrites it. */
    synchronized byte[] from(long firstPosition) {
        requireKept();
        byte[] purpose = ByteBuffer.allocate(12).put("DEK:".getBytes(StandardCharsets.US_ASCII)).putLong(firstPosition).array();
        return floe.kdf(messageKey, iv, purpose, associatedData, Floe.KEY_OCTETS);
    }

    /** What is overwritten would make a key, too: one that everybody knows. */
    private void requireKept() {
        if (forgotten) {
            throw new IllegalStateException("closed before");
        }
    }

    synchronized void forget() {
        forgotten = true;
        Arrays.fill(messageKey, (byte) 0);
    }
}
