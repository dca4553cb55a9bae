/**
 * Real servers on loopback, without containers: PostgreSQL, Keycloak, S3Proxy, and the product's own runnables as
 * processes. Used by the demo and by the tests of every module that needs one; knows nothing of the product's code.
 * Read {@link sekisho.embedded.PostgresServer} first.
 */
@NullMarked
package sekisho.embedded;

import org.jspecify.annotations.NullMarked;
