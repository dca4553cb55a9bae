package sekisho.storage;

import java.time.Instant;

/**
 * A finished object in a store.
 *
 * @param modifiedAt when it was finished or a little before, by the store's clock
 */
public record StoredObject(String key, long sizeOctets, Instant modifiedAt) {
}
