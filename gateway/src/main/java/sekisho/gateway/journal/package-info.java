/**
 * What is shut, written down outside of the database, so that a database that was restored from a backup opens nothing again. Read
 * {@link sekisho.gateway.journal.Journal} first.
 */
@NullMarked
package sekisho.gateway.journal;

import org.jspecify.annotations.NullMarked;
