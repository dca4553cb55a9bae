package sekisho.gateway.audit;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Objects;
import java.util.Optional;

/** The columns that repeat parts of the payload, so that the log can be searched; they must agree with it. */
final class AuditColumns {

    private AuditColumns() {
    }

    /** The first column of {@code row} that disagrees with {@code payload}. */
    static Optional<String> mismatch(byte[] payload, ResultSet row) throws SQLException {
        try {
            var event = EventText.of(payload, _ -> false);
            if (!event.said("id").equals(row.getString("id"))) {
                return Optional.of("id");
            }
            if (!event.said("type").equals(row.getString("type"))) {
                return Optional.of("type");
            }
            if (!event.said("at").equals(row.getObject("occurred_at", OffsetDateTime.class).toInstant().toString())) {
                return Optional.of("occurred_at");
            }
            var delivery = event.fields().get("delivery");
            return Objects.equals(delivery, row.getString("delivery_id")) ? Optional.empty() : Optional.of("delivery_id");
        } catch (IOException notJson) {
            return Optional.of("payload");
        }
    }
}
