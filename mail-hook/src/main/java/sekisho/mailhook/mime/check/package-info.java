/**
 * Puts messages through splitting and rewriting as the product would, in memory, and tests what must hold for each.
 * An administrator runs it over real mail before the switch-over. Read {@link sekisho.mailhook.mime.check.MessageCheck}
 * first.
 */
@NullMarked
package sekisho.mailhook.mime.check;

import org.jspecify.annotations.NullMarked;
