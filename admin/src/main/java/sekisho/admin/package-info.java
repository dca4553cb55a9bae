@NullMarked
package sekisho.admin;

import org.jspecify.annotations.NullMarked;
