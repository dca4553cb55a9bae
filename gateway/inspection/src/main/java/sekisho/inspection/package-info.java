/**
 * What a file is, by its content, and whether opening it needs a password. Knows nothing of deliveries, stores or keys, and writes nothing
 * anywhere. Read {@link sekisho.inspection.Inspector} first.
 */
@NullMarked
package sekisho.inspection;

import org.jspecify.annotations.NullMarked;
