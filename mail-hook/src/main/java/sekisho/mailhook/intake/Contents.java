package sekisho.mailhook.intake;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import sekisho.gateway.policy.AttachmentFacts;
import sekisho.gateway.policy.Examined;
import sekisho.gateway.policy.MessageFacts;
import sekisho.gateway.policy.Outlook;
import sekisho.mailhook.mime.AttachmentFact;
import sekisho.mailhook.mime.Forwarded;
import sekisho.mailhook.mime.Layout;
import sekisho.mailhook.mime.SplitLimits;
import sekisho.mailhook.mime.SplitRules;
import sekisho.mailhook.mime.Staying;
import sekisho.mailhook.mime.names.DeclaredNames;

/** Turns what the splitter found into what policy judges. */
final class Contents {

    private Contents() {
    }

    /** How a message is to be split of which this may come. */
    static SplitRules rules(SplitLimits limits, Outlook outlook, boolean nullSender) {
        return new SplitRules(limits, switch (outlook.forwarded()) {
            case WHOLE -> Forwarded.WHOLE;
            case INSIDE -> Forwarded.INSIDE;
        }, nullSender);
    }

    /** What is inside something too large for the scanner is judged by that: it waits, or is refused, as a file does. */
    private static Stream<Examined> scanned(Staying part, Examined examined) {
        return part.covered() && examined.isTooLargeToScan() ? Stream.empty() : Stream.of(examined);
    }

    /** Files inside something signed, which stay there. */
    static List<AttachmentFact> enclosed(List<Staying> staying) {
        return staying.stream().filter(Contents::isEnclosed).map(Staying::fact).toList();
    }

    private static boolean isEnclosed(Staying part) {
        return part.file() && !part.isDecoded();
    }

    /** What the attachment is to readers that decode it. */
    private static Optional<AttachmentFact> decoded(AttachmentFact attachment, List<Staying> staying) {
        return staying.stream().filter(part -> part.isDecoded() && part.decodedFrom() == attachment.index()).findFirst().map(Staying::fact);
    }

    /** A reader that takes one of them makes a file of it as we do of the one that is shown: without a dot at its end, say. */
    private static List<String> asWrittenAndSaved(List<String> names) {
        return names.stream().flatMap(name -> Stream.of(name, DeclaredNames.safe(name))).filter(name -> !name.isEmpty()).distinct().toList();
    }

    private static AttachmentFacts judged(AttachmentFact fact, Examined own, Optional<Examined> decoded) {
        return new AttachmentFacts(fact.name(), asWrittenAndSaved(fact.otherNames()), fact.type(), fact.octets(), decoded.map(own::orDecoded).orElse(own), decoded.flatMap(Examined::type));
    }

    /**
     * @param staying  what isn't text and stays in the message
     * @param examined what was found out about an attachment or a part that stays, {@link Examined#NOT} when nobody looked
     * @param whole    what was found out about the message itself, where somebody may get that as a file
     */
    static MessageFacts.Content of(Layout layout, List<Staying> staying, TopFields header, Function<AttachmentFact, Examined> examined,
            Optional<Examined> whole) {
        Function<AttachmentFact, AttachmentFacts> judged = a -> judged(a, examined.apply(a), decoded(a, staying).map(examined));
        return new MessageFacts.Content(header.values(), layout.facts().signed(), layout.facts().encrypted(), layout.attachments().stream().map(judged).toList(),
            enclosed(staying).stream().map(judged).toList(),
            staying.stream().filter(part -> !isEnclosed(part)).flatMap(part -> scanned(part, examined.apply(part.fact()))).toList(),
            whole.map(message -> new MessageFacts.Whole(message, staying.stream().noneMatch(Staying::unpacked))));
    }
}
