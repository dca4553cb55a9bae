package sekisho.gateway.audit;

import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the events of one delivery say about who was to get it and who got what. The rows of a delivery can be changed by whoever gets at
 * the database; its events can't, without the verifier finding it. So a page never tells less than this.
 */
public final class Evidence {

    /** The types that count here. */
    public static final List<String> TYPES = List.of(AuditType.DELIVERY_ACCEPTED.name(), AuditType.RECIPIENT_RELEASED.name(),
        AuditType.RECIPIENT_CANCELLED.name(), AuditType.FILE_SCANNED.name(), AuditType.FILES_LISTED.name(), AuditType.DOWNLOAD_SERVED.name(),
        AuditType.DOWNLOAD_COMPLETED.name(), AuditType.FILE_SHREDDED.name());

    /** What was shut and opened; read in the order of the log. */
    static final List<String> ACCESS = List.of(AuditType.ACCESS_REVOKED.name(), AuditType.ACCESS_RESTORED.name());

    /** Of acceptances, and of other events. */
    private static final Set<String> READ = Set.of("head", "inMail", "inMailOctets", "find", "ranges");
    private static final Pattern NAMES_ROW = Pattern.compile("(recipient|file):.*", Pattern.DOTALL);
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final Pattern OF_ROW = Pattern.compile("(recipient|file|record):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final Map<String, String> accepted = new HashMap<>();
    private final Map<UUID, String> holds = new HashMap<>();
    private final Map<UUID, Instant> released = new HashMap<>();
    private final Set<Target> shut = new HashSet<>();
    private final Map<UUID, String> finds = new HashMap<>();
    private final Map<UUID, Instant> names = new HashMap<>();
    private final Map<Grant, Got> got = new HashMap<>();
    private final Set<UUID> shredded = new HashSet<>();
    private int acceptances;
    private boolean saysMore;
    private boolean unreadable;

    /** One file for one recipient. */
    public record Grant(UUID recipient, UUID file) {
    }

    /** What is shut: all of a delivery, one recipient, one file, or one file for one recipient. Empty means all. */
    record Target(Optional<UUID> recipient, Optional<UUID> file) {
    }

    /**
     * What went out.
     *
     * @param completed how often every octet was served under one ticket
     */
    public record Got(Ranges served, int completed, Instant first, Instant last) {
    }

    /** Adds an event, in any order; one that can't be read makes it less than whole. */
    public void add(byte[] payload) {
        try {
            var wanted = new Wanted();
            add(EventText.of(payload, wanted), wanted);
        } catch (IOException | IllegalArgumentException | DateTimeParseException changed) {
            unreadable = true;
        }
    }

    /** The details that something is made of. An acceptance has others, too. */
    private static final class Wanted implements Predicate<String> {
        private boolean any;
        private boolean misnamed;

        @Override
        public boolean test(String name) {
            any = true;
            boolean ofRow = OF_ROW.matcher(name).matches();
            misnamed |= !ofRow && NAMES_ROW.matcher(name).matches();
            return ofRow || READ.contains(name);
        }
    }

    private void add(EventText event, Wanted wanted) {
        var at = Instant.parse(event.said("at"));
        switch (event.said("type")) {
            case "DELIVERY_ACCEPTED" -> {
                acceptances++;
                saysMore |= wanted.any;
                unreadable |= wanted.misnamed;
                if (acceptances == 1) {   // another one makes it less than whole
                    accepted.putAll(event.details());
                }
            }
            case "RECIPIENT_RELEASED" -> {
                holds.merge(id(event, "recipient"), "RELEASED", (one, other) -> one + " and " + other);
                released.put(id(event, "recipient"), at);
            }
            case "RECIPIENT_CANCELLED" -> holds.merge(id(event, "recipient"), "CANCELLED", (one, other) -> one + " and " + other);
            case "FILE_SCANNED" -> Optional.of(event.detail("find")).filter(find -> !find.isEmpty())
                .ifPresent(find -> finds.merge(id(event, "file"), find, (one, other) -> one + " and " + other));
            case "FILES_LISTED" -> names.merge(id(event, "recipient"), at, (one, other) -> one.isBefore(other) ? one : other);
            case "DOWNLOAD_SERVED" -> add(event, new Got(Ranges.parse(event.detail("ranges")), 0, at, at));
            case "DOWNLOAD_COMPLETED" -> add(event, new Got(Ranges.NONE, 1, at, at));
            case "FILE_SHREDDED" -> shredded.add(id(event, "file"));
            case "ACCESS_REVOKED" -> shut.add(target(event));
            case "ACCESS_RESTORED" -> shut.remove(target(event));
            default -> { }
        }
    }

    private void add(EventText event, Got more) {
        got.merge(new Grant(id(event, "recipient"), id(event, "file")), more, (one, other) -> new Got(one.served.plus(other.served),
            one.completed + other.completed, one.first.isBefore(other.first) ? one.first : other.first,
            one.last.isAfter(other.last) ? one.last : other.last));
    }

    private static UUID id(EventText event, String name) {
        return UUID.fromString(event.said(name));
    }

    private static Target target(EventText event) {
        return new Target(Optional.of("recipient").filter(event.fields()::containsKey).map(name -> id(event, name)),
            Optional.of("file").filter(event.fields()::containsKey).map(name -> id(event, name)));
    }

    /** When a recipient was released; empty while no event says so. */
    Optional<Instant> releasedAt(UUID recipient) {
        return Optional.ofNullable(released.get(recipient));
    }

    /** Whether the last event about exactly this says that it was shut. */
    boolean saysShut(Target target) {
        return shut.contains(target);
    }

    /** What was served of one file to one recipient; empty when no event says that anything was. */
    public Optional<Got> got(UUID recipient, UUID file) {
        return Optional.ofNullable(got.get(new Grant(recipient, file)));
    }

    /** Every file and recipient of which an event says that something was served. */
    public Map<Grant, Got> all() {
        return Map.copyOf(got);
    }

    /** How the hold of a recipient ended; empty while no event says that it did. Two ends are none that a row can have. */
    public Optional<String> holdEnded(UUID recipient) {
        return Optional.ofNullable(holds.get(recipient));
    }

    /** When a recipient first saw the names of the files. */
    public Optional<Instant> namesSeen(UUID recipient) {
        return Optional.ofNullable(names.get(recipient));
    }

    /** Whether the event of acceptance carries this commitment to a recipient. */
    public boolean saysRecipient(UUID recipient, String commitment) {
        return commitment.equals(accepted.get("recipient:" + recipient));
    }

    /** Whether it carries this commitment to a file. */
    public boolean saysFile(UUID file, String commitment) {
        return commitment.equals(accepted.get("file:" + file));
    }

    /**
     * Whether what the row of a file has sealed is what the events say.
     *
     * @param find null when the row has none
     */
    public boolean saysSealed(UUID file, long sizeOctets, byte[] record, byte @Nullable [] find) {
        return Commitment.ofSealed("record", file, sizeOctets, record).equals(accepted.get("record:" + file))
            && Objects.equals(finds.get(file), find == null ? null : Commitment.ofSealed("find", file, sizeOctets, find));
    }

    /** Whether the key of a file was destroyed. */
    public boolean saysShredded(UUID file) {
        return shredded.contains(file);
    }

    /** The commitment to a file that it carries. */
    public Optional<String> commitment(UUID file) {
        return Optional.ofNullable(accepted.get("file:" + file));
    }

    /** Whether it carries this commitment to sender and subject. */
    public boolean saysHead(String commitment) {
        return commitment.equals(accepted.get("head"));
    }

    /** Whether it says this of the attachments that leave in the mail itself; null where it says nothing, as it did before they were counted. */
    public boolean saysInMail(@Nullable Integer attachments, @Nullable Long octets) {
        return Objects.equals(accepted.get("inMail"), attachments == null ? null : attachments.toString())
            && Objects.equals(accepted.get("inMailOctets"), octets == null ? null : octets.toString());
    }

    /** How many attachments leave in the mail itself; 0 when it says none, or no number. */
    public int inMail() {
        return (int) Math.min(Integer.MAX_VALUE, number("inMail"));
    }

    /** Their octets together; 0 likewise. */
    public long inMailOctets() {
        return number("inMailOctets");
    }

    private long number(String detail) {
        var text = accepted.getOrDefault(detail, "");
        return NUMBER.matcher(text).matches() ? Long.parseLong(text) : 0;
    }

    /** Ids of what was accepted. @param kind {@code recipient} or {@code file} */
    public Set<UUID> accepted(String kind) {
        return accepted.keySet().stream().filter(key -> key.startsWith(kind + ":")).map(key -> UUID.fromString(key.substring(kind.length() + 1)))
            .collect(Collectors.toSet());
    }

    /** Whether the event of acceptance carries commitments; before 0.1.0 was finished it did not. */
    public boolean hasCommitments() {
        return accepted.containsKey("head");
    }

    /** Whether acceptance was recorded, once, and every event can be read: a second acceptance would let rows be something else. */
    public boolean isWhole() {
        return acceptances == 1 && saysMore && !unreadable;
    }

    static @Nullable EventText read(byte[] payload) {
        try {
            return EventText.of(payload, _ -> true);
        } catch (IOException notJson) {
            return null;
        }
    }
}
