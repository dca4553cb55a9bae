/**
 * HTML bodies as their octets stream by: where tags, comments and shown text are. Read {@link sekisho.mailhook.mime.html.HtmlScanner} first.
 */
@NullMarked
package sekisho.mailhook.mime.html;

import org.jspecify.annotations.NullMarked;
