/**
 * What every page of Sekisho shares: layout, texts in two languages, who is signed in, headers, guards and error pages. Read
 * {@link sekisho.pages.Pages} first.
 */
@NullMarked
package sekisho.pages;

import org.jspecify.annotations.NullMarked;
