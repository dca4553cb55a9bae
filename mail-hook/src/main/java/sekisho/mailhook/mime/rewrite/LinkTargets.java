package sekisho.mailhook.mime.rewrite;

import java.util.ArrayList;
import java.util.List;

import sekisho.mailhook.mime.Part;
import sekisho.mailhook.mime.PartKind;
import sekisho.mailhook.mime.TextBody;

/**
 * The texts that the link block goes into: the first one shown, in every alternative that it comes in. Whichever alternative a reader
 * shows, it has the block.
 *
 * @param texts   in stream order; empty when no text can take the block, and it needs a part of its own
 * @param leftOut alternatives of a rarer sort, which can't take the block and would be shown in place of those that have it
 */
record LinkTargets(List<Part> texts, List<Part> leftOut) {

    static LinkTargets of(Part root) {
        var targets = new LinkTargets(new ArrayList<>(), new ArrayList<>());
        targets.collect(root);
        return targets;
    }

    private void collect(Part part) {
        if (takesBlock(part)) {
            texts.add(part);
        } else if (part.kind() == PartKind.MULTIPART && part.type().equals("multipart/alternative")) {
            alternatives(part);
        } else if (part.kind() == PartKind.MULTIPART && !part.type().equals("multipart/digest")) {
            int before = texts.size();
            for (Part child : part.children()) {
                collect(child);
                if (texts.size() > before) {
                    return;
                }
            }
        }
    }

    private void alternatives(Part part) {
        var found = new LinkTargets(new ArrayList<>(), new ArrayList<>());
        List<Part> rarer = new ArrayList<>();
        for (Part child : part.children()) {
            var inside = of(child);
            found.texts.addAll(inside.texts);
            found.leftOut.addAll(inside.leftOut);
            if (inside.texts.isEmpty() && isRarer(child)) {
                rarer.add(child);
            } else if (inside.texts.isEmpty() && isClosed(child)) {
                return;   // beside what must not be touched the block stands outside of all alternatives
            }
        }
        if (!found.texts.isEmpty()) {
            texts.addAll(found.texts);
            leftOut.addAll(found.leftOut);
            leftOut.addAll(rarer);
        }
    }

    private static boolean takesBlock(Part part) {
        TextBody text = part.text();
        return part.kind() == PartKind.TEXT && text != null && !text.fixed();
    }

    /** text/enriched, AMP and the like: another alternative says the same. */
    private static boolean isRarer(Part part) {
        return part.kind() == PartKind.TEXT && !part.type().equals("text/plain") && !part.type().equals("text/html");
    }

    private static boolean isClosed(Part part) {
        return part.walk().anyMatch(p -> p.kind() == PartKind.TEXT || p.kind() == PartKind.SIGNED || p.kind() == PartKind.ENCRYPTED);
    }
}
