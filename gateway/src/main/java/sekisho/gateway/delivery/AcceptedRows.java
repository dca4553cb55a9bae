package sekisho.gateway.delivery;

import java.util.List;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.outbox.Outbox;

/**
 * Every row of an accepted delivery, ready to be written in one transaction.
 *
 * @param copies of those who are released at once, and the notice
 */
record AcceptedRows(DeliveryEntity delivery, List<FileEntity> files, List<RecipientEntity> recipients, List<GrantEntity> grants,
        List<Outbox.NewCopy> copies, List<AuditLog.NewEvent> events, int released) {

    /** How many rows, about. */
    int count() {
        return 1 + files.size() + recipients.size() + grants.size() + copies.size() + events.size();
    }
}
