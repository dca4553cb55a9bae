@NullMarked
package sekisho.pages;

import org.jspecify.annotations.NullMarked;
