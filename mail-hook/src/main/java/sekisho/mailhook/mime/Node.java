package sekisho.mailhook.mime;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part while it is being read. */
final class Node {

    final String type;
    final long start;
    final long headerFrom;
    final long headerTo;
    final List<Node> children = new ArrayList<>();
    PartKind kind;
    long bodyTo;
    @Nullable String boundary;
    @Nullable TextBody text;
    @Nullable Taken taken;

    Node(PartKind kind, String type, long start, long headerFrom, long headerTo) {
        this.kind = kind;
        this.type = type;
        this.start = start;
        this.headerFrom = headerFrom;
        this.headerTo = headerTo;
        this.bodyTo = headerTo;
    }

    /** What was found inside a signed or encrypted part is nobody's business once it is known to be one. */
    Part freeze() {
        List<Part> below = kind == PartKind.MULTIPART || kind == PartKind.MESSAGE ? children.stream().map(Node::freeze).toList() : List.of();
        int attachment = kind == PartKind.ATTACHMENT && taken != null ? taken.attachment() : -1;
        return new Part(kind, type, start, new Range(headerFrom, headerTo), new Range(headerTo, bodyTo), attachment,
                kind == PartKind.TEXT ? text : null, kind == PartKind.MULTIPART ? boundary : null, below);
    }
}
