/**
 * Readiness of what the gateway needs: database and object store.
 */
@NullMarked
package sekisho.gateway.health;

import org.jspecify.annotations.NullMarked;
