package sekisho.mailhook.mime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

import sekisho.gateway.files.FileNames;
import sekisho.mailhook.mime.codec.EightBit;
import sekisho.mailhook.mime.header.HeaderBlock;
import sekisho.mailhook.mime.names.DeclaredNames;

/**
 * Builds the tree of parts from what the scanner finds, and decides for each part whether it stays. Parts inside a
 * multipart/signed or multipart/encrypted, and a few others, are decided only when all of it has been seen.
 */
final class Assembly {

    /** All messages that are attached have so many times the parts that each may have: somebody may pass on a whole folder of mail. */
    private static final int ATTACHED = 10;
    /** Of all signed messages in it: each waits with an open sink. */
    static final int MOST_SIGNED_FINDS = 100;
    private static final int MAX_PENDING = 100;
    /** Of each image that waits for the HTML behind a hundred others: so much of an attachment costs no file, connection or buffer of the store yet. */
    private static final int FURTHER_IMAGE_OCTETS = 16 << 10;
    /** What somebody sends as part of a report under their own address: the fields of a receipt are some hundred, and any may be among them. */
    private static final int SENT_REPORT_OCTETS = 8 << 10;
    /** The header that a receipt returns has passed many servers. */
    private static final int SENT_HEADER_OCTETS = 64 << 10;
    private static final ContentFacts ASIDE = ContentFacts.of(HeaderBlock.parse(new byte[0], 0), "text/plain");

    /** A multipart that is open. */
    private static final class Level {
        final Node node;
        final int pendingBefore;
        final List<Node> messages;   // that it is the content of
        boolean delimited;
        long closeFrom = -1;   // the delimiter that closed it, when it is closed
        long closeTo;

        Level(Node node, int pendingBefore, List<Node> messages) {
            this.node = node;
            this.messages = List.copyOf(messages);
            this.pendingBefore = pendingBefore;
        }
    }

    private final SplitLimits limits;
    private final SplitRules rules;
    private final @Nullable Assembly outer;
    private final int signed;
    private final SignedWork signedWork;
    private final SplitSink sink;
    private final boolean keepAttachments;
    private final Spooler spooler;
    private final Delimiters delimiters;
    private final List<Level> levels = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private final List<Taken> embedded = new ArrayList<>();
    private final List<Node> messages = new ArrayList<>();   // whose content comes next, outermost first
    private final List<ContentFacts> messageFacts = new ArrayList<>();
    private final List<Taken> pending = new ArrayList<>();
    private final List<OpaqueSigned> opaques = new ArrayList<>();
    private final ShownImages images;
    private final SeenText text = new SeenText();
    private @Nullable Node root;
    private @Nullable HeaderBlock topHeader;
    private Content content = new Nothing();
    private int parts;
    private long attachedParts;
    private int signedFinds;
    private boolean eightBitHeader;
    private int imageOctets;   // of the image that is being read, if it is to stay

    /**
     * @param outer    to which this is attached, null for none: all that is done then is to count, and to find for it what is inside signed messages
     * @param signed   inside how many opaque signed messages it is
     * @param signedWork of all that are in the message, and in what is around it
     */
    Assembly(SplitRules rules, SplitSink sink, boolean keepAttachments, @Nullable Assembly outer, int signed, SignedWork signedWork, Delimiters delimiters) {
        this.limits = rules.limits();
        this.rules = rules;
        this.outer = outer;
        this.signed = signed;
        this.signedWork = signedWork;
        this.sink = sink;
        this.keepAttachments = keepAttachments;
        this.images = new ShownImages(limits.inlineImagesOctets());
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
        return messages.isEmpty() && !levels.isEmpty() && levels.getLast().node.type.equals("multipart/digest") ? "message/rfc822" : "text/plain";
    }

