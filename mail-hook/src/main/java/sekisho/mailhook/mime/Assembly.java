package sekisho.mailhook.mime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

import sekisho.gateway.files.FileNames;
import sekisho.mailhook.mime.codec.TransferEncoding;
import sekisho.mailhook.mime.header.HeaderBlock;
import sekisho.mailhook.mime.names.DeclaredNames;

/**
 * Builds the tree of parts from what the scanner finds, and decides for each part whether it stays. Parts inside a
 * multipart/signed or multipart/encrypted, and a few others, are decided only when all of it has been seen.
 */
final class Assembly {

    private static final int MAX_PENDING = 100;
    private static final ContentFacts ASIDE = ContentFacts.of(HeaderBlock.parse(new byte[0], 0), "text/plain");

    /** A multipart that is open. */
    private static final class Level {
        final Node node;
        final int pendingBefore;
        boolean delimited;
        long closeFrom = -1;   // the delimiter that closed it, when it is closed
        long closeTo;

        Level(Node node, int pendingBefore) {
            this.node = node;
            this.pendingBefore = pendingBefore;
        }
    }

    private final SplitLimits limits;
    private final SplitSink sink;
    private final boolean keepAttachments;
    private final Spooler spooler;
    private final Delimiters delimiters;
    private final List<Level> levels = new ArrayList<>();
    private final List<Taken> taken = new ArrayList<>();
    private final List<Taken> pending = new ArrayList<>();
    private final Set<String> references = new HashSet<>();
    private final StringBuilder text = new StringBuilder();
    private @Nullable Node root;
    private @Nullable HeaderBlock topHeader;
    private @Nullable String textCharset;
    private Content content = new Nothing();
    private int parts;
    private long shownImageOctets;

    Assembly(SplitLimits limits, SplitSink sink, boolean keepAttachments, Delimiters delimiters) {
        this.limits = limits;
        this.sink = sink;
        this.keepAttachments = keepAttachments;
        this.spooler = new Spooler(sink);
        this.delimiters = delimiters;
    }

    Spooler spooler() {
        return spooler;
    }

    Content content() {
        return content;
    }

    /** The type of a part that doesn't declare one (RFC 2046 §5.1.5). */
    String defaultType() {
        return !levels.isEmpty() && levels.getLast().node.type.equals("multipart/digest") ? "message/rfc822" : "text/plain";
    }

    /**
     * A header has been read.
     *
     * @param start where the delimiter in front of it begins in the spool
     */
    void header(byte[] octets, int length, HeaderBlock header, ContentFacts facts, long start) throws IOException, Refusal {
        if (++parts > limits.parts()) {
            throw Refusal.malformed("more than " + limits.parts() + " parts");
        }
        if (facts.refusal() != null) {
            throw Refusal.malformed(facts.refusal());
        }
        if (facts.type().equals("message/partial") || facts.type().equals("message/external-body")) {
            throw new Refusal(Refusal.FORBIDDEN, facts.type() + " is not relayed");
        }
        long from = spooler.position();
        spooler.write(octets, 0, length);
        boolean multipart = facts.isMultipart() && facts.boundary() != null;
        var node = new Node(multipart ? PartKind.MULTIPART : PartKind.ATTACHMENT, facts.type(), start, from, spooler.position());
        if (root == null) {
            root = node;
            topHeader = header;
        } else {
            levels.getLast().node.children.add(node);
        }
        content = multipart ? enter(node, facts) : leaf(node, facts);
    }

    private Content enter(Node node, ContentFacts facts) throws Refusal {
        if (levels.size() >= limits.nesting()) {
            throw Refusal.malformed("multiparts nested more than " + limits.nesting() + " deep");
        }
        String boundary = java.util.Objects.requireNonNull(facts.boundary());
        if (delimiters.clashes(boundary)) {
            throw Refusal.malformed("multipart boundaries that can be mistaken for each other");
        }
        node.boundary = boundary;
        delimiters.push(boundary);
        levels.add(new Level(node, pending.size()));
        return new AsideContent(node, this);
    }

    private Content leaf(Node node, ContentFacts facts) throws IOException, Refusal {
        if (facts.isPlainBody()) {
            node.kind = PartKind.TEXT;
            CidScanner cids = facts.type().equals("text/html") ? new CidScanner(references) : null;
            return new TextContent(node, facts, this, cids);
        }
        return take(node, facts, candidate(facts));
    }

