package sekisho.admin.deliveries;

import java.util.List;
import java.util.Locale;
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
 * A delivery as a responder sees it: the exposure sheet (who got how much of what), and what can still be done.
 *
 * @param held      somebody's copy still waits: it can be cancelled
 * @param revocable there are links that can be shut or opened again
 * @param destroyable it is revoked as a whole, and nothing of it is held: its files can be destroyed at once
 * @param exposed   how many people got octets of some file, by a link or in the mail itself
 * @param whole     how many of them have the files in the mail itself
 * @param named     how many saw names of files and nothing more
 */
record Sheet(DeliveryView delivery, boolean held, boolean revocable, boolean destroyable, List<Addressee> addressees, long exposed, long whole, long named) {

    /**
     * @param cancellable this copy still waits
     * @param revocable   this recipient's link can be shut or opened again
     * @param whole       has the files in the mail itself
     */
    record Addressee(RecipientView recipient, boolean cancellable, boolean revocable, boolean whole, Exposure worst, List<Line> lines) {
    }

    /** One line of the sheet: one file for one person. */
    record Line(FileView file, GrantView grant, Exposure exposure) {

        /** How many different octets were served, to the digit: this is evidence. */
        public String octets() {
            return String.format(Locale.ROOT, "%,d", grant.distinctOctets());
        }

        public String size() {
            return String.format(Locale.ROOT, "%,d", file.sizeOctets());
        }
    }

    static Sheet of(DeliveryView delivery) {
        var files = delivery.files().stream().collect(Collectors.toMap(FileView::id, Function.identity()));
        boolean alive = delivery.state() != DeliveryState.SHREDDED;
        var addressees = delivery.recipients().stream().map(recipient -> {
            var lines = delivery.grants().stream().filter(grant -> grant.recipient().equals(recipient.id())).map(grant -> {
                var file = files.get(grant.file());
                return new Line(file, grant, Exposure.of(recipient, file, grant));
            }).toList();
            boolean whole = !files.isEmpty() && Exposure.ofWholeMail(recipient) == Exposure.COMPLETE;
            var worst = whole ? Exposure.COMPLETE : lines.stream().map(Line::exposure).max(Enum::compareTo).orElse(Exposure.NONE);
            boolean cancelled = recipient.hold() == Hold.CANCELLED;
            return new Addressee(recipient, recipient.hold() == Hold.HELD, alive && !cancelled && !lines.isEmpty(), whole, worst, lines);
        }).toList();
        boolean held = addressees.stream().anyMatch(Addressee::cancellable);
        boolean destroyable = alive && delivery.revoked() && !held && delivery.files().stream().anyMatch(file -> !file.shredded());
        return new Sheet(delivery, held, addressees.stream().anyMatch(Addressee::revocable), destroyable,
            addressees, count(addressees, Exposure.PART, Exposure.COMPLETE), addressees.stream().filter(Addressee::whole).count(), count(addressees, Exposure.NAMES, Exposure.NAMES));
    }

    private static long count(List<Addressee> addressees, Exposure from, Exposure to) {
        return addressees.stream().filter(a -> a.worst().compareTo(from) >= 0 && a.worst().compareTo(to) <= 0).count();
    }
}