    /**
     * A header has been read.
     *
     * @param start   where the delimiter in front of it begins in the spool
     * @param endless whether it ends where no header should
     * @return whether another header follows: that of a message inside this one
     */
    boolean header(byte[] octets, int length, HeaderBlock header, ContentFacts facts, long start, boolean endless) throws IOException, Refusal {
        countPart();
        eightBitHeader |= EightBit.isIn(octets, 0, length);
        if (facts.refusal() != null) {
            throw Refusal.malformed(facts.refusal());
        }
        if (facts.type().equals("message/partial") || facts.type().equals("message/external-body")) {
            throw new Refusal(Refusal.FORBIDDEN, facts.type() + " is not relayed");
        }
        Node around = messages.isEmpty() ? null : messages.getLast();
        if (around != null && outer == null && WhatStays.isSealedMessage(facts)) {
            around.kind = PartKind.ATTACHMENT;
            content = take(around, messageFacts.getLast(), Taken.Candidate.NONE);
            content.accept(octets, 0, length);
            messages.clear();
            messageFacts.clear();
            return false;
        }
        long from = spooler.position();
        spooler.write(octets, 0, length);
        boolean multipart = facts.isMultipart() && facts.boundary() != null;
        var node = new Node(multipart ? PartKind.MULTIPART : PartKind.ATTACHMENT, facts.type(), around == null ? start : from, from, spooler.position());
        if (root == null) {
            root = node;
            topHeader = header;
        } else {
            (around == null ? levels.getLast().node : around).children.add(node);
        }
        boolean asMessage = outer != null ? facts.isMessage() && facts.encoding().isIdentity()
                : rules.forwarded() == Forwarded.INSIDE && WhatStays.asMessage(facts, open(), root, rules.returnedStays());
        if (asMessage && !endless) {
            node.kind = PartKind.MESSAGE;
            if (nesting() >= limits.nesting()) {
                throw tooDeep();
            }
            messages.add(node);
            messageFacts.add(facts);
            content = new Nothing();
            return true;
        }
        content = multipart ? enter(node, facts) : leaf(node, facts);
        messages.clear();
        messageFacts.clear();
        return false;
    }

    boolean hasEightBitHeader() {
        return eightBitHeader;
    }

    /** A message that is taken out whole was looked into, and stands here as it is. */
    void contains(AttachedMessage message) {
        eightBitHeader |= message.hasEightBitHeader();
    }

    private void countPart() throws Refusal {
        if (!hasRoom()) {
            throw Refusal.beyond("more than " + (parts > limits.parts() ? limits.parts() : mostAttachedParts()) + " parts");
        }
    }

    private List<Node> open() {
        return levels.stream().map(level -> level.node).toList();
    }

    /** Multiparts and messages that are open inside each other. */
    private int nesting() {
        return levels.stream().mapToInt(level -> 1 + level.messages.size()).sum() + messages.size();
    }

    private Refusal tooDeep() {
        return Refusal.beyond("multiparts nested more than " + limits.nesting() + " deep");
    }

    private Content enter(Node node, ContentFacts facts) throws Refusal {
        if (nesting() >= limits.nesting()) {
            throw tooDeep();
        }
        String boundary = java.util.Objects.requireNonNull(facts.boundary());
        if (delimiters.clashes(boundary)) {
            throw Refusal.malformed("multipart boundaries that can be mistaken for each other");
        }
        node.boundary = boundary;
        delimiters.push(boundary);
        levels.add(new Level(node, pending.size(), messages));
        return new AsideContent(node, this);
    }

    private Content leaf(Node node, ContentFacts facts) throws IOException, Refusal {
        if (facts.isPlainBody()) {
            node.kind = PartKind.TEXT;
            return new TextContent(node, facts, this);
        }
        return take(node, facts, WhatStays.candidate(facts, open(), root, rules.returnedStays()));
    }

    Taken take(Node node, ContentFacts facts, Taken.Candidate candidate) throws IOException, Refusal {
        return take(node, facts, candidate, levels.stream().anyMatch(level -> WhatStays.isSealed(level.node)));
    }

