/**
 * What waits to be relayed: a table whose due rows are claimed with {@code skip locked}. Read {@link sekisho.gateway.outbox.Outbox} first.
 */
@NullMarked
package sekisho.gateway.outbox;

import org.jspecify.annotations.NullMarked;
