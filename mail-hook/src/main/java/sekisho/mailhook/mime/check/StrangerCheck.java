package sekisho.mailhook.mime.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import sekisho.mailhook.mime.Part;
import sekisho.mailhook.mime.PartKind;
import sekisho.mailhook.mime.TextBody;
import sekisho.mailhook.mime.codec.BodyDecoder;
import sekisho.mailhook.mime.rewrite.LinkBlock;

/**
 * Whether a rewritten message is one for those who never saw ours: mime4j and Angus Mail read every part of it, the header says how it is
 * written, and the block can be read, once in each alternative. What they couldn't read before they need not read now; nor need who didn't see
 * one of the very texts that took the block, as we see it and where we see it, find the link: such as mime4j in the parts of a message whose
 * boundary is written in pieces (RFC 2231 §3), which it doesn't know. That it takes other parts otherwise is no excuse.
 */
final class StrangerCheck {

    private static final Set<String> ENCODINGS = Set.of("", "7bit", "8bit", "binary", "quoted-printable", "base64");

    private interface Reader {
        Seen read(byte[] message) throws IOException;
    }

    /** A text, and what it stands in, outermost first: type, which of how many parts. */
    private record Placed(String type, String text, List<String> path) {
    }

    private final MemorySplit message;
    private final byte[] original;
    private final Part root;
    private final List<Part> touched;
    private final byte[] rewritten;
    private final LinkBlock block;
    private final String url;

    /**
     * @param original without the attachments being taken out
     * @param root     its parts as we see them
     * @param touched  the texts among them that took the block; without any it has a part of its own
     */
    StrangerCheck(MemorySplit original, Part root, List<Part> touched, byte[] rewritten, LinkBlock block, String url) {
        this.message = original;
        this.original = withLineEnd(original.octets());
        this.root = root;
        this.touched = touched;
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
        int seen = message.shown(url, asWeSeeIt);
        if (seen != 1) {
            asWeSeeIt.add("the link is shown " + seen + " times");
        }
        for (Seen part : message.leaves()) {
            if (part.text() != null && part.text().contains(url)) {
                withLink(part, told, asWeSeeIt);
            }
        }
        if (!asWeSeeIt.isEmpty() && sawItAsWeDo(reader)) {
            told.addAll(asWeSeeIt);
        }
        told.forEach(each -> violations.add(who + ": " + each));
    }

    /** Whether this reader can read the original, and sees in it what took the block. */
    private boolean sawItAsWeDo(Reader reader) {
        Seen theirs;
        try {
            theirs = reader.read(original);
        } catch (IOException | RuntimeException unreadable) {
            return false;
        }
        if (touched.isEmpty()) {
            return theirs.type().equals(root.type()) && (root.kind() != PartKind.MULTIPART || theirs.children().size() == parts(root).size());
        }
        List<Placed> seen = new ArrayList<>();
        placed(theirs, List.of(), seen);
        List<Placed> ours = new ArrayList<>();
        placed(root, List.of(), ours);
        return seen.containsAll(ours);
    }

    /** What stands between the parts is no part to others. */
    private static List<Part> parts(Part multipart) {
        return multipart.children().stream().filter(part -> part.start() < part.header().from() && part.kind() != PartKind.STRAY).toList();
    }

    private static void placed(Seen part, List<String> path, List<Placed> to) {
        if (part.text() != null) {
            to.add(new Placed(part.type(), part.text().stripTrailing(), path));
        }
        for (int i = 0; i < part.children().size(); i++) {
            placed(part.children().get(i), inside(path, part.type(), i, part.children().size()), to);
        }
    }

    private void placed(Part part, List<String> path, List<Placed> to) {
        if (touched.contains(part)) {
            TextBody text = Objects.requireNonNull(part.text());
            byte[] octets = BodyDecoder.decode(text.encoding(), message.range(part.body().from(), part.body().to()));
            to.add(new Placed(part.type(), Strangers.text(octets, text.charset()).stripTrailing(), path));
        }
        List<Part> parts = part.kind() == PartKind.MULTIPART ? parts(part) : List.of();   // a text in a message inside takes no block
        for (int i = 0; i < parts.size(); i++) {
            placed(parts.get(i), inside(path, part.type(), i, parts.size()), to);
        }
    }

    private static List<String> inside(List<String> path, String type, int index, int of) {
        return Stream.concat(path.stream(), Stream.of(type + " " + index + " of " + of)).toList();
    }

    private void withLink(Seen part, List<String> violations, List<String> asWeSeeIt) {
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
