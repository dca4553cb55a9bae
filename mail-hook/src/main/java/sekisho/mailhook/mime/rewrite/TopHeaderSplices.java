package sekisho.mailhook.mime.rewrite;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import sekisho.mailhook.mime.Layout;
import sekisho.mailhook.mime.header.HeaderBlock;

/** What changes in the top header of a message, which begins with the spool. */
final class TopHeaderSplices {

    /** Where servers and mail programs note that there are attachments; a paper clip is shown by it. */
    private static final Pattern HAS_ATTACHMENT = Pattern.compile("x-.*has-?attach(?:ment)?s?");
    /** As Postfix has it, too: behind other fields the line would end the header. */
    private static final String MAILBOX_LINE = "X-Mailbox-Line: ";
    private static final Set<String> TNEF = Set.of("application/ms-tnef", "application/vnd.ms-tnef");

    private TopHeaderSplices() {
    }

    static List<Splice> asItCame(HeaderBlock top, HeaderEdits edits) {
        List<Splice> splices = new ArrayList<>();
        if (!edits.prepend().isEmpty()) {
            byte[] fields = (String.join("\r\n", edits.prepend()) + "\r\n").getBytes(StandardCharsets.UTF_8);
            splices.add(new Splice(0, 0, out -> out.write(fields)));
            if (top.beginsWithMailboxLine()) {
                splices.add(Splice.insert(0, MAILBOX_LINE));
            }
        }
        for (HeaderBlock.Field field : top.fields()) {
            if (edits.remove().contains(field.name())) {
                splices.add(Splice.leaveOut(field.start(), field.end()));
            }
        }
        return splices;
    }

    /** @param withoutContent whether every field about the content goes too */
    static List<Splice> linked(HeaderBlock top, Layout layout, HeaderEdits edits, boolean withoutContent) {
        boolean tnef = layout.root().walk().anyMatch(part -> TNEF.contains(part.type()) && !part.remains());
        List<Splice> splices = asItCame(top, edits);
        for (HeaderBlock.Field field : top.fields()) {
            if (edits.remove().contains(field.name())) {
                continue;
            }
            boolean clip = HAS_ATTACHMENT.matcher(field.name()).matches() && !top.value(field).isEmpty();
            if (clip && field.name().equals("x-ms-has-attach")) {
                splices.add(Splice.replace(field.start(), field.end(), "X-MS-Has-Attach:\r\n"));   // as Exchange writes "none"
            } else if (clip || tnef && field.name().equals("x-ms-tnef-correlator") || ContentFields.MEASURES.contains(field.name())
                    || withoutContent && isAboutContent(field)) {
                splices.add(Splice.leaveOut(field.start(), field.end()));
            }
        }
        splices.addAll(ContentFields.withoutStrays(top, 0));   // some servers end the header there, and nobody would find the link
        return splices;
    }

    static boolean isAboutContent(HeaderBlock.Field field) {
        return field.name().startsWith("content-");
    }
}
