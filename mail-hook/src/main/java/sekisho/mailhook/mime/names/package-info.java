/**
 * File names of attachments: which of the names in a part's header the readers show, and how it is made safe to display
 * and to store. Read {@link sekisho.mailhook.mime.names.DeclaredNames} first.
 */
@NullMarked
package sekisho.mailhook.mime.names;

import org.jspecify.annotations.NullMarked;
