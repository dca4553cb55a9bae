package sekisho.web.sent;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import sekisho.gateway.delivery.DeliveryState;
import sekisho.gateway.delivery.DeliveryView;
import sekisho.gateway.delivery.DeliveryView.FileView;
import sekisho.gateway.delivery.DeliveryView.GrantView;
import sekisho.gateway.delivery.DeliveryView.Hold;
import sekisho.gateway.delivery.DeliveryView.RecipientView;
import sekisho.pages.Exposure;

/**
 * A delivery as its page shows it, with what can still be done.
 *
 * @param held        somebody's copy still waits: it can be cancelled or sent now
 * @param scanning    somebody's copy waits for the malware scanner, whatever its time
 * @param revocable   there are links that can be shut or opened again
 */
record ShownDelivery(DeliveryView delivery, boolean held, boolean scanning, boolean revocable, List<ShownRecipient> recipients) {

    /**
     * @param cancellable this copy still waits
     * @param revocable   this recipient's link can be shut or opened again
     */
    record ShownRecipient(RecipientView recipient, boolean cancellable, boolean revocable, List<ShownGrant> grants) {
    }

    /** @param part of the file that was served, in octets */
    record ShownGrant(FileView file, GrantView grant, Exposure exposure, long part) {
    }

    static ShownDelivery of(DeliveryView delivery) {
        var files = delivery.files().stream().collect(Collectors.toMap(FileView::id, Function.identity()));
        boolean alive = delivery.state() != DeliveryState.SHREDDED;
        var recipients = delivery.recipients().stream().map(recipient -> {
            var grants = delivery.grants().stream().filter(grant -> grant.recipient().equals(recipient.id()))
                .map(grant -> {
                    var file = files.get(grant.file());
                    return new ShownGrant(file, grant, Exposure.of(recipient, file, grant), grant.distinctOctets());
                }).toList();
            boolean cancellable = alive && recipient.hold() == Hold.HELD;
            boolean revocable = alive && recipient.hold() == Hold.RELEASED && recipient.link();
            return new ShownRecipient(recipient, cancellable, revocable, grants);
        }).toList();
        return new ShownDelivery(delivery, recipients.stream().anyMatch(ShownRecipient::cancellable),
            delivery.recipients().stream().anyMatch(RecipientView::untilScanned),
            recipients.stream().anyMatch(ShownRecipient::revocable), recipients);
    }
}
