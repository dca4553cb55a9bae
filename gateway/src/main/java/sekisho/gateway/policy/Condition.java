package sekisho.gateway.policy;

import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import sekisho.gateway.people.EmailAddress;

/** One condition of a rule. */
sealed interface Condition {

    boolean holds(MessageFacts facts, EmailAddress recipient, Inside inside);

    /** In the words of the policy file, a line for each key. */
    Stream<String> lines();

    /**
     * Whether it can hold for a message with attachments of which only the envelope is known. Never false when it may turn out true.
     *
     * @param before facts whose content isn't known
     */
    default Outcome foreseen(MessageFacts before, EmailAddress recipient, Inside inside) {
        return holds(before, recipient, inside) ? Outcome.HOLDS : Outcome.FAILS;
    }

    /** Whether it is asked for each recipient: it may hold for one and fail for another, or costs nothing. */
    default boolean ofRecipient() {
        return true;
    }

    /** Whether it looks into the attachments. */
    default boolean inspects() {
        return false;
    }

    /** What is known of a condition before the content is. */
    enum Outcome { HOLDS, MAY_HOLD, FAILS }

    /** The null reverse-path is no sender. */
    record Sender(List<AddressPattern> patterns) implements Condition {
        @Override
        public boolean holds(MessageFacts facts, EmailAddress recipient, Inside inside) {
            return facts.envelope().sender().filter(s -> patterns.stream().anyMatch(p -> p.matches(s, inside))).isPresent();
        }

        @Override
        public Stream<String> lines() {
            return Stream.of("sender: " + words(patterns, AddressPattern::text));
        }
    }

    record Recipient(List<AddressPattern> patterns) implements Condition {
        @Override
        public boolean holds(MessageFacts facts, EmailAddress recipient, Inside inside) {
            return patterns.stream().anyMatch(p -> p.matches(recipient, inside));
        }

        @Override
        public Stream<String> lines() {
            return Stream.of("recipient: " + words(patterns, AddressPattern::text));
        }
    }

    /** This recipient's domain looks like one of these, and is none of them. */
    record LooksLike(List<Likeness.Kind> kinds, Lookalikes lookalikes) implements Condition {
        @Override
        public boolean holds(MessageFacts facts, EmailAddress recipient, Inside inside) {
            return lookalikes.of(recipient.comparedDomain(), kinds).isPresent();
        }

        @Override
        public Stream<String> lines() {
            return Stream.of("recipient-looks-like: " + words(kinds, Likeness.Kind::text));
        }
    }

    record SenderGroup(List<Group> groups) implements Condition {
        @Override
        public boolean holds(MessageFacts facts, EmailAddress recipient, Inside inside) {
            return groups.stream().anyMatch(g -> g.holds(facts.envelope(), inside));
        }

        @Override
        public Stream<String> lines() {
            return Stream.of("sender-group: " + words(groups, Group::name));
        }
    }

    /** Which way the copy for this recipient goes. What comes to an insider from outside, or from the null reverse-path, goes neither. */
    record Direction(Way way) implements Condition {
        enum Way { OUTBOUND, INTERNAL }

        @Override
        public boolean holds(MessageFacts facts, EmailAddress recipient, Inside inside) {
            return switch (way) {
                case OUTBOUND -> !inside.holds(recipient);
                case INTERNAL -> inside.holds(recipient) && facts.envelope().sender().filter(inside::holds).isPresent();
            };
        }

        @Override
        public Stream<String> lines() {
            return Stream.of("direction: " + way.name().toLowerCase(Locale.ROOT));
        }
    }

    /** From {@code from} up to, not including, {@code to}; over midnight when that comes first. */
    record Time(LocalTime from, LocalTime to, ZoneId zone) implements Condition {
        @Override
        public boolean holds(MessageFacts facts, EmailAddress recipient, Inside inside) {
            var at = facts.envelope().at().atZone(zone).toLocalTime();
            return from.isBefore(to) ? !at.isBefore(from) && at.isBefore(to) : !at.isBefore(from) || at.isBefore(to);
        }

        @Override
        public Stream<String> lines() {
            return Stream.of("time: " + from + "-" + to + " (" + zone + ")");
        }
    }

