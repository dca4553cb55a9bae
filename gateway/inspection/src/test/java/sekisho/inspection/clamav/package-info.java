/** The client of clamd against the real one, and against one that misbehaves. */
@NullMarked
package sekisho.inspection.clamav;

import org.jspecify.annotations.NullMarked;
