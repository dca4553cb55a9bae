/**
 * The whole product on one machine: servers, database, keys, realm, the runnable and a mailbox, as
 * {@code ./sekisho demo} shows it and as the end-to-end tests use it. Read {@code Stage} first.
 */
@NullMarked
package sekisho.demo;

import org.jspecify.annotations.NullMarked;
