package sekisho.mailhook.mime.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import sekisho.mailhook.mime.rewrite.LinkBlock;

/**
 * Whether a rewritten message is one for those who never saw ours: mime4j and Angus Mail read every part of it, the header says how it is
 * written, and the block can be read, once in each alternative. What they couldn't read before they need not read now.
 */
final class StrangerCheck {

    private static final Set<String> ENCODINGS = Set.of("", "7bit", "8bit", "binary", "quoted-printable", "base64");

    private interface Reader {
        Seen read(byte[] message) throws IOException;
    }

    private final byte[] original;
    private final byte[] rewritten;
    private final LinkBlock block;
    private final String url;

    /** @param original without the attachments being taken out */
    StrangerCheck(byte[] original, byte[] rewritten, LinkBlock block, String url) {
        this.original = original;
        this.rewritten = rewritten;
        this.block = block;
        this.url = url;
    }

    List<String> violations() {
        List<String> violations = new ArrayList<>();
        check("mime4j", Strangers::mime4j, violations);
        check("Angus", Strangers::angus, violations);
        return violations;
    }

    private void check(String who, Reader reader, List<String> violations) {
        Seen message;
        try {
            message = reader.read(rewritten);
        } catch (IOException | RuntimeException unreadable) {
            if (reads(reader)) {
                violations.add(who + " can read the message and not what became of it: " + unreadable.getMessage());
            }
            return;
        }
        List<String> told = new ArrayList<>();
        int seen = message.shown(url, told);
        if (seen != 1) {
            told.add("the link is shown " + seen + " times");
        }
        for (Seen part : message.leaves()) {
            if (part.text() != null && part.text().contains(url)) {
                touched(part, told);
            }
        }
        told.forEach(each -> violations.add(who + ": " + each));
    }

    private boolean reads(Reader reader) {
        try {
            reader.read(original);
            return true;
        } catch (IOException | RuntimeException unreadable) {
            return false;
        }
    }

    private void touched(Seen part, List<String> violations) {
        if (!ENCODINGS.contains(part.encoding())) {
            violations.add("a transfer encoding that nobody knows: " + part.encoding());
        }
        boolean eightBit = false;
        for (byte b : part.raw() == null ? new byte[0] : part.raw()) {
            eightBit |= b < 0;
        }
        if (eightBit && !part.encoding().equals("8bit") && !part.encoding().equals("binary")) {
            violations.add("8-bit octets in a part that is said to be " + (part.encoding().isEmpty() ? "7bit" : part.encoding()));
        }
        String visible = part.visible().replace('•', '*');
        boolean whole = part.type().equals("text/html") || isIn(visible, block.text()) || isIn(visible, block.ascii());
        if (!whole) {
            violations.add("not every line of the block can be read");
        }
    }

    private static boolean isIn(String visible, String lines) {
        return lines.replace('•', '*').lines().allMatch(visible::contains);
    }
}
