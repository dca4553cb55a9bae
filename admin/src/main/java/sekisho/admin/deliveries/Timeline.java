package sekisho.admin.deliveries;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import sekisho.admin.Actors;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditRecord;
import sekisho.gateway.audit.Ranges;
import sekisho.gateway.delivery.DeliveryView;
import sekisho.gateway.delivery.Unfit;
import sekisho.gateway.people.People;
import sekisho.pages.Page;

/**
 * Puts the events of one delivery into words. The log itself knows ids only; names come from the delivery while it still has them, and from
 * the person of then: an account whose address changed is another person.
 */
final class Timeline {

    private static final Set<String> REASONS = Set.of("not the recipient", "closed", "used up", "NOT_YET", "REVOKED", "BLOCKED", "EXPIRED", "USED_UP");

    private static final Set<String> UNFIT = Stream.of(Unfit.values()).map(Enum::name).collect(Collectors.toUnmodifiableSet());

    private final Page page;
    private final Actors actors;
    private final Map<UUID, String> names = new HashMap<>();

    Timeline(Page page, DeliveryView delivery, People people) {
        this.page = page;
        actors = new Actors(page, people);
        delivery.recipients().forEach(recipient -> names.put(recipient.id(), page.visible(recipient.address())));
        delivery.files().forEach(file -> names.put(file.id(), page.fileName(file.name())));
    }

    List<TimelineEntry> of(List<AuditRecord> records) {
        return records.stream().map(record -> new TimelineEntry(record.at(), kind(record), text(record), actors.name(record.actor()),
            record.type().name())).toList();
    }

    List<RefusedEntry> refused(List<AuditLog.Refusals> refusals) {
        return refusals.stream().map(each -> new RefusedEntry(actors.name(each.actor()), name(each.recipient().orElse(null), "admin.everybody"),
            reason(each.reason()), each.times(), each.first(), each.last())).toList();
    }

    private String text(AuditRecord record) {
        var recipient = name(record.recipient().orElse(null), "admin.everybody");
        var file = name(record.file().orElse(null), "admin.everything");
        var details = record.details();
        return switch (record.type()) {
            case DELIVERY_ACCEPTED -> say(record, details.getOrDefault("policy", ""));
            case DELIVERY_REFUSED -> say(record, page.rule(details.getOrDefault("rule", "")));
            case FILE_SCANNED -> say(record, file, page.say("event.scan." + details.getOrDefault("scan", "UNSCANNED")));
            case PASSWORD_MAIL_SEEN, RECIPIENT_CANCELLED, HOLD_SHORTENED, RECIPIENT_RELEASED, FILES_LISTED -> say(record, recipient);
            case QUEUE_FLUSHED, QUEUE_HELD, QUEUE_RESUMED, QUEUE_DELETED -> say(record, recipient, details.getOrDefault("by", ""));
            case COPY_RELAYED -> say(record, recipient, details.getOrDefault("code", ""));
            case COPY_UNCONFIRMED -> say(record, recipient);
            case COPY_DEFERRED, COPY_FAILED -> say(record, recipient, details.getOrDefault("code", ""), details.getOrDefault("attempt", ""));
            case NOTICE_RELAYED -> say(record, recipient);
            case DELIVERY_EXPIRED -> say(record);
            case ACCESS_REFUSED -> say(record, recipient, reason(details.getOrDefault("reason", "")));
            case DOWNLOAD_OPENED, DOWNLOAD_COMPLETED, DOWNLOAD_CUT, ACCESS_REVOKED, ACCESS_RESTORED -> say(record, recipient, file);
            case DOWNLOAD_SERVED -> say(record, recipient, file, served(details));
            case FILE_SHREDDED -> say(record, file);
            case OBJECT_REMOVED -> say(record, file, actors.name(details.getOrDefault("destroyedBy", "")));
            case RECORDS_READ, PERSON_ADDED, UNREADABLE -> say(record);
            case KEY_ROTATED, KEY_DESTROYED -> say(record, details.getOrDefault("pair", ""), details.getOrDefault("version", ""));
            case KEYS_REWRAPPED -> say(record, details.getOrDefault("rows", ""), details.getOrDefault("to", ""));
            case MESSAGES_REFUSED -> say(record, details.getOrDefault("times", ""), unfit(details.getOrDefault("reason", "")));
        };
    }

    private static String kind(AuditRecord record) {
        return switch (record.type()) {
            case FILES_LISTED, DOWNLOAD_OPENED, COPY_UNCONFIRMED, QUEUE_HELD -> "wait";
            case DOWNLOAD_SERVED, DOWNLOAD_COMPLETED, COPY_FAILED, DELIVERY_REFUSED, MESSAGES_REFUSED, QUEUE_DELETED, UNREADABLE -> "bad";
            case ACCESS_REFUSED, DOWNLOAD_CUT, RECIPIENT_CANCELLED, ACCESS_REVOKED, FILE_SHREDDED, OBJECT_REMOVED, DELIVERY_EXPIRED, KEY_DESTROYED -> "good";
            case DELIVERY_ACCEPTED, FILE_SCANNED, PASSWORD_MAIL_SEEN, HOLD_SHORTENED, RECIPIENT_RELEASED, COPY_RELAYED, COPY_DEFERRED, NOTICE_RELAYED, ACCESS_RESTORED, RECORDS_READ, PERSON_ADDED,
                QUEUE_FLUSHED, QUEUE_RESUMED, KEY_ROTATED, KEYS_REWRAPPED -> "";
        };
    }

    private String say(AuditRecord record, Object... values) {
        return page.say(key(record), values);
    }

    /** Of its text. What goes to the sender fails under the same types as a recipient's copy, and is no copy: nobody missed the message. */
    static String key(AuditRecord record) {
        var key = "event." + record.type().name();
        return switch (record.type()) {
            case COPY_UNCONFIRMED, COPY_DEFERRED, COPY_FAILED, NOTICE_RELAYED -> switch (record.details().getOrDefault("kind", "")) {
                case "NOTICE" -> key.replace("COPY_", "NOTICE_");
                case "DSN" -> key.replace("COPY_", "REPORT_").replace("NOTICE_", "REPORT_");
                default -> key;
            };
            case OBJECT_REMOVED -> record.details().containsKey("destroyedBy") ? key + "_AFTER" : key;    // those before 0.1.0 was finished don't say
            default -> key;
        };
    }

    private String name(@org.jspecify.annotations.Nullable UUID id, String otherwise) {
        return id == null ? page.say(otherwise) : names.getOrDefault(id, id.toString());
    }

    private String reason(String reason) {
        return REASONS.contains(reason) ? page.say("admin.log.value.reason." + reason.replace(' ', '_')) : reason;
    }

    /** Why messages were refused while they were read; a reason of a later version stands as it is. */
    private String unfit(String reason) {
        return UNFIT.contains(reason) ? page.say("event.unfit." + reason) : reason;
    }

    /** How many octets these were, each counted once; the log says which. */
    private String served(Map<String, String> details) {
        return page.size(Ranges.parse(details.getOrDefault("ranges", "")).octets());
    }
}
