package sekisho.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Where a ciphertext belongs. It is associated data of the object and of its wrapped key, so that neither opens when a writer of the
 * database or of the store moves it to another delivery or file.
 */
public record Place(UUID delivery, UUID object) {
    /** {@code label || 00 || delivery 16 octets || object 16 octets}. */
    byte[] associatedData(String label) {
        byte[] ascii = label.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(ascii.length + 1 + 4 * Long.BYTES).put(ascii).put((byte) 0)
                .putLong(delivery.getMostSignificantBits()).putLong(delivery.getLeastSignificantBits())
                .putLong(object.getMostSignificantBits()).putLong(object.getLeastSignificantBits()).array();
    }
}
