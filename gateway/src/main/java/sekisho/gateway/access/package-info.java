/**
 * Who may open which file, and taking that back, in mid-download too. Read {@link sekisho.gateway.access.Links} first, then {@link sekisho.gateway.access.Downloads}.
 */
@NullMarked
package sekisho.gateway.access;

import org.jspecify.annotations.NullMarked;
