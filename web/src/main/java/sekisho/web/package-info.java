@NullMarked
package sekisho.web;

import org.jspecify.annotations.NullMarked;
