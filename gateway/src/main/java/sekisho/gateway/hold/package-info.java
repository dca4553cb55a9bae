/**
 * The window in which a sender can stop a message, and its end. Read {@link sekisho.gateway.hold.Holds} first.
 */
@NullMarked
package sekisho.gateway.hold;

import org.jspecify.annotations.NullMarked;
