/**
 * What one person may take of a node, so that nobody can stop the others. Read {@link sekisho.web.fair.Shares} first.
 */
@NullMarked
package sekisho.web.fair;

import org.jspecify.annotations.NullMarked;
