@NullMarked
package sekisho.tools;

import org.jspecify.annotations.NullMarked;
