package sekisho.web.sent;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import sekisho.gateway.audit.Ranges;
import sekisho.gateway.delivery.DeliveryState;
import sekisho.gateway.delivery.DeliveryView;
import sekisho.gateway.delivery.DeliveryView.FileView;
import sekisho.gateway.delivery.DeliveryView.Found;
import sekisho.gateway.delivery.DeliveryView.GrantView;
import sekisho.gateway.delivery.DeliveryView.Hold;
import sekisho.gateway.delivery.DeliveryView.RecipientView;
import sekisho.gateway.delivery.DeliveryView.Relay;
import sekisho.gateway.delivery.InMail;
import sekisho.gateway.delivery.NewDelivery;
import sekisho.gateway.delivery.RecipientState;
import sekisho.gateway.delivery.Standing;
import sekisho.pages.SamplePage;

/** One delivery of one file to one outsider, who has got half of it, and one insider. */
final class SampleDelivery {

    static final UUID ID = new UUID(7, 1);
    static final UUID OUTSIDER = new UUID(7, 2);
    static final UUID FILE = new UUID(7, 4);
    private static final Instant NOW = SamplePage.NOW;

    private SampleDelivery() {
    }

    static DeliveryView in(DeliveryState state, String subject) {
        return in(state, subject, false);
    }

    /** @param frozen whether a responder revoked it, on each level */
    static DeliveryView in(DeliveryState state, String subject, boolean frozen) {
        return in(state, subject, frozen, false, Found.NOTHING);
    }

    /** Held until the scanner has read its file, which it has found to be this. */
    static DeliveryView waiting(Found found) {
        return in(DeliveryState.HELD, "Subject", false, true, found);
    }

    /** Held for the insider alone, with this in the mail itself. */
    static DeliveryView waiting(InMail inMail) {
        var held = in(DeliveryState.HELD, "Subject");
        return new DeliveryView(held.id(), held.source(), held.sender(), held.subject(), held.messageId(), held.sizeOctets(), held.acceptedAt(), held.state(), false, false, false,
            held.nextReleaseAt(), held.expiresAt(), held.shredAt(), held.policyVersion(), parts(held.recipients().getLast().standing()), List.of(held.recipients().getLast()),
            List.of(), inMail, List.of());
    }

    private static DeliveryView in(DeliveryState state, String subject, boolean frozen, boolean untilScanned, Found found) {
        var stands = standing(state, true, frozen);
        var inside = standing(state, false, frozen);
        var hold = state == DeliveryState.HELD ? Hold.HELD : state == DeliveryState.CANCELLED ? Hold.CANCELLED : Hold.RELEASED;
        boolean released = hold == Hold.RELEASED;
        var expires = released ? Optional.of(NOW.plus(Duration.ofDays(14))) : Optional.<Instant>empty();
        var recipients = List.of(
            new RecipientView(OUTSIDER, "taro@partner.example", true, true, "outside", hold, NOW.plusSeconds(100),
                untilScanned, released ? Optional.of(NOW) : Optional.empty(), expires, frozen, frozen, released ? Optional.of(NOW) : Optional.empty(),
                state == DeliveryState.FAILED ? Relay.FAILED : Relay.SENT, stands),
            new RecipientView(new UUID(7, 3), "ichiro@example.co.jp", false, false, "inside", hold, NOW.plusSeconds(100), untilScanned, Optional.empty(),
                Optional.empty(), false, false, Optional.empty(), Relay.NONE, inside));
        var file = new FileView(FILE, "a&b.pdf", "application/pdf", 1000, "ab".repeat(32), frozen, frozen, state == DeliveryState.SHREDDED, found);
        var grant = new GrantView(FILE, OUTSIDER, frozen, frozen, 0, 5, released ? Ranges.parse("{[0,500)}") : Ranges.NONE, Optional.empty(), released ? Optional.of(NOW) : Optional.empty());
        return new DeliveryView(ID, NewDelivery.Source.MAIL, "hanako@example.co.jp", subject, "<x@example.co.jp>", 2000, NOW, state,
            state == DeliveryState.REVOKED, frozen, false, state == DeliveryState.HELD && !untilScanned ? Optional.of(NOW.plusSeconds(100)) : Optional.empty(), expires,
            Optional.empty(), "476b7008e9de", parts(stands, inside), recipients, List.of(file), InMail.NONE, List.of(grant));
    }

    private static Standing standing(DeliveryState state, boolean link, boolean frozen) {
        var none = Standing.Link.NONE;
        return switch (state) {
            case HELD -> new Standing(RecipientState.HELD, link ? Standing.Link.OPEN : none);
            case CANCELLED -> new Standing(RecipientState.CANCELLED, none);
            case FAILED -> new Standing(RecipientState.FAILED, link ? Standing.Link.OPEN : none);
            case RELEASED -> new Standing(RecipientState.RELEASED, link ? frozen ? Standing.Link.SHUT : Standing.Link.OPEN : none);
            case REVOKED -> link ? new Standing(RecipientState.REVOKED, Standing.Link.SHUT) : new Standing(RecipientState.RELEASED, none);
            case EXPIRED -> link ? new Standing(RecipientState.EXPIRED, Standing.Link.OVER) : new Standing(RecipientState.RELEASED, none);
            case SHREDDED -> link ? new Standing(RecipientState.SHREDDED, Standing.Link.OVER) : new Standing(RecipientState.RELEASED, none);
        };
    }

    private static Standing.Parts parts(Standing... copies) {
        return new Standing.Parts(copies.length, count(RecipientState.HELD, copies), count(RecipientState.CANCELLED, copies),
            count(RecipientState.FAILED, copies), count(RecipientState.REVOKED, copies), count(RecipientState.EXPIRED, copies),
            (int) Stream.of(copies).filter(copy -> copy.equals(new Standing(RecipientState.RELEASED, Standing.Link.NONE))).count());
    }

    private static int count(RecipientState state, Standing... copies) {
        return (int) Stream.of(copies).filter(copy -> copy.state() == state).count();
    }
}
