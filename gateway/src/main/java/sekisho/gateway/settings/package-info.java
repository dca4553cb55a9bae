/**
 * What the operator has set: checked as a whole at start, and printed. Read {@link sekisho.gateway.settings.StartCheck} first.
 */
@NullMarked
package sekisho.gateway.settings;

import org.jspecify.annotations.NullMarked;
