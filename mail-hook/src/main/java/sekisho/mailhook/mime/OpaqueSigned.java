package sekisho.mailhook.mime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.names.DeclaredNames;

/**
 * What is inside an opaque signed message (RFC 8551 §3.5.2), or a signed document: anybody can read it, so its files are found and looked at as those of
 * any message. They stay with it; of what becomes an attachment they are only scanned. Content that doesn't begin like a message is also
 * scanned as it is.
 */
final class OpaqueSigned implements SplitSink {

    /** Signed inside signed: two or three happen when it is encrypted in between (RFC 8551 §1.1). */
    static final int MOST_NESTED = 8;
    private static final String WHERE = "inside a signed message: ";
    /** Who writes octet by octet, each an element, makes no more work than others. */
    private static final int PIECE = 8 << 10;
    private static final int CONTENT = -1;

    private final Assembly assembly;
    private final boolean scanOnly;
    private final AttachmentHead contentHead;
    private final CmsShape shape = new CmsShape(this::inside);
    private @Nullable MessageSplitter splitter;   // until it is settled
    private final List<SignedFind> finds = new ArrayList<>();
    private final Map<Integer, SignedFind> byIndex = new HashMap<>();
    private byte[] piece = new byte[0];
    private int pieceLength;
    private @Nullable SignedFind content;
    private boolean tooMany;
    private boolean begun;
    private boolean ended;
    private boolean settled;
    private @Nullable MessageFacts facts;
    private @Nullable Refusal refusal;

    /**
     * @param assembly whose finds these are
     * @param scanOnly whether it is in a message that is attached to that of the assembly
     * @param name     of the part
     */
    OpaqueSigned(Assembly assembly, SplitRules rules, int depth, boolean scanOnly, String name) {
        this.assembly = assembly;
        this.scanOnly = scanOnly;
        this.contentHead = new AttachmentHead(CONTENT, DeclaredNames.UNKNOWN_TYPE, WhatStays.nameInside(name), true, true);
        this.splitter = MessageSplitter.ofSigned(rules, this, depth);
    }

    void accept(byte[] octets, int offset, int length) throws IOException {
        shape.accept(octets, offset, length);
    }

    CmsShape shape() {
        return shape;
    }

    private void inside(byte[] octets, int offset, int length) throws IOException {
        if (pieceLength + length > PIECE) {
            flush();
        }
        if (length >= PIECE) {
            feed(octets, offset, length);
            return;
        }
        if (piece.length == 0) {
            piece = new byte[PIECE];
        }
        System.arraycopy(octets, offset, piece, pieceLength, length);
        pieceLength += length;
    }

    private void flush() throws IOException {
        int length = pieceLength;
        pieceLength = 0;
        if (length > 0) {
            feed(piece, 0, length);
        }
    }

    private void feed(byte[] octets, int offset, int length) throws IOException {
        if (!begun && !beginsLikeMail(octets, offset, length)) {
            content = open(contentHead);
            content.asWhole();
        }
        begun = true;
        if (content != null) {
            content.write(octets, offset, length);
        }
        splitter().feed(octets, offset, length);
    }

    private MessageSplitter splitter() {
        return Objects.requireNonNull(splitter);
    }

    /** Whether a field of a header comes first, or an empty line. */
    private static boolean beginsLikeMail(byte[] octets, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            boolean name = octets[i] >= '0' && octets[i] <= '9' || octets[i] >= 'A' && octets[i] <= 'Z' || octets[i] >= 'a' && octets[i] <= 'z' || octets[i] == '-';
            if (!name) {
                return i == offset ? octets[i] == '\r' || octets[i] == '\n' : octets[i] == ':';
            }
        }
        return false;
    }

    /** All of it was seen. */
    void end() throws IOException {
        if (ended) {
            return;
        }
        ended = true;
        flush();
        piece = new byte[0];
        if (!begun) {
            return;
        }
        switch (splitter().end()) {
            case SplitResult.Refused(var code, var reason) -> {
                String where = reason.startsWith(WHERE) ? reason : WHERE + reason;
                refusal = splitter().isBeyondLimits() ? Refusal.beyond(where) : new Refusal(code, where);
            }
            case SplitResult.Split(var layout) -> {
                facts = layout.facts();
                layout.attachments().forEach(fact -> found(fact, true, false));
                splitter().staying().forEach(part -> found(part.fact(), part.file(), part.covered()));
            }
        }
        if (content != null) {
            content.ended();
        }
        if (tooMany) {
            refusal = Refusal.beyond("more than " + Assembly.MOST_SIGNED_FINDS + " parts in signed messages");
        }
    }

    private void found(AttachmentFact fact, boolean file, boolean covered) {
        var find = byIndex.get(fact.index());
        if (find != null) {
            find.is(fact, file, covered);
        }
    }

    /** Whether what is inside is no message, or one that nobody can tell apart, nor a receipt: a file then, and not a message that is signed. */
    boolean isNoMail() {
        return refusal != null && !refusal.isFinal() && !shape.isReceipt();
    }

    /** It stays, and they with it. @throws Refusal what is inside mustn't be relayed */
    void stay() throws IOException, Refusal {
        if (scanOnly || isNoMail() || shape.isReceipt()) {
            show();
            return;
        }
        if (refusal != null) {
            throw refusal;
        }
        if (facts != null) {
            assembly.text().addInside(splitter().text(), facts);
        }
        settle(SignedFind::staysAsItIs);
    }

    /** It is an attachment, or part of one: they are scanned. @throws Refusal it is a bomb */
    void show() throws IOException, Refusal {
        if (settled) {
            return;
        }
        end();
        if (refusal != null && refusal.isBeyond()) {
            throw refusal;
        }
        settle(SignedFind::show);
    }

    void withdraw() throws IOException {
        settle(_ -> false);
    }

    private void settle(Predicate<SignedFind> stays) throws IOException {
        if (settled) {
            return;
        }
        settled = true;
        splitter = null;
        for (SignedFind find : finds) {
            find.settle(stays.test(find));
        }
    }

    @Override
    public void spool(byte[] octets, int offset, int length) {
        // the message around it has them
    }

    @Override
    public SignedFind open(AttachmentHead head) throws IOException {
        tooMany |= !assembly.hasRoomForSigned();
        if (tooMany) {
            return new SignedFind(head, null);
        }
        int index = assembly.nextIndex();
        var own = new AttachmentHead(index, head.type(), head.name(), true, head.late() || scanOnly);
        var find = new SignedFind(own, assembly.open(own));
        finds.add(find);
        byIndex.put(head.index(), find);
        assembly.add(find);
        return find;
    }
}
