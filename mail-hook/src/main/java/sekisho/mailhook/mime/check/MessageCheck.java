package sekisho.mailhook.mime.check;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import sekisho.mailhook.mime.Layout;
import sekisho.mailhook.mime.Part;
import sekisho.mailhook.mime.SplitResult;
import sekisho.mailhook.mime.SplitLimits;
import sekisho.mailhook.mime.SplitRules;
import sekisho.mailhook.mime.block.LinkBlockComposer;
import sekisho.mailhook.mime.block.LinkNotice;
import sekisho.mailhook.mime.block.LinkTemplates;
import sekisho.mailhook.mime.block.WholeNotice;
import sekisho.mailhook.mime.header.HeaderBlock;
import sekisho.mailhook.mime.rewrite.HeaderEdits;
import sekisho.mailhook.mime.rewrite.LinkBlock;
import sekisho.mailhook.mime.rewrite.Place;
import sekisho.mailhook.mime.rewrite.Rewriter;

/**
 * Checks one message. What must hold, whatever the message:
 * <ol>
 *   <li>passed through, it is the same octet for octet but for its Bcc fields and those that the hook alone sets, which are gone;
 *   <li>no run of an attachment is in what is relayed with a link;
 *   <li>every part that isn't touched is in there, octet for octet, in order and as often; a text with the link says all it said;
 *   <li>what was cut out of a text is a file and nothing else;
 *   <li>what is relayed splits again, into no attachment, and shows the link once in every alternative, wherever the block is to stand;
 *   <li>other libraries read it too, as its headers say;
 *   <li>time is bounded by the size.
 * </ol>
 */
public final class MessageCheck {

    /** Larger messages can't be compared in memory. */
    public static final long MAX_OCTETS = 256L << 20;

    /** The link that messages get here. Whoever writes it into a message shows it himself, once more. */
    public static final String URL = "https://link.invalid/d/check-messages-0123456789";
    private static final Duration BASE_TIME = Duration.ofSeconds(5);
    private static final int REPORT_HEADER = 64 << 10;
    private static final long OCTETS_PER_SECOND = 2 << 20;

    private MessageCheck() {
    }

    /** Line ends as an SMTP client sends them: LF alone becomes CRLF, CR alone stays. */
    public static byte[] asSent(byte[] file) {
        var out = new ByteArrayOutputStream(file.length + file.length / 32);
        int from = 0;
        for (int i = 0; i < file.length; i++) {
            if (file[i] == '\n' && (i == 0 || file[i - 1] != '\r')) {
                out.write(file, from, i - from);
                out.write('\r');
                from = i;
            }
        }
        out.write(file, from, file.length - from);
        return out.toByteArray();
    }

    /**
     * By the default choices.
     *
     * @param message with the line ends that {@link #asSent} gives
     */
    public static CheckedMessage check(byte[] message) {
        return check(message, SplitLimits.defaults());
    }

    /**
     * By the default choices within these limits.
     *
     * @param message with the line ends that {@link #asSent} gives
     */
    public static CheckedMessage check(byte[] message, SplitLimits limits) {
        var rules = SplitRules.within(limits);
        CheckedMessage checked = check(message, rules);
        if (!isReport(message)) {
            return checked;
        }
        // what a person sends as a report is split otherwise
        List<String> more = check(message, new SplitRules(rules.limits(), rules.forwarded(), false)).violations();
        return checked.and(more.stream().map(violation -> "sent by a person: " + violation).toList());
    }

    private static boolean isReport(byte[] message) {
        return HeaderBlock.parse(message, Math.min(message.length, REPORT_HEADER)).first("content-type")
            .filter(type -> type.toLowerCase(java.util.Locale.ROOT).contains("multipart/report")).isPresent();
    }

    /** @param message with the line ends that {@link #asSent} gives */
    public static CheckedMessage check(byte[] message, SplitRules rules) {
        return check(message, rules, List.of(Place.values()));
    }

    /**
     * @param message with the line ends that {@link #asSent} gives
     * @param places  where the link block is to stand, one after the other
     */
    public static CheckedMessage check(byte[] message, SplitRules rules, List<Place> places) {
        ManagementFactory.getMemoryPoolMXBeans().forEach(MemoryPoolMXBean::resetPeakUsage);
        long start = System.nanoTime();
        var kept = new MemorySplit(message, rules, true);
        var taken = new MemorySplit(message, rules, false);
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        List<String> violations = new ArrayList<>();
        List<CheckedMessage.Attachment> attachments = new ArrayList<>();
        List<String> stays = new ArrayList<>();
        Layout layout = taken.layout();
        Layout whole = kept.layout();
        String refused = null;
        if (layout == null || whole == null) {
            SplitResult.Refused reply = java.util.Objects.requireNonNull(taken.refused() == null ? kept.refused() : taken.refused());
            refused = reply.code() + " " + reply.reason();
            if (!java.util.Objects.equals(taken.refused(), kept.refused())) {
                violations.add("refused or not, depending on whether the original is kept");
            }
        } else {
            layout.attachments().forEach(a -> attachments.add(
                    new CheckedMessage.Attachment(a.name(), a.type(), a.octets(), sha256(taken.content(a)))));
            MemorySplit.leaves(layout).stream().filter(Part::remains)
                    .forEach(p -> stays.add(p.type() + " (" + p.kind().name().toLowerCase(java.util.Locale.ROOT) + ")"));
            compare(message, rules, places, kept, whole, taken, layout, violations);
        }
        if (time.compareTo(BASE_TIME.plusSeconds(message.length / OCTETS_PER_SECOND)) > 0) {
            violations.add("splitting took " + time.toMillis() + " ms");
        }
        return new CheckedMessage(message.length, refused, attachments, stays, violations, time, peak());
    }

