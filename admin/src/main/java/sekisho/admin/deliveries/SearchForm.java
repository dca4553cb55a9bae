package sekisho.admin.deliveries;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.delivery.DeliveryRecords;

/** What a responder looks for, as typed; every part may be left empty. Days are those of the zone in which times are shown. */
public class SearchForm {

    private static final int MOST_CHARACTERS = 500;

    @RestQuery
    @Nullable String sender;
    @RestQuery
    @Nullable String recipient;
    @RestQuery
    @Nullable String subject;
    @RestQuery("message-id")
    @Nullable String messageId;
    @RestQuery
    @Nullable String from;
    @RestQuery
    @Nullable String to;

    public String sender() {
        return typed(sender);
    }

    public String recipient() {
        return typed(recipient);
    }

    public String subject() {
        return typed(subject);
    }

    public String messageId() {
        return typed(messageId);
    }

    public String from() {
        return typed(from);
    }

    public String to() {
        return typed(to);
    }

    /** Name of the field that can't be understood; empty text when all can. */
    public String wrong() {
        if (fields().values().stream().anyMatch(value -> value.length() > MOST_CHARACTERS || value.chars().anyMatch(Character::isISOControl))) {
            return "text";
        }
        return !isDay(from()) ? "from" : !isDay(to()) ? "to" : "";
    }

    /** Whether anything is looked for at all. */
    public boolean any() {
        return fields().values().stream().anyMatch(value -> !value.isEmpty());
    }

    /** The whole of the last day belongs to what is looked for. */
    DeliveryRecords.Search search(ZoneId zone) {
        return new DeliveryRecords.Search(sender(), recipient(), subject(), messageId(), start(from(), 0, zone), start(to(), 1, zone));
    }

    /** Path and query of this search, with more parameters. */
    String query(Map<String, String> more) {
        var all = fields();
        all.values().removeIf(String::isEmpty);
        all.putAll(more);
        return all.entrySet().stream().map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&", "/admin/deliveries?", ""));
    }

    private Map<String, String> fields() {
        var fields = new LinkedHashMap<String, String>();
        fields.put("sender", sender());
        fields.put("recipient", recipient());
        fields.put("subject", subject());
        fields.put("message-id", messageId());
        fields.put("from", from());
        fields.put("to", to());
        return fields;
    }

    private static String typed(@Nullable String value) {
        return value == null ? "" : value.strip();
    }

    /** Of this calendar's years with four digits, which the database understands, too. */
    private static boolean isDay(String text) {
        try {
            int year = text.isEmpty() ? 1 : LocalDate.parse(text).getYear();
            return year > 0 && year < 10_000;
        } catch (DateTimeParseException notADay) {
            return false;
        }
    }

    private static Optional<Instant> start(String day, int daysLater, ZoneId zone) {
        return day.isEmpty() ? Optional.empty() : Optional.of(LocalDate.parse(day).plusDays(daysLater).atStartOfDay(zone).toInstant());
    }
}