    private Taken.Candidate candidate(ContentFacts facts) {
        String type = facts.type();
        if (levels.isEmpty()) {
            return type.equals("application/pkcs7-mime") || type.equals("application/x-pkcs7-mime")
                    ? Taken.Candidate.CMS : Taken.Candidate.NONE;
        }
        if (facts.detached()) {
            return Taken.Candidate.NONE;
        }
        if (type.equals("text/calendar") && facts.method() != null) {
            return Taken.Candidate.CALENDAR;
        }
        if (type.startsWith("image/") && !type.startsWith("image/svg") && facts.contentId() != null) {
            return Taken.Candidate.IMAGE;
        }
        return isPartOfReport(type) ? Taken.Candidate.REPORT : Taken.Candidate.NONE;
    }

    /** Only the message itself can be a report, and only behind its machine part may the returned message stand. */
    private boolean isPartOfReport(String type) {
        Node parent = levels.getLast().node;
        if (levels.size() != 1 || !parent.type.equals("multipart/report")) {
            return false;
        }
        return switch (type) {
            case "message/delivery-status", "message/global-delivery-status", "message/disposition-notification",
                 "message/global-disposition-notification", "message/feedback-report" -> true;
            case "message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers" ->
                    parent.children.stream().anyMatch(c -> c.kind == PartKind.REPORT)
                            && parent.children.stream().noneMatch(c -> c.type.equals(type) && c.kind == PartKind.REPORT);
            default -> false;
        };
    }

    Taken take(Node node, ContentFacts facts, Taken.Candidate candidate) throws IOException, Refusal {
        boolean sealed = levels.stream().anyMatch(level -> isSealed(level.node));
        boolean crowded = pending.stream().filter(part -> !part.isSettled()).count() >= MAX_PENDING;
        if (crowded && sealed) {
            throw Refusal.malformed("more than " + MAX_PENDING + " parts in a signed or encrypted message");
        }
        Taken.Candidate kept = crowded ? Taken.Candidate.NONE : candidate;
        String name = facts.shownName().orElse(DeclaredNames.invented(facts.type()));
        boolean undecided = sealed || kept != Taken.Candidate.NONE;
        AttachmentSink out = sink.open(new AttachmentHead(taken.size(), facts.type(), name, undecided));
        var part = new Taken(taken.size(), node, facts, name, out, this, kept, sealed, keepAttachments);
        taken.add(part);
        node.taken = part;
        if (undecided) {
            pending.add(part);
        }
        return part;
    }

    Taken takeAside(Node multipart) throws IOException, Refusal {
        var node = new Node(PartKind.ATTACHMENT, "text/plain", spooler.position(), spooler.position(), spooler.position());
        multipart.children.add(node);
        return take(node, ASIDE, Taken.Candidate.NONE);
    }

    void asideEnded(Node multipart) {
        multipart.children.getLast().bodyTo = spooler.position();
    }

    private static boolean isSealed(Node node) {
        return node.type.equals("multipart/signed") || node.type.equals("multipart/encrypted");
    }

    /** A delimiter line of the given level; the parts inside of it are over. */
    void delimiter(int level, boolean close, byte[] octets, int offset, int length) throws IOException, Refusal {
        Level multipart = levels.get(level);
        if (close && multipart.closeFrom >= 0) {
            content.accept(octets, offset, length);   // closed already: a remark behind the end
            return;
        }
        multipart.delimited |= !close;
        boolean reopened = multipart.closeFrom >= 0 && !close;
        if (reopened && levels.size() == level + 1 && content instanceof AsideContent between) {
            between.suspect();
        }
        endContent();
        leaveUntil(level + 1);
        if (reopened) {
            stray(multipart);
        }
        long from = spooler.position();
        spooler.write(octets, offset, length);
        multipart.closeFrom = close ? from : -1;
        multipart.closeTo = spooler.position();
        content = close ? new AsideContent(multipart.node, this) : new Nothing();
    }

    /** The multipart goes on after it was closed: a rewritten one must not, so that every reader sees what is left. */
    private void stray(Level multipart) {
        List<Node> children = multipart.node.children;
        boolean taken = !children.isEmpty() && children.getLast().start >= multipart.closeTo;
        var node = new Node(PartKind.STRAY, "text/plain", multipart.closeFrom, multipart.closeTo, multipart.closeTo);
        node.bodyTo = taken ? multipart.closeTo : spooler.position();
        children.add(taken ? children.size() - 1 : children.size(), node);
    }