    private static long peak() {
        return ManagementFactory.getMemoryPoolMXBeans().stream().filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
    }

    static String sha256(byte[] octets) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(octets));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static void compare(byte[] message, SplitRules rules, List<Place> places, MemorySplit kept, Layout whole, MemorySplit taken, Layout layout,
            List<String> violations) {
        if (!Arrays.equals(kept.octets(), message)) {
            violations.add("the spool that keeps everything isn't the message");
        }
        if (!Arrays.equals(passed(whole, kept), withoutWhatNoCopyHas(message, whole))) {
            violations.add("passed through, the message is changed in more than its Bcc and our fields");
        }
        if (!Layout.fromJson(layout.toJson()).equals(layout)) {
            violations.add("the layout is changed by its JSON form");
        }
        if (!layout.attachments().equals(whole.attachments())) {
            violations.add("other attachments are found when the original is kept");
        }
        if (layout.facts().signed()) {
            inPlace(rules, kept, whole, taken, layout, violations);
        }
        if (!layout.hasAttachments()) {
            linked(layout, taken, new LinkBlock(URL + "\r\n", URL + "\r\n", "<p>" + URL + "</p>\r\n"));
            return;   // the copy is the original, and was compared
        }
        new CutCheck(kept, whole).violations(violations);
        for (Place place : places) {
            rewritten(block(layout, place), rules, kept, whole, taken, layout, violations);
        }
    }

    private static void rewritten(LinkBlock block, SplitRules rules, MemorySplit kept, Layout whole, MemorySplit taken, Layout layout,
            List<String> violations) {
        byte[] linked = linked(layout, taken, block);
        if (!Arrays.equals(linked(whole, kept, block), linked)) {
            violations.add("the rewritten message depends on whether the original was kept");
        }
        var again = new MemorySplit(linked, rules, true);
        Layout result = again.layout();
        if (result == null) {
            violations.add("the rewritten message would be refused: " + java.util.Objects.requireNonNull(again.refused()).reason());
            return;
        }
        if (result.hasAttachments()) {
            violations.add("the rewritten message still has " + result.attachments().size() + " attachments");
        }
        violations.addAll(new LinkCheck(again, result, URL).violations());
        var keptCheck = new KeptCheck(kept, whole, again, result, URL);
        violations.addAll(keptCheck.violations());
        violations.addAll(new StrangerCheck(kept, whole.root(), keptCheck.touched(), linked, block, URL).violations());
        violations.addAll(new LeakCheck(kept, whole, again, result, block).violations());
    }

    /** What is sent in place of the message to whoever gets that as a file. */
    private static void inPlace(SplitRules rules, MemorySplit kept, Layout whole, MemorySplit taken, Layout layout, List<String> violations) {
        var line = new LinkNotice.FileLine(WholeNotice.fileName(layout.facts().language()), kept.octets().length);
        var block = WholeNotice.above(block(layout, List.of(line), Place.TOP), layout.facts().language());
        byte[] copy = inPlace(layout, taken, block);
        if (!Arrays.equals(inPlace(whole, kept, block), copy)) {
            violations.add("what is sent in place of the message depends on whether the original was kept");
        }
        var again = new MemorySplit(copy, rules, true);
        Layout result = again.layout();
        if (result == null) {
            violations.add("what is sent in place of the message would be refused: " + java.util.Objects.requireNonNull(again.refused()).reason());
            return;
        }
        if (result.hasAttachments() || result.facts().signed() || result.facts().encrypted() || result.root().children().size() != 2) {
            violations.add("what is sent in place of the message is more than the block");
        }
        violations.addAll(new LinkCheck(again, result, URL).violations());
    }

    private static byte[] withoutWhatNoCopyHas(byte[] message, Layout layout) {
        var header = Arrays.copyOfRange(message, (int) layout.root().header().from(), (int) layout.root().header().to());
        var rest = new ByteArrayOutputStream(message.length);
        int from = 0;
        for (var field : HeaderBlock.parse(header, header.length).fields()) {
            if (KeptHeader.NEVER.contains(field.name())) {
                rest.write(message, from, field.start() - from);
                from = field.end();
            }
        }
        rest.write(message, from, message.length - from);
        return rest.toByteArray();
    }

    private static byte[] passed(Layout layout, MemorySplit split) {
        var out = new ByteArrayOutputStream();
        try {
            new Rewriter(layout, split.spool()).writeOriginal(HeaderEdits.original(List.of()), out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static LinkBlock block(Layout layout, Place place) {
        return block(layout, layout.attachments().stream().map(a -> new LinkNotice.FileLine(a.name(), a.octets())).toList(), place);
    }

    private static LinkBlock block(Layout layout, List<LinkNotice.FileLine> files, Place place) {
        var closes = ZonedDateTime.of(2030, 1, 31, 18, 0, 0, 0, ZoneId.of("Asia/Tokyo"));
        var notice = new LinkNotice("Example", files, LinkNotice.Names.LIST, closes, URI.create(URL), "t•••@example.com");
        return LinkBlockComposer.compose(LinkTemplates.shipped(), notice, layout.facts().language(), place);
    }

    private static byte[] inPlace(Layout layout, MemorySplit split, LinkBlock block) {
        var out = new ByteArrayOutputStream();
        try {
            new Rewriter(layout, split.spool()).writeWhole(block, HeaderEdits.modified(List.of()), out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] linked(Layout layout, MemorySplit split, LinkBlock block) {
        var out = new ByteArrayOutputStream();
        try {
            new Rewriter(layout, split.spool()).writeLinked(block, HeaderEdits.modified(List.of()), out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
