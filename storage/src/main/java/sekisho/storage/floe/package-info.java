/**
 * FLOE, random-access authenticated encryption in segments (C2SP/FLOE), on the JDK's own AES-GCM and HKDF. Knows nothing of stores,
 * files or deliveries. Read {@link sekisho.storage.floe.Floe} first: it draws the format.
 */
@NullMarked
package sekisho.storage.floe;

import org.jspecify.annotations.NullMarked;