    private void endContent() throws IOException, Refusal {
        if (content instanceof AsideContent aside && !levels.getLast().delimited) {
            aside.suspect();
        }
        content.end();
        if (content instanceof AsideContent || root == null) {
            return;
        }
        Node node = levels.isEmpty() ? root : levels.getLast().node.children.isEmpty() ? null : levels.getLast().node.children.getLast();
        if (node != null && !(content instanceof Nothing)) {
            node.bodyTo = spooler.position();
        }
    }

    private void leaveUntil(int size) throws IOException {
        while (levels.size() > size) {
            Level level = levels.removeLast();
            level.node.bodyTo = spooler.position();
            if (isSealed(level.node)) {
                decideSealed(level);
            }
        }
        delimiters.truncate(size);
    }

    private void decideSealed(Level level) throws IOException {
        List<Taken> inside = pending.subList(level.pendingBefore, pending.size());
        PartKind kind = SealedShape.of(level.node);
        if (kind != PartKind.MULTIPART) {
            level.node.kind = kind;
            for (Taken part : inside) {
                part.withdraw();
            }
            inside.clear();
        } else if (levels.stream().noneMatch(outer -> isSealed(outer.node))) {
            for (Taken part : inside) {
                if (part.candidate() != Taken.Candidate.IMAGE) {
                    part.finish();
                }
            }
            inside.removeIf(part -> !part.isPending());
        }
    }

    /** An image has ended that may stay: now if the HTML body came before it, else at the end of the message. */
    void showImage(Taken image) throws IOException {
        String id = image.contentId();
        if (id != null && references.contains(CidScanner.key(id))
                && shownImageOctets + image.octets() <= limits.inlineImagesOctets()) {
            shownImageOctets += image.octets();
            image.stay(PartKind.INLINE_IMAGE);
        }
    }

    long cap(Taken.Candidate candidate) {
        return switch (candidate) {
            case IMAGE -> limits.inlineImageOctets();
            case CALENDAR, REPORT -> limits.keptPartOctets();
            case NONE, CMS -> Long.MAX_VALUE;
        };
    }

    void textSeen(String sample, @Nullable String charset) {
        if (text.length() < 8192) {
            text.append(sample);
        }
        if (textCharset == null) {
            textCharset = charset;
        }
    }

    String text() {
        return text.toString();
    }

    /** The message is over. */
    Layout end() throws IOException, Refusal {
        endContent();
        leaveUntil(0);
        for (Taken part : pending) {
            if (part.isPending()) {
                showImage(part);
                part.finish();
            }
        }
        var names = new FileNames();
        List<AttachmentFact> facts = new ArrayList<>();
        for (Taken part : taken) {
            if (part.isFinished()) {
                facts.add(fact(part, names));
            }
        }
        Node top = java.util.Objects.requireNonNull(root);
        Part frozen = top.freeze();
        boolean signed = frozen.walk().anyMatch(p -> p.kind() == PartKind.SIGNED);
        boolean encrypted = frozen.walk().anyMatch(p -> p.kind() == PartKind.ENCRYPTED);
        var message = TopHeader.facts(java.util.Objects.requireNonNull(topHeader), text.toString(), textCharset, signed, encrypted);
        return new Layout(spooler.position(), keepAttachments, message, frozen, facts);
    }

    private static AttachmentFact fact(Taken part, FileNames names) {
        ContentFacts facts = part.facts();
        String name = part.name();
        boolean message = facts.type().equals("message/rfc822") || facts.type().equals("message/global");
        if (message && facts.shownName().isEmpty()) {
            byte[] head = part.head();
            String subject = DeclaredNames.safe(TopHeader.subject(HeaderBlock.parse(head, head.length)));
            name = subject.isEmpty() ? name : DeclaredNames.safe(subject + ".eml");
        }
        List<String> others = facts.named().stream().filter(n -> !n.equals(part.name())).toList();
        return new AttachmentFact(part.index(), names.unique(name), others, facts.type(), part.octets());
    }

    /** Between a delimiter and the end of the header behind it. */
    private static final class Nothing implements Content {
        @Override public void accept(byte[] octets, int offset, int length) {
        }

        @Override public void end() {
        }

        @Override public boolean stays() {
            return true;
        }
    }
}