    private Taken take(Node node, ContentFacts facts, Taken.Candidate candidate, boolean sealed) throws IOException, Refusal {
        boolean image = candidate == Taken.Candidate.IMAGE && !sealed;
        boolean many = pending.stream().filter(part -> part.isLooseImage() == image && !part.isSettled()).count() >= MAX_PENDING;
        boolean crowded = many && !image;   // of images there are no more than of parts
        imageOctets = many && image ? Math.min(FURTHER_IMAGE_OCTETS, limits.inlineImageOctets()) : limits.inlineImageOctets();
        if (crowded && sealed) {
            throw Refusal.malformed("more than " + MAX_PENDING + " parts in a signed or encrypted message");
        }
        Taken.Candidate kept = crowded || sealed && candidate == Taken.Candidate.TNEF ? Taken.Candidate.NONE : candidate;
        String name = facts.shownName().orElse(DeclaredNames.invented(facts.type()));
        boolean undecided = sealed || kept != Taken.Candidate.NONE;
        int index = nextIndex();
        boolean late = kept == Taken.Candidate.TNEF || kept == Taken.Candidate.TEXT || kept == Taken.Candidate.CMS || facts.maybeCms();
        AttachmentSink out = open(new AttachmentHead(index, facts.type(), name, undecided, late));
        var part = new Taken(index, node, facts, name, out, this, kept, sealed, keepAttachments);
        add(part);
        node.taken = part;
        if (undecided) {
            pending.add(part);
        }
        return part;
    }

    int nextIndex() {
        return findings.size();
    }

    AttachmentSink open(AttachmentHead head) throws IOException {
        return sink.open(head);
    }

    void add(Finding finding) {
        findings.add(finding);
    }

    /** Whether one more part may be found, or a file inside one, which counts as one. */
    boolean hasRoom() {
        return ++parts <= limits.parts() && (outer == null || ++outer.attachedParts <= mostAttachedParts());
    }

    private long mostAttachedParts() {
        return (long) ATTACHED * limits.parts();
    }

    /** As above, for something inside a signed message. */
    boolean hasRoomForSigned() {
        return ++signedFinds <= MOST_SIGNED_FINDS && hasRoom();
    }

    /** A file begins that stands in a text. @param signed whether it stays if a signature follows */
    Taken takeEmbedded(ContentFacts facts, boolean signed) throws IOException, Refusal {
        countPart();
        long at = spooler.position();
        var node = new Node(PartKind.ATTACHMENT, facts.type(), at, at, at);
        Taken file = signed ? take(node, facts, Taken.Candidate.NONE, true) : take(node, facts, Taken.Candidate.NONE);
        embedded.add(file);
        return file;
    }

    Taken takeAside(Node multipart) throws IOException, Refusal {
        var node = new Node(PartKind.ATTACHMENT, "text/plain", spooler.position(), spooler.position(), spooler.position());
        multipart.children.add(node);
        return take(node, ASIDE, Taken.Candidate.NONE);
    }

    void asideEnded(Node multipart) {
        multipart.children.getLast().bodyTo = spooler.position();
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
        if (!(content instanceof Nothing)) {
            while (node != null) {
                node.bodyTo = spooler.position();
                node = node.kind == PartKind.MESSAGE ? node.children.getLast() : null;
            }
        }
    }

    private void leaveUntil(int size) throws IOException, Refusal {
        while (levels.size() > size) {
            Level level = levels.removeLast();
            level.node.bodyTo = spooler.position();
            level.messages.forEach(message -> message.bodyTo = spooler.position());
            if (WhatStays.isSealed(level.node)) {
                decideSealed(level);
            }
        }
        delimiters.truncate(size);
    }

    private void decideSealed(Level level) throws IOException, Refusal {
        List<Taken> inside = pending.subList(level.pendingBefore, pending.size());
        Taken content = level.node.children.isEmpty() ? null : level.node.children.getFirst().taken;
        Taken signature = level.node.children.isEmpty() ? null : level.node.children.getLast().taken;
        PartKind kind = signature != null && WhatStays.isNamedAsSeal(signature.facts()) ? SealedShape.of(level.node) : PartKind.MULTIPART;
        if (kind != PartKind.MULTIPART) {
            level.node.kind = kind;
            text.sealed(kind);
            for (Taken part : inside) {
                showImage(part);
                if (part != signature && part.isEncrypted()) {
                    text.sealed(PartKind.ENCRYPTED);
                }
                boolean sealed = part == signature || part == content && (part.isEncrypted() && WhatStays.isCmsMessage(part.facts()) || part.isSignedMessage());
                part.stayAs(kind == PartKind.SIGNED && !sealed);
            }
            inside.clear();
        } else if (levels.stream().noneMatch(outer -> WhatStays.isSealed(outer.node))) {
            for (Taken part : inside) {
                if (part.candidate() != Taken.Candidate.IMAGE) {
                    part.finish();
                }
            }
            inside.removeIf(part -> !part.isPending());
        }
    }