    record Weekday(Set<DayOfWeek> days, ZoneId zone) implements Condition {
        @Override
        public boolean holds(MessageFacts facts, EmailAddress recipient, Inside inside) {
            return days.contains(facts.envelope().at().atZone(zone).getDayOfWeek());
        }

        @Override
        public Stream<String> lines() {
            return Stream.of("weekday: " + new TreeSet<>(days).stream().map(d -> d.name().substring(0, 3).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", ")) + " (" + zone + ")");
        }
    }

    /** Some field of this name has a value that one of the patterns matches. */
    record Header(String name, List<Glob> values) implements Late {
        @Override
        public boolean holds(MessageFacts facts, EmailAddress recipient, Inside inside) {
            return facts.content().headers().getOrDefault(name, List.of()).stream()
                .anyMatch(value -> values.stream().anyMatch(p -> p.matches(value)));
        }

        @Override
        public Stream<String> lines() {
            return Stream.of("header " + name + ": " + words(values, Glob::text));
        }
    }

    /** Whether there are attachments, be it inside something signed. What is foreseen is foreseen for a message that has some. */
    record Presence(boolean wanted) implements Condition {
        @Override
        public boolean holds(MessageFacts facts, EmailAddress recipient, Inside inside) {
            return facts.content().files().isEmpty() != wanted;
        }

        @Override
        public Outcome foreseen(MessageFacts before, EmailAddress recipient, Inside inside) {
            return wanted ? Outcome.HOLDS : Outcome.FAILS;
        }

        @Override
        public Stream<String> lines() {
            return Stream.of("attachments: " + (wanted ? "present" : "absent"));
        }
    }

    record Count(Span span) implements Late {
        @Override
        public boolean holds(MessageFacts facts, EmailAddress recipient, Inside inside) {
            return span.holds(facts.content().files().size());
        }

        @Override
        public Stream<String> lines() {
            return Stream.of("attachment-count: " + span.text());
        }
    }

    /** Of all attachments together. */
    record TotalSize(Span span) implements Late {
        @Override
        public boolean holds(MessageFacts facts, EmailAddress recipient, Inside inside) {
            return span.holds(facts.content().files().stream().mapToLong(AttachmentFacts::octets).sum());
        }

        @Override
        public Stream<String> lines() {
            return Stream.of("total-size: " + span.text());
        }
    }

    /** There is one attachment that is of this size, one of these types and one of these names at once. Empty lists ask for nothing. */
    record Attachment(Optional<Span> size, List<Glob> types, List<Glob> names) implements Late {
        @Override
        public boolean holds(MessageFacts facts, EmailAddress recipient, Inside inside) {
            return facts.content().files().stream().anyMatch(this::isMet);
        }

        private boolean isMet(AttachmentFacts attachment) {
            return size.map(span -> span.holds(attachment.octets())).orElse(true)
                && any(types, Stream.concat(Stream.of(attachment.declaredType()),
                    Stream.concat(attachment.examined().type().stream(), attachment.decodedType().stream()).flatMap(t -> Stream.of(t.mediaType(), t.id()))))
                && any(names, Stream.concat(Stream.of(attachment.name()), attachment.otherNames().stream()));
        }

        private static boolean any(List<Glob> patterns, Stream<String> texts) {
            return patterns.isEmpty() || texts.anyMatch(text -> patterns.stream().anyMatch(p -> p.matches(text)));
        }

        @Override
        public boolean inspects() {
            return !types.isEmpty();
        }

        @Override
        public Stream<String> lines() {
            return Stream.of(size.map(span -> "attachment-size: " + span.text()).stream(),
                types.isEmpty() ? Stream.<String>empty() : Stream.of("attachment-type: " + words(types, Glob::text)),
                names.isEmpty() ? Stream.<String>empty() : Stream.of("attachment-name: " + words(names, Glob::text))).flatMap(s -> s);
        }
    }

    /** Nothing is known of it before the content is. */
    sealed interface Late extends Condition {
        @Override
        default Outcome foreseen(MessageFacts before, EmailAddress recipient, Inside inside) {
            return Outcome.MAY_HOLD;
        }

        @Override
        default boolean ofRecipient() {
            return false;
        }
    }

    private static <T> String words(List<T> parts, java.util.function.Function<T, String> text) {
        return parts.stream().map(text).collect(Collectors.joining(", "));
    }
}
