/** Wraps files' keys again when the private key gets a newer version. Read {@link sekisho.web.rewrap.RewrapTimer} first. */
@NullMarked
package sekisho.web.rewrap;

import org.jspecify.annotations.NullMarked;
