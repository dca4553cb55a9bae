package sekisho.mailhook.mime.rewrite;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.Part;
import sekisho.mailhook.mime.PartKind;
import sekisho.mailhook.mime.TextBody;
import sekisho.mailhook.mime.header.Parameters;

/**
 * The texts that the link block goes into: the first one shown, in every alternative that it comes in. Whichever alternative a reader
 * shows, it has the block. Of a multipart/related the part that it names as its start is shown, or else the first.
 *
 * @param texts   in stream order; empty when no text can take the block, and it needs a part of its own
 * @param leftOut alternatives of a rarer sort, which can't take the block and would be shown in place of those that have it
 */
record LinkTargets(List<Part> texts, List<Part> leftOut) {

    static LinkTargets of(Part root, Spool spool) throws IOException {
        var targets = new LinkTargets(new ArrayList<>(), new ArrayList<>());
        targets.collect(root, spool);
        return targets;
    }

    private void collect(Part part, Spool spool) throws IOException {
        if (takesBlock(part, spool)) {
            texts.add(part);
        } else if (part.kind() == PartKind.MULTIPART && part.type().equals("multipart/alternative")) {
            alternatives(part, spool);
        } else if (part.kind() == PartKind.MULTIPART && !part.type().equals("multipart/digest")) {
            boolean related = part.type().equals("multipart/related");
            Part start = related ? start(part, spool) : null;
            int before = texts.size();
            for (Part child : start == null ? part.children() : List.of(start)) {
                collect(child, spool);
                if (texts.size() > before || related && isClosed(child)) {
                    return;   // behind the first of a related nothing is shown by itself
                }
            }
        }
    }

    /** The part that is shown, wherever it stands: the others are shown inside of it alone, or nowhere (RFC 2387 §3.2). Null when nothing is left of it. */
    private static @Nullable Part start(Part related, Spool spool) throws IOException {
        String start = Rewriter.header(spool, related).first("content-type").map(type -> Parameters.parse(type).get("start")).orElse(null);
        if (start == null || id(start).isEmpty()) {
            return null;
        }
        for (Part child : related.children()) {
            if (Rewriter.header(spool, child).first("content-id").filter(id -> id(id).equals(id(start))).isPresent()) {
                return child.remains() ? child : null;
            }
        }
        return null;
    }

    /** Some senders leave out the brackets. */
    private static String id(String written) {
        String id = written.strip();
        return id.startsWith("<") && id.endsWith(">") ? id.substring(1, id.length() - 1).strip() : id;
    }

    private void alternatives(Part part, Spool spool) throws IOException {
        var found = new LinkTargets(new ArrayList<>(), new ArrayList<>());
        List<Part> rarer = new ArrayList<>();
        for (Part child : part.children()) {
            var inside = of(child, spool);
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

    private static boolean takesBlock(Part part, Spool spool) throws IOException {
        TextBody text = part.text();
        return part.kind() == PartKind.TEXT && text != null && !text.fixed() && new TextReader(spool, part, text).takesBlock();
    }

    /** text/enriched, AMP and the like: another alternative says the same. */
    private static boolean isRarer(Part part) {
        return part.kind() == PartKind.TEXT && !part.type().equals("text/plain") && !part.type().equals("text/html");
    }

    private static boolean isClosed(Part part) {
        return part.walk().anyMatch(p -> p.kind() == PartKind.TEXT || p.kind() == PartKind.SIGNED || p.kind() == PartKind.ENCRYPTED);
    }
}
