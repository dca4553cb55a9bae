/**
 * Readiness of what the gateway needs: database and object store. Read {@link sekisho.gateway.health.Watched} first.
 */
@NullMarked
package sekisho.gateway.health;

import org.jspecify.annotations.NullMarked;
