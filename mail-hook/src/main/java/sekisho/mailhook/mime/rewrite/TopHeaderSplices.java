package sekisho.mailhook.mime.rewrite;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import sekisho.mailhook.mime.header.HeaderBlock;

/** What changes in the top header of a message, which begins with the spool. */
final class TopHeaderSplices {

    private TopHeaderSplices() {
    }

    static List<Splice> asItCame(HeaderBlock top, HeaderEdits edits) {
        List<Splice> splices = new ArrayList<>();
        if (!edits.prepend().isEmpty()) {
            byte[] fields = (String.join("\r\n", edits.prepend()) + "\r\n").getBytes(StandardCharsets.UTF_8);
            splices.add(new Splice(0, 0, out -> out.write(fields)));
        }
        for (HeaderBlock.Field field : top.fields()) {
            if (edits.remove().contains(field.name())) {
                splices.add(Splice.leaveOut(field.start(), field.end()));
            }
        }
        return splices;
    }

    /** @param withoutContent whether every field about the content goes too */
    static List<Splice> linked(HeaderBlock top, HeaderEdits edits, boolean withoutContent) {
        List<Splice> splices = asItCame(top, edits);
        for (HeaderBlock.Field field : top.fields()) {
            if (edits.remove().contains(field.name())) {
                continue;
            }
            if (withoutContent && field.name().startsWith("content-")) {
                splices.add(Splice.leaveOut(field.start(), field.end()));
            } else if (field.name().equals("x-ms-has-attach") && top.value(field).equalsIgnoreCase("yes")) {
                splices.add(Splice.replace(field.start(), field.end(), "X-MS-Has-Attach:\r\n"));   // as Exchange writes "none"
            }
        }
        return splices;
    }
}
