/** Pages that explain, to anybody. Read {@link sekisho.web.help.HelpPages} first. */
@NullMarked
package sekisho.web.help;

import org.jspecify.annotations.NullMarked;
