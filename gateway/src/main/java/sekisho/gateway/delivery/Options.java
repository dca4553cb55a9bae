package sekisho.gateway.delivery;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import sekisho.gateway.delivery.DeliveryView.FileView;
import sekisho.gateway.delivery.DeliveryView.GrantView;
import sekisho.gateway.delivery.DeliveryView.RecipientView;
import sekisho.gateway.delivery.Standing.Link;
import sekisho.gateway.policy.Examined;

/**
 * What can still be done about the links of a delivery, so that pages offer no button that would do nothing. Who may do it, and what a
 * responder has frozen, is another question.
 */
public final class Options {

    /** The one change to offer for the whole, a recipient, a file, or a file for one recipient. */
    public enum Option {
        /** It is open and can be shut. */
        REVOKE("revoke"),
        /** Something wider is shut; this alone can be shut too, so that it stays shut when the wider is opened again. */
        KEEP("revoke"),
        /** It is shut and can be opened again. */
        RESTORE("restore"),
        /** None: it is over, out of reach, or shut by something wider. */
        NOTHING("");

        private final String action;

        Option(String action) {
            this.action = action;
        }

        /** The last part of the path that it is posted to; empty when there is nothing to post. */
        public String action() {
            return action;
        }
    }

    private final DeliveryView delivery;
    private final Map<UUID, RecipientView> recipients;
    private final Map<UUID, List<GrantView>> grants;

    public Options(DeliveryView delivery) {
        this.delivery = delivery;
        recipients = delivery.recipients().stream().collect(Collectors.toMap(RecipientView::id, Function.identity()));
        grants = delivery.grants().stream().collect(Collectors.groupingBy(GrantView::file));
    }

    /** Somebody's copy still waits. */
    public boolean cancel() {
        return delivery.parts().held() > 0;
    }

    /** Somebody's copy waits, and is of use to who gets it. */
    public boolean sendNow() {
        return cancel() && !delivery.revoked();
    }

    public Option whole() {
        if (delivery.revoked()) {
            return delivery.recipients().stream().anyMatch(Options::changeable) ? Option.RESTORE : Option.NOTHING;
        }
        return delivery.recipients().stream().anyMatch(Options::open) ? Option.REVOKE : Option.NOTHING;
    }

    public Option of(RecipientView recipient) {
        if (!changeable(recipient)) {
            return Option.NOTHING;
        }
        if (delivery.revoked()) {
            return recipient.revoked() ? Option.NOTHING : Option.KEEP;
        }
        return recipient.revoked() ? Option.RESTORE : open(recipient) ? Option.REVOKE : Option.NOTHING;
    }

    public Option of(FileView file) {
        var given = grants.getOrDefault(file.id(), List.of());
        if (!fit(file) || given.stream().noneMatch(grant -> changeable(recipients.get(grant.recipient())))) {
            return Option.NOTHING;
        }
        if (delivery.revoked()) {
            return file.revoked() ? Option.NOTHING : Option.KEEP;
        }
        return file.revoked() ? Option.RESTORE : given.stream().anyMatch(grant -> of(file, grant) == Option.REVOKE) ? Option.REVOKE : Option.NOTHING;
    }

    public Option of(FileView file, GrantView grant) {
        var recipient = recipients.get(grant.recipient());
        if (!fit(file) || !changeable(recipient) || delivery.revoked() || recipient.revoked() || file.revoked()) {
            return Option.NOTHING;
        }
        return grant.revoked() ? Option.RESTORE : Option.REVOKE;
    }

    /** What carries malware nobody opens again. */
    private static boolean fit(FileView file) {
        return !file.shredded() && file.found().scan() != Examined.Scan.INFECTED;
    }

    private static boolean changeable(RecipientView recipient) {
        return recipient.standing().changeable();
    }

    private static boolean open(RecipientView recipient) {
        return recipient.standing().link() == Link.OPEN;
    }
}
