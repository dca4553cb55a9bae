@NullMarked
package sekisho.gateway;

import org.jspecify.annotations.NullMarked;
