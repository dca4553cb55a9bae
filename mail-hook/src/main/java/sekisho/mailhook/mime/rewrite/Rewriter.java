package sekisho.mailhook.mime.rewrite;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import sekisho.mailhook.mime.Layout;
import sekisho.mailhook.mime.Part;
import sekisho.mailhook.mime.PartKind;
import sekisho.mailhook.mime.Range;
import sekisho.mailhook.mime.header.HeaderBlock;

/**
 * Writes a message out of its spool: as it came, with a link in place of its attachments, or with one in place of itself. All ways are lists
 * of splices: what no splice touches is copied octet for octet, so a part that stays is bit-identical.
 */
public final class Rewriter {

    private final Layout layout;
    private final Spool spool;
    private final Set<Part> shortened;   // texts that files were cut out of

    public Rewriter(Layout layout, Spool spool) {
        this(layout, spool, Set.of());
    }

    private Rewriter(Layout layout, Spool spool, Set<Part> shortened) {
        this.layout = layout;
        this.spool = spool;
        this.shortened = shortened;
    }

    /**
     * Writes the message as it came, but for the edits of its header.
     *
     * @throws IllegalStateException when the spool lacks the attachments
     */
    public void writeOriginal(HeaderEdits edits, OutputStream out) throws IOException {
        if (layout.hasAttachments() && !layout.keepsAttachments()) {
            throw new IllegalStateException("the spool of this message doesn't hold its attachments");
        }
        Splices splices = new Splices();
        TopHeaderSplices.asItCame(top(), edits).forEach(splices::add);
        splices.write(spool, layout.spoolOctets(), out);
    }

    /**
     * Writes the message without its attachments and with the block in its texts. A message without attachments is
     * written as it came.
     */
    public void writeLinked(LinkBlock block, HeaderEdits edits, OutputStream out) throws IOException {
        if (!layout.hasAttachments()) {
            writeOriginal(edits, out);
            return;
        }
        if (!layout.cuts().isEmpty()) {
            new Rewriter(layout.withoutCuts(), new CutSpool(spool, layout.cuts()), layout.shortened()).writeLinked(block, edits, out);
            return;
        }
        Splices splices = new Splices();
        Part root = layout.root();
        HeaderBlock top = top();
        TopHeaderSplices.linked(top, layout, edits, !root.remains()).forEach(splices::add);
        if (!root.remains()) {
            replaceBody(splices, top, root.body().to(), new OwnPart(block));
        } else {
            LinkTargets targets = LinkTargets.of(root, spool);
            leaveOut(root, targets, splices);
            if (targets.texts().isEmpty()) {
                addPart(splices, top, new OwnPart(block));
            }
            List<String> boundaries = root.walk().flatMap(part -> Stream.ofNullable(part.boundary())).toList();
            for (Part text : targets.texts()) {
                new TextSplice(spool, text, block, boundaries).addTo(splices);
            }
        }
        splices.write(spool, layout.spoolOctets(), out);
    }

    /**
     * Writes what is sent in place of the message to whoever gets that as a file: its header, but for what it says of the content and its signatures, and
     * the block alone.
     */
    public void writeWhole(LinkBlock block, HeaderEdits edits, OutputStream out) throws IOException {
        Splices splices = new Splices();
        HeaderBlock top = top();
        TopHeaderSplices.linked(top, layout, edits, true).forEach(splices::add);
        replaceBody(splices, top, layout.spoolOctets(), new OwnPart(block));
        splices.write(spool, layout.spoolOctets(), out);
    }

    private HeaderBlock top() throws IOException {
        return header(spool, layout.root());
    }

    static HeaderBlock header(Spool spool, Part part) throws IOException {
        Range range = part.header();
        try (InputStream in = spool.read(range.from(), range.length())) {
            byte[] octets = in.readAllBytes();
            return HeaderBlock.parse(octets, octets.length);
        }
    }

