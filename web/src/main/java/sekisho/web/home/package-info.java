/**
 * The first page, and the links in the header. Read {@link sekisho.web.home.HomePage} first.
 */
@NullMarked
package sekisho.web.home;

import org.jspecify.annotations.NullMarked;
