/**
 * What happened, so that it can be proved: a closed catalogue of events in an RFC 6962 tree. Read {@link sekisho.gateway.audit.AuditLog} first.
 */
@NullMarked
package sekisho.gateway.audit;

import org.jspecify.annotations.NullMarked;
