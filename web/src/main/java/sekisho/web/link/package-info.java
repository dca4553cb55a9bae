/**
 * A recipient's way from the link in the mail to the files. Read {@link sekisho.web.link.LinkPages} first.
 */
@NullMarked
package sekisho.web.link;

import org.jspecify.annotations.NullMarked;