    ShownImages images() {
        return images;
    }

    /** An image has ended that may stay: now if the HTML body came before it, else at the end of the message. */
    void showImage(Taken image) throws IOException, Refusal {
        if (image.isPending() && image.candidate() == Taken.Candidate.IMAGE && images.show(image.contentId(), image.octets())) {
            image.stay(PartKind.INLINE_IMAGE);
        }
    }

    /** What looks into a message that is taken out whole; null for anything else. */
    @Nullable AttachedMessage lookInto(ContentFacts facts) {
        return facts.isMessage() && outer == null ? new AttachedMessage(limits, this) : null;
    }

    SignedWork signedWork() {
        return signedWork;
    }

    /** Inside how many opaque signed messages it is. */
    int signed() {
        return signed;
    }

    /** What looks into a signed message or document, or at a signature; null for anything else. */
    @Nullable OpaqueSigned lookIntoSigned(ContentFacts facts, String name, Taken.Candidate candidate) throws Refusal {
        if (!facts.maybeCms()) {
            return null;
        }
        if (signed == OpaqueSigned.MOST_NESTED) {
            throw OpaqueSigned.tooDeep();
        }
        Assembly finder = outer == null ? this : outer;
        var opaque = new OpaqueSigned(finder, new SplitRules(finder.limits, Forwarded.WHOLE, false), signed + 1, outer != null, candidate == Taken.Candidate.CMS, facts, name);
        finder.opaques.add(opaque);
        return opaque;
    }

    /** How many octets may stay. */
    long cap(Taken.Candidate candidate, ContentFacts facts) {
        return switch (candidate) {
            case IMAGE -> imageOctets;
            case CALENDAR, TNEF -> limits.keptPartOctets();
            case REPORT -> rules.returnedStays() ? limits.keptPartOctets()
                    : Math.min(limits.keptPartOctets(), facts.type().endsWith("headers") ? SENT_HEADER_OCTETS : SENT_REPORT_OCTETS);
            case NONE, CMS, TEXT -> Long.MAX_VALUE;
        };
    }

    @Nullable HeaderBlock topHeader() {
        return topHeader;
    }

    SeenText text() {
        return text;
    }

    List<Staying> staying() {
        var names = new FileNames();
        return findings.stream().filter(Finding::isStaying).map(finding -> new Staying(finding.fact(names), finding.isFile(), finding.isCovered(), finding.isUnpacked(),
                finding.decodedFrom())).toList();
    }

    /** The message is over. */
    Layout end() throws IOException, Refusal {
        endContent();
        leaveUntil(0);
        for (Taken part : pending) {
            if (part.isPending() && part.candidate() != Taken.Candidate.TNEF) {
                showImage(part);
                part.finish();
            }
        }
        for (OpaqueSigned opaque : opaques) {
            opaque.show();   // what nobody has decided: it is in an attached message that is damaged
        }
        boolean attachments = findings.stream().anyMatch(Finding::isFinished);
        for (Taken part : pending) {
            part.decideWinmail(attachments);
        }
        var names = new FileNames();
        List<AttachmentFact> facts = findings.stream().filter(Finding::isFinished).map(finding -> finding.fact(names)).toList();
        List<Range> cuts = embedded.stream().filter(Taken::isFinished).map(Taken::place).toList();
        Node top = java.util.Objects.requireNonNull(root);
        Part frozen = top.freeze();
        var message = text.facts(java.util.Objects.requireNonNull(topHeader), frozen);
        return new Layout(spooler.position(), keepAttachments, message, frozen, facts, cuts);
    }

    /** Between a delimiter and the end of the header behind it. */
    private static final class Nothing implements Content {
        @Override public void accept(byte[] octets, int offset, int length) {
        }

        @Override public void end() {
        }

        @Override public boolean minds() {
            return true;
        }
    }
}