    private void leaveOut(Part part, LinkTargets targets, Splices splices) throws IOException {
        if (needsEnd(part) && !getsEnd(part, targets)) {
            endHeader(part, splices);
        }
        for (Part child : part.children()) {
            if (child.remains() && !targets.leftOut().contains(child)) {
                leaveOut(child, targets, splices);
            } else if (part.kind() == PartKind.MESSAGE) {
                empty(child, splices);
            } else {
                splices.add(Splice.leaveOut(child));
            }
        }
    }

    /**
     * Whether something goes that may have ended the header, or hidden from it what stands behind: a file in a text, wherever in it, since a reader may pass
     * over the lines in front of it that are no fields; of a multipart any part, since a reader may take the next empty line for the header's end, and the
     * boundary line in front of it for a part of the header.
     */
    private boolean needsEnd(Part part) {
        return part.kind() == PartKind.MULTIPART || shortened.contains(part);
    }

    /** Whether the empty line comes together with the block: in a text, and of a message that stands inside of a multipart from now on. */
    private boolean getsEnd(Part part, LinkTargets targets) {
        return targets.texts().contains(part) || part == layout.root() && targets.texts().isEmpty() && !takesOneMore(part);
    }

    /** Without the empty line, what is left would be read as fields. */
    private void endHeader(Part part, Splices splices) throws IOException {
        HeaderBlock header = header(spool, part);
        if (!header.closed()) {
            splices.add(Splice.lines(part.body().from(), "\r\n"));
        }
    }

    /** Nothing is left of a message inside this one but who wrote it, when and about what. */
    private void empty(Part content, Splices splices) throws IOException {
        long from = content.header().from();
        HeaderBlock header = header(spool, content);
        ContentFields.withoutStrays(header, from).forEach(splices::add);
        for (HeaderBlock.Field field : header.fields()) {
            if (field.name().startsWith("content-")) {
                splices.add(Splice.leaveOut(from + field.start(), from + field.end()));
            }
        }
        splices.add(Splice.leaveOut(content.body().from(), content.body().to()));
    }

    /** Nothing of the message is left: it becomes the block alone. */
    private void replaceBody(Splices splices, HeaderBlock top, long to, OwnPart part) {
        splices.add(Splice.lines(top.fieldsEnd(), part.type() + version(top)));
        splices.add(new Splice(layout.root().body().from(), to, part::writeBody));
    }

    /** No text can take the block, so it gets a part of its own: in front of the others, or in a multipart around all. */
    private void addPart(Splices splices, HeaderBlock top, OwnPart part) {
        Part root = layout.root();
        if (takesOneMore(root)) {
            Part first = root.children().stream().filter(Part::remains).findFirst().orElseThrow();
            splices.add(new Splice(first.start(), first.start(), out -> {
                out.write(("\r\n--" + root.boundary() + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                part.write(out);
            }));
            return;
        }
        String boundary = part.boundary("mixed");
        var moved = new StringBuilder();
        for (HeaderBlock.Field field : top.fields()) {
            if (TopHeaderSplices.isAboutContent(field) && !ContentFields.MEASURES.contains(field.name())) {
                splices.add(Splice.leaveOut(field.start(), field.end()));
                moved.append(top.raw(field).substring(top.indent(field))).append(field.end() == top.fieldsEnd() ? top.lineEndMissing() : "");
            }
        }
        splices.add(Splice.lines(top.fieldsEnd(), "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\r\n" + version(top)));
        splices.add(new Splice(root.body().from(), root.body().from(), out -> {
            out.write(("--" + boundary + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            part.write(out);
            out.write(("\r\n--" + boundary + "\r\n" + moved + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        }));
        splices.add(Splice.insert(root.body().to(), "\r\n--" + boundary + "--\r\n"));
    }

    /** A report begins with a text for people (RFC 6522 §3); only as the message itself is it one, so nothing may go around it. */
    private static boolean takesOneMore(Part part) {
        return part.kind() == PartKind.MULTIPART && (part.type().equals("multipart/mixed") || part.type().equals("multipart/report")) && !part.children().isEmpty();
    }

    private static String version(HeaderBlock top) {
        return (top.first("mime-version").isPresent() ? "" : "MIME-Version: 1.0\r\n") + (top.closed() ? "" : "\r\n");
    }
}
