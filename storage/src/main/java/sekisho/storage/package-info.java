/**
 * Sealed objects: octets that are encrypted on their way into an object store and can be read back in any range. Knows nothing of
 * deliveries. Read {@link sekisho.storage.Sealer} and {@link sekisho.storage.Opener} first, then {@link sekisho.storage.ObjectStore};
 * the formats are drawn in FORMAT.md.
 */
@NullMarked
package sekisho.storage;

import org.jspecify.annotations.NullMarked;
