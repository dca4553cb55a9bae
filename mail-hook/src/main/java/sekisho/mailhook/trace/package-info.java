/**
 * The mark on what we let out, by which it is known when it comes back. Read {@link sekisho.mailhook.trace.TraceField} first;
 * docs/decisions/0013 says why it is refused then.
 */
@NullMarked
package sekisho.mailhook.trace;

import org.jspecify.annotations.NullMarked;
