/**
 * The words of the link block: templates of the operator or ours, filled in for one recipient. Read
 * {@link sekisho.mailhook.mime.block.LinkBlockComposer} first.
 */
@NullMarked
package sekisho.mailhook.mime.block;

import org.jspecify.annotations.NullMarked;
