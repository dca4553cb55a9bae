package sekisho.admin.deliveries;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import sekisho.gateway.audit.Ranges;
import sekisho.gateway.delivery.DeliveryView;
import sekisho.gateway.delivery.DeliveryView.FileView;
import sekisho.gateway.delivery.DeliveryView.GrantView;
import sekisho.gateway.delivery.DeliveryView.Hold;
import sekisho.gateway.delivery.DeliveryView.RecipientView;
import sekisho.gateway.delivery.Options;
import sekisho.gateway.delivery.Options.Option;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.policy.Likeness;
import sekisho.gateway.policy.Policy;
import sekisho.pages.Excerpt;
import sekisho.pages.Exposure;
import sekisho.pages.Page;

/**
 * A delivery as a responder sees it: the exposure sheet (who got how much of what), and what can still be done.
 *
 * @param options   what can still be done about the whole
 * @param excerpt   the files on this page; addressees have lines of these alone, and what is counted and the worst is of all
 * @param exposed   how many people got octets of some file, by a link or in the mail itself
 * @param whole     how many of them have files in the mail itself, or may have where that can't be told
 * @param named     how many saw names of files and nothing more
 */
record Sheet(DeliveryView delivery, Options options, List<Addressee> addressees, Excerpt<FileView> excerpt, List<File> files, long exposed, long whole, long named) {

    private static final int MOST_RANGES = 12;

    /**
     * @param likeness    what the domain looks like, when the mail may have gone to the wrong one
     * @param cancellable this copy still waits
     * @param option      what can be done about this recipient's link
     * @param changeable  there is something to do about one of the lines
     * @param whole       has files in the mail itself, or may have where that can't be told
     */
    record Addressee(RecipientView recipient, Optional<Likeness> likeness, boolean cancellable, Option option, boolean changeable, boolean whole, Exposure worst,
            List<Line> lines) {
    }

    record File(FileView file, Option option) {
    }

    /** One line of the sheet: one file for one person. */
    record Line(FileView file, GrantView grant, Exposure exposure, Option option) {

        /** How many different octets were served, to the digit: this is evidence. */
        public String octets() {
            return String.format(Locale.ROOT, "%,d", grant.distinctOctets());
        }

        /** Which octets, when it is a part of the file; who asks for every other octet makes thousands of ranges, of which the first ones are said. */
        public String ranges(Page page) {
            var all = exposure == Exposure.PART ? grant.served().texts() : List.<String>of();
            var shown = String.join(page.say("admin.comma"), all.subList(0, Math.min(MOST_RANGES, all.size())));
            return all.isEmpty() ? "" : all.size() <= MOST_RANGES ? page.say("admin.octets.ranges", shown)
                : page.say("admin.octets.ranges.more", shown, all.size() - MOST_RANGES);
        }

        public String size() {
            return String.format(Locale.ROOT, "%,d", file.sizeOctets());
        }
    }

    /** Whether nobody can tell if there are files in the mail itself: then it isn't said of anybody that they have got some, nor that they haven't. */
    public boolean uncounted() {
        return isUncounted(delivery);
    }

    private static boolean isUncounted(DeliveryView delivery) {
        return delivery.inMail().any() && !delivery.inMail().counted();
    }

    /** Whether its files can be destroyed at once: it is revoked as a whole, and nothing of it is held. */
    public boolean destroyable() {
        return delivery.revoked() && !options.cancel() && delivery.files().stream().anyMatch(file -> !file.shredded());
    }

    /**
     * @param policy of now
     * @param page   of the files
     */
    static Sheet of(DeliveryView delivery, Policy policy, int page) {
        var excerpt = Excerpt.of(delivery.files(), page);
        var onPage = excerpt.shown().stream().map(FileView::id).collect(Collectors.toSet());
        var files = delivery.files().stream().collect(Collectors.toMap(FileView::id, Function.identity()));
        var grants = delivery.grants().stream().collect(Collectors.groupingBy(GrantView::recipient));
        var options = new Options(delivery);
        var addressees = delivery.recipients().stream().map(recipient -> {
            var lines = grants.getOrDefault(recipient.id(), List.of()).stream().map(grant -> {
                var file = files.get(grant.file());
                return new Line(file, grant, Exposure.of(recipient, file, grant), options.of(file, grant));
            }).toList();
            boolean whole = Exposure.ofMail(recipient) == Exposure.COMPLETE && (recipient.link()
                ? delivery.inMail().any() && lines.stream().noneMatch(line -> line.file().whole()) : delivery.inMail().any() || !files.isEmpty());
            var worst = whole && !isUncounted(delivery) ? Exposure.COMPLETE : lines.stream().map(Line::exposure).max(Enum::compareTo).orElse(Exposure.NONE);
            var shown = lines.stream().filter(line -> onPage.contains(line.file().id())).toList();
            return new Addressee(recipient, EmailAddress.parse(recipient.address()).flatMap(policy::likeness), recipient.hold() == Hold.HELD, options.of(recipient),
                shown.stream().anyMatch(line -> line.option() != Option.NOTHING), whole, worst, shown);
        }).toList();
        return new Sheet(delivery, options, addressees, excerpt, excerpt.shown().stream().map(file -> new File(file, options.of(file))).toList(),
            count(addressees, Exposure.PART, Exposure.COMPLETE), addressees.stream().filter(Addressee::whole).count(),
            count(addressees, Exposure.NAMES, Exposure.NAMES));
    }

    private static long count(List<Addressee> addressees, Exposure from, Exposure to) {
        return addressees.stream().filter(a -> a.worst().compareTo(from) >= 0 && a.worst().compareTo(to) <= 0).count();
    }
}
