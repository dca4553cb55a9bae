package sekisho.gateway.journal;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * One line of the journal: eight hexadecimal digits, CRC-32 of the rest; a space; a JSON object of ids and times, without any name or address.
 *
 * @param event     id of the event that the audit log has of it, if it was committed
 * @param at        when, in ISO 8601
 * @param recipient null for all
 * @param file      null for all
 * @param as        {@code SENDER}, {@code RESPONDER} or {@code SCANNER}: who may take it back
 * @param actor     as in the audit log
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Entry(UUID event, String at, Kind kind, UUID delivery, @Nullable UUID recipient, @Nullable UUID file, String as, String actor) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DIGITS = 8;

    /** What was done. */
    enum Kind { REVOKED, RESTORED, CANCELLED, SHREDDED }

    /** When it was written. */
    Instant written() {
        return Instant.parse(at);
    }

    /**
     * Whether {@code other}, which stands behind this, takes back exactly this. Opening is written after its commit, so what was shut once more right
     * behind it may stand before it; the ids of events tell, which are given under the delivery's lock and grow within a process.
     */
    boolean isTakenBackBy(Entry other) {
        return kind == Kind.REVOKED && other.kind == Kind.RESTORED && delivery.equals(other.delivery) && Objects.equals(recipient, other.recipient)
            && Objects.equals(file, other.file) && event.toString().compareTo(other.event.toString()) < 0;
    }

    /** With its LF. */
    byte[] line() {
        try {
            var json = JSON.writeValueAsString(this);
            return (checksum(json) + " " + json + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException idsAlwaysCanBe) {
            throw new IllegalStateException(idsAlwaysCanBe);
        }
    }

    /** @return empty when it isn't a line that {@link #line} made */
    static Optional<Entry> of(String line) {
        if (line.length() < DIGITS + 2 || !line.substring(0, DIGITS).equals(checksum(line.substring(DIGITS + 1)))) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(line.substring(DIGITS + 1), Entry.class));
        } catch (JsonProcessingException notOurs) {
            return Optional.empty();
        }
    }

    private static String checksum(String json) {
        var crc = new CRC32();
        crc.update(json.getBytes(StandardCharsets.UTF_8));
        return "%08x".formatted(crc.getValue());
    }
}
