package sekisho.mailhook.mime.rewrite;

import java.util.List;

import sekisho.mailhook.mime.Part;
import sekisho.mailhook.mime.PartKind;
import sekisho.mailhook.mime.TextBody;

/** Finds the texts that the link block goes into: the first one shown, in every alternative that it comes in. */
final class LinkTargets {

    private LinkTargets() {
    }

    static void collect(Part part, List<Part> targets) {
        if (part.kind() == PartKind.TEXT) {
            TextBody text = part.text();
            if (text != null && !text.fixed()) {
                targets.add(part);
            }
            return;
        }
        if (part.kind() != PartKind.MULTIPART || part.type().equals("multipart/digest")) {
            return;
        }
        int before = targets.size();
        for (Part child : part.children()) {
            collect(child, targets);
            if (targets.size() > before && !part.type().equals("multipart/alternative")) {
                return;
            }
        }
    }
}
