@NullMarked
package sekisho.embedded;

import org.jspecify.annotations.NullMarked;
