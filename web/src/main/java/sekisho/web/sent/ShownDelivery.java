package sekisho.web.sent;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import sekisho.gateway.delivery.DeliveryView;
import sekisho.gateway.delivery.DeliveryView.FileView;
import sekisho.gateway.delivery.DeliveryView.GrantView;
import sekisho.gateway.delivery.DeliveryView.Hold;
import sekisho.gateway.delivery.DeliveryView.RecipientView;
import sekisho.gateway.delivery.Options;
import sekisho.gateway.delivery.Options.Option;
import sekisho.gateway.delivery.RecipientState;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.policy.Likeness;
import sekisho.gateway.policy.Policy;
import sekisho.pages.Excerpt;
import sekisho.pages.Exposure;

/**
 * A delivery as its page shows it, with what can still be done.
 *
 * @param options  what can still be done about the whole
 * @param option   about all its links; nothing once a responder has frozen them
 * @param scanning somebody's copy waits for the malware scanner, whatever its time
 * @param excerpt  the files on this page; recipients have grants of these alone
 */
record ShownDelivery(DeliveryView delivery, Options options, Option option, boolean scanning, List<ShownRecipient> recipients,
        Excerpt<FileView> excerpt, List<ShownFile> files) {

    /**
     * @param likeness    what the recipient's domain looks like, when it may be a mistake
     * @param cancellable this copy still waits
     * @param whole       this recipient has the attachments in the mail itself
     * @param option      what can be done about this recipient's link
     */
    record ShownRecipient(RecipientView recipient, Optional<Likeness> likeness, boolean cancellable, boolean whole, Option option, List<ShownGrant> grants) {
    }

    /** @param part of the file that was served, in octets */
    record ShownGrant(FileView file, GrantView grant, Exposure exposure, long part, Option option) {
    }

    record ShownFile(FileView file, Option option) {
    }

    /** @param page of the files */
    static ShownDelivery of(DeliveryView delivery, Policy policy, int page) {
        var excerpt = Excerpt.of(delivery.files(), page);
        var options = new Options(delivery);
        var files = excerpt.shown().stream().collect(Collectors.toMap(FileView::id, Function.identity()));
        var grants = delivery.grants().stream().filter(grant -> files.containsKey(grant.file())).collect(Collectors.groupingBy(GrantView::recipient));
        var recipients = delivery.recipients().stream().map(recipient -> {
            var shown = grants.getOrDefault(recipient.id(), List.of()).stream().map(grant -> {
                var file = files.get(grant.file());
                return new ShownGrant(file, grant, Exposure.of(recipient, file, grant), grant.distinctOctets(),
                    recipient.hold() == Hold.RELEASED ? unless(grant.frozen(), options.of(file, grant)) : Option.NOTHING);
            }).toList();
            boolean held = recipient.hold() == Hold.HELD;
            boolean whole = !files.isEmpty() && !recipient.link() && recipient.standing().state() == RecipientState.RELEASED;
            return new ShownRecipient(recipient, EmailAddress.parse(recipient.address()).flatMap(policy::likeness), held, whole, held ? Option.NOTHING : unless(recipient.frozen(), options.of(recipient)), shown);
        }).toList();
        boolean left = delivery.recipients().stream().anyMatch(recipient -> recipient.hold() == Hold.RELEASED && recipient.standing().changeable());
        return new ShownDelivery(delivery, options, left || delivery.revoked() ? unless(delivery.frozen(), options.whole()) : Option.NOTHING,
            delivery.recipients().stream().anyMatch(RecipientView::untilScanned), recipients, excerpt, excerpt.shown().stream()
                .map(file -> new ShownFile(file, left ? unless(file.frozen(), options.of(file)) : Option.NOTHING)).toList());
    }

    /** What a responder or the scanner has shut, its sender can't open. */
    private static Option unless(boolean frozen, Option option) {
        return frozen ? Option.NOTHING : option;
    }
}
