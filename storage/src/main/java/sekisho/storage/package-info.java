@NullMarked
package sekisho.storage;

import org.jspecify.annotations.NullMarked;
