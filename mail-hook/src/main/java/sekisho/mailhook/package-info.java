@NullMarked
package sekisho.mailhook;

import org.jspecify.annotations.NullMarked;
