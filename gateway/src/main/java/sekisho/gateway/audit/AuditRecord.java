package sekisho.gateway.audit;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * One event as it stands in the log.
 *
 * @param index its place in the tree; empty until it is sequenced, which takes about a second
 * @param actor {@code person:<uuid>} or the part of the product; empty for {@link AuditType#UNREADABLE}
 * @param details of an event that says very much, the first ones
 */
public record AuditRecord(UUID id, Optional<Long> index, Instant at, AuditType type, String actor, Optional<UUID> delivery,
        Optional<UUID> recipient, Optional<UUID> file, Map<String, String> details) {
}
