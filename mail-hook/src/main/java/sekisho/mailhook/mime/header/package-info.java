/**
 * Header fields as they really arrive: found with their offsets, unfolded, and their parameters and words decoded by
 * rules that agree with what mail readers show (RFC 5322, 2045, 2047, 2231, and the ways of breaking them that are
 * common in Japan). Read {@link sekisho.mailhook.mime.header.HeaderBlock} first.
 */
@NullMarked
package sekisho.mailhook.mime.header;

import org.jspecify.annotations.NullMarked;
