package sekisho.gateway.journal;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BinaryOperator;
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
    private static final Set<String> RANKS = Set.of("SENDER", "RESPONDER", "SCANNER");

    /** What was done. */
    enum Kind {
        REVOKED, RESTORED, CANCELLED, SHREDDED,
        /** The database says that the event with the same id, whose line stands before, didn't happen. */
        UNDONE
    }

    Entry {
        Objects.requireNonNull(event);
        Objects.requireNonNull(at);
        Objects.requireNonNull(kind);
        Objects.requireNonNull(delivery);
        Objects.requireNonNull(actor);
        if (!RANKS.contains(as)) {
            throw new IllegalArgumentException("nobody shuts as " + as);
        }
    }

    /**
     * What shuts, didn't turn out to be rolled back, and nothing behind it takes back: exactly the same was opened by a later event. Both must be: opening is
     * written after its commit, so what was shut once more right behind it may stand before it, and the ids of events tell, which are given under the delivery's lock and grow within
     * a process; and ids of two processes tell nothing when a clock was set back, but the earlier one's lines stand before the later one's.
     *
     * <p>So with what was destroyed, though that can't be taken back: whoever could open it later proves that destroying it was rolled back. A copy that was
     * stopped is nowhere opened again, so nothing says that of it.
     *
     * @param entries of one file, in its order
     */
    static Collection<Entry> standing(List<Entry> entries) {
        var opened = new HashMap<Journal.Target, String>();
        var undone = new HashSet<UUID>();
        Deque<Entry> standing = new ArrayDeque<>();
        for (var entry : entries.reversed()) {
            var target = new Journal.Target(entry.delivery, entry.recipient, entry.file);
            var event = entry.event.toString();
            if (entry.kind == Kind.RESTORED) {
                opened.merge(target, event, BinaryOperator.maxBy(String::compareTo));
            } else if (entry.kind == Kind.UNDONE) {
                undone.add(entry.event);
            } else if (!undone.contains(entry.event) && (entry.kind == Kind.CANCELLED || event.compareTo(opened.getOrDefault(target, "")) >= 0)) {
                standing.addFirst(entry);
            }
        }
        return standing;
    }

    /** The line that says that this one was rolled back. */
    Entry undone(String at) {
        return new Entry(event, at, Kind.UNDONE, delivery, recipient, file, as, actor);
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

    /** Whether this or another version wrote it as it is: what is intact and no entry means something that this version doesn't know. */
    static boolean intact(String line) {
        return line.length() >= DIGITS + 2 && line.substring(0, DIGITS).equals(checksum(line.substring(DIGITS + 1)));
    }

    /** @return empty when it isn't a line that {@link #line} made */
    static Optional<Entry> of(String line) {
        if (!intact(line)) {
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
