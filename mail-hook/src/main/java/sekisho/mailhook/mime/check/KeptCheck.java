package sekisho.mailhook.mime.check;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.Layout;
import sekisho.mailhook.mime.Part;
import sekisho.mailhook.mime.PartKind;

/**
 * Whether all that should stay is in the rewritten message, once and in order: every part octet for octet, header included, and a text that
 * the link stands in with every octet or character it had. Nothing else is there but the part of ours.
 */
final class KeptCheck {

    /** A boundary of ours begins so. */
    private static final String OURS = "=_sekisho_";

    private final Layout before;
    private final Layout after;
    private final List<KeptPart> expected = new ArrayList<>();
    private final List<KeptPart> found = new ArrayList<>();
    private final List<Part> touched = new ArrayList<>();
    private final KeptText texts;
    private final MemorySplit original;
    private final MemorySplit rewritten;

    /** @param url of the link */
    KeptCheck(MemorySplit original, Layout before, MemorySplit rewritten, Layout after, String url) {
        this.original = original;
        this.before = before;
        this.rewritten = rewritten;
        this.after = after;
        this.texts = new KeptText(url);
    }

    List<String> violations() {
        List<String> violations = new ArrayList<>();
        var header = new KeptHeader(original.header(before.root()), rewritten.header(after.root()));
        if (before.root().remains()) {
            Part root = rootAgain();
            stays(before.root(), false);
            isThere(after.root(), root);
            header.violations(root == after.root() ? null : rewritten.header(root), violations);
        } else {
            isThere(after.root(), null);
            header.violationsBesideContent(violations);
        }
        compare(violations);
        return violations;
    }

    /** The texts of the message that the link was found in, after {@link #violations()}. */
    List<Part> touched() {
        return touched;
    }

    /** What became of the root: the root, or what stands behind our part in a multipart that we put around both. */
    private Part rootAgain() {
        Part root = after.root();
        boolean around = isOurs(root) && !isOurs(before.root()) && root.children().size() == 2;
        return around ? root.children().getLast() : root;
    }

    private static boolean isOurs(Part part) {
        return part.boundary() != null && part.boundary().startsWith(OURS);
    }

    private void stays(Part part, boolean alternative) {
        expected.add(KeptPart.of(original, before.cuts(), part, part == before.root(), alternative));
        for (Part child : part.children()) {
            if (child.remains()) {
                stays(child, part.type().equals("multipart/alternative"));
            } else if (part.kind() == PartKind.MESSAGE) {
                expected.add(KeptPart.emptied(original, child));
            }
        }
    }

    /** @param root what became of the root; null when nothing did */
    private void isThere(Part part, @Nullable Part root) {
        boolean around = part == after.root() && part != root;
        if (!around) {
            found.add(KeptPart.of(rewritten, List.of(), part, part == root, false));
        }
        part.children().stream().filter(child -> child.kind() != PartKind.STRAY).forEach(child -> isThere(child, root));
    }

    private void compare(List<String> violations) {
        int next = 0;
        for (int i = 0; i < expected.size(); i++) {
            KeptPart part = expected.get(i);
            int at = place(part, next);
            if (at >= 0) {
                surplus(next, at, violations);
                if (!part.isSame(found.get(at))) {
                    touched.add(part.part());
                }
                next = at + 1;
            } else if (place(part, 0) >= 0) {
                violations.add("part " + i + " of those that stay (" + part.type() + ") stands in another place, or less often");
            } else if (!part.mayGo()) {
                violations.add("part " + i + " of those that stay (" + part.type() + ") is lost or changed");
            }
        }
        surplus(next, found.size(), violations);
    }

    private int place(KeptPart part, int from) {
        for (int i = from; i < found.size(); i++) {
            if (part.isSame(found.get(i)) || texts.isTouched(part, found.get(i))) {
                return i;
            }
        }
        return -1;
    }

    private void surplus(int from, int to, List<String> violations) {
        for (int i = from; i < to; i++) {
            KeptPart part = found.get(i);
            if (!isPartOfOurs(part.part())) {
                violations.add("a part (" + part.type() + ") was not in the message, or not there");
            }
        }
    }

    private boolean isPartOfOurs(Part part) {
        Stream<Part> ours = after.root().walk().filter(each -> isOurs(each) && each.type().equals("multipart/alternative"));
        return ours.anyMatch(each -> each == part || each.children().contains(part));
    }
}
