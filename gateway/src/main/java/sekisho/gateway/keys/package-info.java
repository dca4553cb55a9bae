/**
 * The key pairs that files and spools are sealed to, while they change: files that are read again, versions, what hangs on each of them.
 * Read {@link sekisho.gateway.keys.KeyRing} first.
 */
@NullMarked
package sekisho.gateway.keys;

import org.jspecify.annotations.NullMarked;
