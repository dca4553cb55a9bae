package sekisho.gateway.delivery;

import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.delivery.DeliveryView.Hold;
import sekisho.gateway.delivery.DeliveryView.Relay;

/**
 * Where copies stand, and their delivery as a whole. Decided here for lists, pages and buttons alike, so that none of them says "sent"
 * where the other says "revoked".
 *
 * @param state in one word
 * @param link  what can still be done about its link
 */
public record Standing(RecipientState state, Link link) {

    /** What can still be done about one recipient's link. */
    public enum Link {
        /** There is none that could ever open: the attachments are in the mail itself, or the copy was cancelled. */
        NONE,
        /** It opens, or will once the copy is let go. */
        OPEN,
        /** It was shut on purpose, and can be opened again. */
        SHUT,
        /** Its time has ended: nothing opens it again, and there is nothing left to shut. */
        OVER
    }

    /**
     * What decides about one recipient's copy.
     *
     * @param access   of the delivery: {@code OPEN}, {@code REVOKED} or {@code SHREDDED}
     * @param revoked  whether this recipient alone was shut out
     * @param someOpen whether some file is shut neither by itself nor for this recipient
     */
    record Copy(Hold hold, boolean link, Relay relay, String access, boolean revoked, boolean someOpen, Optional<Instant> expiresAt) {
    }

    /**
     * How many copies stand how.
     *
     * @param whole were let go with their attachments in them: revoking reaches none of these
     */
    public record Parts(int all, int held, int cancelled, int failed, int revoked, int expired, int whole) {

        /** Whether some copies stand where others don't. */
        public boolean mixed() {
            return IntStream.of(held, cancelled, failed, revoked, expired, whole).anyMatch(count -> count > 0 && count < all);
        }

        /** Whether cancelling what waits comes too late for somebody. */
        public boolean someLeft() {
            return held + cancelled < all;
        }
    }

    static Standing of(Copy copy, Instant now) {
        var link = link(copy, now);
        return new Standing(switch (copy.hold()) {
            case CANCELLED -> RecipientState.CANCELLED;
            case HELD -> RecipientState.HELD;
            case RELEASED -> copy.relay() == Relay.FAILED ? RecipientState.FAILED : !copy.link() ? RecipientState.RELEASED : released(copy, link);
        }, link);
    }

    private static Link link(Copy copy, Instant now) {
        if (!copy.link() || copy.hold() == Hold.CANCELLED) {
            return Link.NONE;
        }
        if (copy.access().equals("SHREDDED") || copy.expiresAt().isPresent() && !copy.expiresAt().get().isAfter(now)) {
            return Link.OVER;
        }
        return copy.access().equals("REVOKED") || copy.revoked() || !copy.someOpen() ? Link.SHUT : Link.OPEN;
    }

    private static RecipientState released(Copy copy, Link link) {
        if (copy.access().equals("SHREDDED")) {
            return RecipientState.SHREDDED;
        }
        if (copy.access().equals("REVOKED") || copy.revoked()) {
            return RecipientState.REVOKED;   // before its time was over, and its recipient is told so
        }
        return switch (link) {
            case OVER -> RecipientState.EXPIRED;
            case SHUT -> RecipientState.REVOKED;
            case OPEN, NONE -> RecipientState.RELEASED;
        };
    }

    /** Whether there is a link that can be shut or opened again. */
    public boolean changeable() {
        return link == Link.OPEN || link == Link.SHUT;
    }

    /** The delivery's state, from those of its copies. Whoever has the attachments in the mail itself doesn't count where there are links. */
    static DeliveryState together(Collection<Standing> copies, @Nullable String access) {
        var alive = copies.stream().filter(copy -> copy.state != RecipientState.CANCELLED).toList();
        var links = alive.stream().filter(copy -> copy.link != Link.NONE && copy.state != RecipientState.FAILED).map(Standing::state)
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(RecipientState.class)));
        if (alive.isEmpty()) {
            return DeliveryState.CANCELLED;
        }
        if ("REVOKED".equals(access) && !links.isEmpty()) {
            return DeliveryState.REVOKED;
        }
        if (alive.stream().anyMatch(copy -> copy.state == RecipientState.HELD)) {
            return DeliveryState.HELD;
        }
        if (alive.stream().allMatch(copy -> copy.state == RecipientState.FAILED)) {
            return DeliveryState.FAILED;
        }
        if (links.isEmpty() || links.contains(RecipientState.RELEASED)) {
            return DeliveryState.RELEASED;
        }
        if (links.contains(RecipientState.SHREDDED)) {
            return DeliveryState.SHREDDED;
        }
        return links.contains(RecipientState.EXPIRED) ? DeliveryState.EXPIRED : DeliveryState.REVOKED;
    }

    static Parts parts(Map<Standing, Integer> copies) {
        int all = copies.values().stream().mapToInt(Integer::intValue).sum();
        int whole = copies.entrySet().stream().filter(c -> c.getKey().equals(new Standing(RecipientState.RELEASED, Link.NONE)))
            .mapToInt(Map.Entry::getValue).sum();
        return new Parts(all, count(copies, RecipientState.HELD), count(copies, RecipientState.CANCELLED), count(copies, RecipientState.FAILED),
            count(copies, RecipientState.REVOKED), count(copies, RecipientState.EXPIRED), whole);
    }

    private static int count(Map<Standing, Integer> copies, RecipientState state) {
        return copies.entrySet().stream().filter(c -> c.getKey().state == state).mapToInt(Map.Entry::getValue).sum();
    }
}
