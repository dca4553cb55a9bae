/**
 * Sealed files: where they are kept, how they are destroyed, what a crash left behind. Read {@link sekisho.gateway.files.Vault} first.
 */
@NullMarked
package sekisho.gateway.files;

import org.jspecify.annotations.NullMarked;
