package sekisho.mailhook.mime.check;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import sekisho.mailhook.mime.AttachmentFact;
import sekisho.mailhook.mime.Layout;
import sekisho.mailhook.mime.Part;
import sekisho.mailhook.mime.PartKind;
import sekisho.mailhook.mime.Range;
import sekisho.mailhook.mime.codec.BodyDecoder;
import sekisho.mailhook.mime.codec.TransferEncoding;
import sekisho.mailhook.mime.rewrite.LinkBlock;

/**
 * Looks for what was taken out in what is relayed, as it was encoded and decoded. A run that the message also has in a
 * part that stays is no leak: people attach what they quote.
 */
final class LeakCheck {

    /** Shorter runs aren't looked for: they occur by chance (names, dates, markup). */
    static final int RUN = 48;
    /** A run that is made of pieces of this length that stay anyway, with less than {@code NEW} between, is no leak. */
    private static final int COMMON = 15;
    private static final int NEW = 32;

    /** What a part of ours begins with; others write the same. */
    private static final String OUR_HEADER = "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nContent-Type: multipart/alternative; boundary=\"";

    private final MemorySplit original;
    private final Layout layout;
    private final LinkBlock block;
    private final List<byte[]> relayed = new ArrayList<>();
    private final List<RunIndex> kept = new ArrayList<>();

    /**
     * @param original split with its attachments kept, so that their places are known
     * @param block    names the attachments, and a message attached is named by its subject
     */
    LeakCheck(MemorySplit original, Layout layout, MemorySplit rewritten, Layout rewrittenLayout, LinkBlock block) {
        this.block = block;
        this.original = original;
        this.layout = layout;
        relayed.add(rewritten.octets());
        for (Part part : MemorySplit.leaves(rewrittenLayout)) {
            addDecoded(rewritten, part, relayed);
        }
    }

    List<String> violations() {
        List<String> violations = new ArrayList<>();
        for (Range place : taken()) {
            search(original.range(place.from(), place.to()), "what was taken out at octet " + place.from(), violations);
        }
        for (AttachmentFact fact : layout.attachments()) {
            search(original.content(fact), "attachment " + fact.index() + " decoded", violations);
        }
        return violations;
    }

    /** Where the attachments stand, in order. */
    private List<Range> taken() {
        Stream<Range> parts = MemorySplit.leaves(layout).stream().filter(part -> part.kind() == PartKind.ATTACHMENT).map(Part::body);
        return Stream.concat(parts, layout.cuts().stream()).sorted(Comparator.comparingLong(Range::from)).toList();
    }

    private void search(byte[] source, String what, List<String> violations) {
        if (source.length < RUN) {
            return;
        }
        var index = new RunIndex(source, RUN);
        for (byte[] text : relayed) {
            RunIndex.Run run = index.find(text, 0);
            while (run.length() > 0) {
                byte[] octets = Arrays.copyOfRange(text, run.at(), run.at() + run.length());
                if (!isKept(octets)) {
                    violations.add(run.length() + " octets of " + what + " are in what is relayed");
                    return;
                }
                run = index.find(text, run.at() + run.length());
            }
        }
    }

    private boolean isKept(byte[] run) {
        if (kept.isEmpty()) {
            kept.add(new RunIndex(withoutAttachments(), COMMON));
            kept.add(new RunIndex(OUR_HEADER.getBytes(StandardCharsets.US_ASCII), COMMON));
            kept.add(new RunIndex((block.text() + block.ascii() + block.html()).getBytes(StandardCharsets.UTF_8), COMMON));
            List<byte[]> decoded = new ArrayList<>();
            MemorySplit.leaves(layout).stream().filter(p -> p.kind() != PartKind.ATTACHMENT)
                    .forEach(part -> addDecoded(original, part, decoded));
            decoded.forEach(octets -> kept.add(new RunIndex(octets, COMMON)));
        }
        return isCovered(run, NEW) || isKeptAsBase64(run);
    }

    /** What we write in base64 because of the block, and stands in the attachment too: in a message that was attached in base64. */
    private boolean isKeptAsBase64(byte[] run) {
        for (int shift = 0; shift < 4; shift++) {
            byte[] decoded = BodyDecoder.decode(TransferEncoding.BASE64, Arrays.copyOfRange(run, shift, run.length));
            if (decoded.length >= run.length / 2 && isCovered(decoded, NEW * 3 / 4)) {
                return true;
            }
        }
        return false;
    }

    private boolean isCovered(byte[] run, int tooMuch) {
        boolean[] covered = new boolean[run.length];
        for (RunIndex index : kept) {
            RunIndex.Run found = index.find(run, 0);
            while (found.length() > 0) {
                Arrays.fill(covered, found.at(), found.at() + found.length(), true);
                found = index.find(run, found.at() + found.length());
            }
        }
        int uncovered = 0;
        for (int i = 0; i < run.length; i++) {
            boolean again = i > 0 && run[i] == run[i - 1];   // a line of dashes proves nothing
            uncovered = covered[i] ? 0 : again ? uncovered : uncovered + 1;
            if (uncovered >= tooMuch) {
                return false;
            }
        }
        return true;
    }

    private byte[] withoutAttachments() {
        var octets = new java.io.ByteArrayOutputStream();
        long at = 0;
        for (Range place : taken()) {
            octets.writeBytes(original.range(at, Math.max(at, place.from())));   // a file may stand in what is taken out whole
            at = Math.max(at, place.to());
        }
        octets.writeBytes(original.range(at, layout.spoolOctets()));
        return octets.toByteArray();
    }

    private static void addDecoded(MemorySplit message, Part part, List<byte[]> to) {
        TransferEncoding encoding = message.header(part).first("content-transfer-encoding").map(TransferEncoding::parse)
                .orElse(TransferEncoding.SEVEN_BIT);
        if (!encoding.isIdentity()) {
            to.add(BodyDecoder.decode(encoding, message.range(part.body().from(), part.body().to())));
        }
    }
}
