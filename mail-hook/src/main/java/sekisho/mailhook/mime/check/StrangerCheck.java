package sekisho.mailhook.mime.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import sekisho.mailhook.mime.Part;
import sekisho.mailhook.mime.PartKind;
import sekisho.mailhook.mime.rewrite.LinkBlock;

/**
 * Whether a rewritten message is one for those who never saw ours: mime4j and Angus Mail read every part of it, the header says how it is
 * written, and the block can be read, once in each alternative. What they couldn't read before they need not read now; nor need who takes the
 * original apart otherwise than we do, such as mime4j, which knows no boundary in pieces (RFC 2231 §3), find the link.
 */
final class StrangerCheck {

    private static final Set<String> ENCODINGS = Set.of("", "7bit", "8bit", "binary", "quoted-printable", "base64");

    private interface Reader {
        Seen read(byte[] message) throws IOException;
    }

    private final byte[] original;
    private final Part root;
    private final byte[] rewritten;
    private final LinkBlock block;
    private final String url;

    /**
     * @param original without the attachments being taken out
     * @param root     its parts as we see them
     */
    StrangerCheck(byte[] original, Part root, byte[] rewritten, LinkBlock block, String url) {
        this.original = withLineEnd(original);
        this.root = root;
        this.rewritten = withLineEnd(rewritten);
        this.block = block;
        this.url = url;
    }

    /** As it is sent: behind the last line stand its end and a dot (RFC 5321 §4.1.1.4). */
    private static byte[] withLineEnd(byte[] message) {
        if (message.length > 0 && message[message.length - 1] == '\n') {
            return message;
        }
        byte[] ended = Arrays.copyOf(message, message.length + 2);
        ended[message.length] = '\r';
        ended[message.length + 1] = '\n';
        return ended;
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
            if (sawItAsWeDo(reader)) {
                violations.add(who + " can read the message and not what became of it: " + unreadable.getMessage());
            }
            return;
        }
        List<String> told = new ArrayList<>();
        List<String> asWeSeeIt = new ArrayList<>();
        int seen = message.shown(url, told);
        if (seen != 1) {
            asWeSeeIt.add("the link is shown " + seen + " times");
        }
        for (Seen part : message.leaves()) {
            if (part.text() != null && part.text().contains(url)) {
                touched(part, told, asWeSeeIt);
            }
        }
        if (!asWeSeeIt.isEmpty() && sawItAsWeDo(reader)) {
            told.addAll(asWeSeeIt);
        }
        told.forEach(each -> violations.add(who + ": " + each));
    }

    /** Whether this reader can read the original, and takes it apart as we do. */
    private boolean sawItAsWeDo(Reader reader) {
        try {
            return sameParts(root, reader.read(original));
        } catch (IOException | RuntimeException unreadable) {
            return false;
        }
    }

    /** Whether both see as many parts, and a text where we see one. */
    private static boolean sameParts(Part ours, Seen theirs) {
        return switch (ours.kind()) {
            case MULTIPART -> {
                // what stands between the parts is no part to others
                List<Part> parts = ours.children().stream().filter(p -> p.header().length() > 0 && p.kind() != PartKind.STRAY).toList();
                yield parts.size() == theirs.children().size()
                        && IntStream.range(0, parts.size()).allMatch(i -> sameParts(parts.get(i), theirs.children().get(i)));
            }
            case TEXT -> theirs.text() != null && theirs.type().equals(ours.type());
            // one reader looks into a message, another doesn't
            case MESSAGE -> theirs.children().isEmpty() || sameParts(ours.children().getFirst(), theirs.children().getFirst());
            case ATTACHMENT, TNEF, INLINE_IMAGE, CALENDAR, REPORT, SIGNED, STRAY, ENCRYPTED -> true;
        };
    }

    private void touched(Seen part, List<String> violations, List<String> asWeSeeIt) {
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
            asWeSeeIt.add("not every line of the block can be read");
        }
    }

    private static boolean isIn(String visible, String lines) {
        return lines.replace('•', '*').lines().allMatch(visible::contains);
    }
}
