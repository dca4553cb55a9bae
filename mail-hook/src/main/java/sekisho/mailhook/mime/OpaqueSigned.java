package sekisho.mailhook.mime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.header.HeaderBlock;
import sekisho.mailhook.mime.names.DeclaredNames;

/**
 * What is inside an opaque signed message (RFC 8551 §3.5.2), or a signed document: anybody can read it, so its files are found and looked at as those of
 * any message. They stay with it; of what becomes an attachment they are only scanned. All of it is scanned as it is as well, unless it is the message
 * itself, begins as programs begin one, and can be read to its end: that which a reader might make of it otherwise the scanner has read, too. A
 * document may be signed more than once, without a message in between.
 */
final class OpaqueSigned implements SplitSink {

    /** Signed inside signed: two or three happen when it is encrypted in between (RFC 8551 §1.1). */
    static final int MOST_NESTED = 8;
    private static final String WHERE = "inside a signed message: ";
    /** Who writes octet by octet, each an element, makes no more work than others. */
    private static final int PIECE = 8 << 10;
    /** How CMS begins, and little else that is signed. */
    private static final byte SEQUENCE = 0x30;

    private final Assembly assembly;
    private final SplitRules rules;
    private final int depth;
    private final boolean scanOnly;
    private final boolean asMessage;
    private final ContentFacts part;
    private final String nameInside;
    private final CmsShape shape = new CmsShape(this::inside);
    private @Nullable MessageSplitter splitter;   // until it is settled
    private final List<SignedFind> finds = new ArrayList<>();
    private final Map<Integer, SignedFind> byIndex = new HashMap<>();
    private byte[] piece = new byte[0];
    private int pieceLength;
    private @Nullable SignedFind content;
    private @Nullable OpaqueSigned again;
    private boolean tooMany;
    private boolean tooMuch;
    private boolean tooDeep;
    private boolean ended;
    private boolean settled;
    private boolean beginsAsEntity;
    private boolean isEntity;
    private @Nullable MessageFacts facts;
    private @Nullable Refusal refusal;

    /**
     * @param assembly  whose finds these are
     * @param depth     how many are inside each other, this one included
     * @param scanOnly  whether it is in a message that is attached to that of the assembly
     * @param asMessage whether it may be the whole message
     * @param name      of the part, safe to show
     */
    OpaqueSigned(Assembly assembly, SplitRules rules, int depth, boolean scanOnly, boolean asMessage, ContentFacts part, String name) {
        this.assembly = assembly;
        this.rules = rules;
        this.depth = depth;
        this.scanOnly = scanOnly;
        this.asMessage = asMessage;
        this.part = part;
        this.nameInside = WhatStays.nameInside(name);
        this.splitter = MessageSplitter.ofSigned(rules, this, depth, assembly.signedWork());
    }

    void accept(byte[] octets, int offset, int length) throws IOException {
        if (depth == 1) {
            assembly.signedWork().given(length);
        }
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
        tooDeep = depth > MOST_NESTED;
        tooMuch |= !assembly.signedWork().hasRoom(length);
        if (tooDeep || tooMuch || tooMany) {
            return;   // it is refused
        }
        if (content == null) {
            content = begin(new AttachmentHead(assembly.nextIndex(), DeclaredNames.UNKNOWN_TYPE, nameInside, true, true));
            again = octets[offset] == SEQUENCE ? new OpaqueSigned(assembly, rules, depth + 1, true, false, part, nameInside) : null;
        }
        content.write(octets, offset, length);
        if (again != null) {
            again.accept(octets, offset, length);
        }
        splitter().feed(octets, offset, length);
    }

    private MessageSplitter splitter() {
        return Objects.requireNonNull(splitter);
    }

    /** All of it was seen. */
    void end() throws IOException {
        if (ended) {
            return;
        }
        ended = true;
        flush();
        piece = new byte[0];
        if (tooDeep) {
            refusal = tooDeep();
        } else if (tooMuch) {
            refusal = Refusal.beyond("signed messages inside each other that can be read in too many ways");
        }
        if (content == null) {
            return;
        }
        SplitResult result = splitter().end();
        if (tooMuch) {
            content.ended();
            return;
        }
        switch (result) {
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
        content.ended();
        HeaderBlock header = splitter().topHeader();
        isEntity = header != null && isEntity(header);
        beginsAsEntity = header != null && beginsAsEntity(header);
        tooMany |= !isEntity && !assembly.hasRoomForSigned();
        if (tooMany) {
            refusal = Refusal.beyond("more than " + Assembly.MOST_SIGNED_FINDS + " parts in signed messages");
        }
    }

    static Refusal tooDeep() {
        return Refusal.beyond("more than " + MOST_NESTED + " signed messages inside each other");
    }

    /** Whether a field about the content comes first, as programs write it in what they sign (RFC 8551 §3.1). */
    private static boolean beginsAsEntity(HeaderBlock header) {
        return !header.fields().isEmpty() && header.fields().getFirst().start() == 0 && WhatStays.isAboutContent(header.fields().getFirst());
    }

    /** Whether it has a header that says what the content is, or an empty one; a document has none. */
    private static boolean isEntity(HeaderBlock header) {
        int to = header.firstMalformed() < 0 ? Integer.MAX_VALUE : header.firstMalformed();
        return header.fields().stream().anyMatch(field -> field.start() < to && WhatStays.isAboutContent(field)) || header.closed() && header.fieldsEnd() == 0;
    }

    private void found(AttachmentFact fact, boolean file, boolean covered) {
        var find = byIndex.get(fact.index());
        if (find != null) {
            find.is(fact, file, covered);
        }
    }

    /** Whether what is inside is no message, or one that nobody can tell apart, nor a receipt. */
    private boolean isNoMail() {
        return refusal != null && !refusal.isFinal() && !shape.isReceipt();
    }

    /** Whether it is a file, and not a message that is signed. */
    boolean isFile() {
        return isNoMail() || content != null && WhatStays.isNamedAsDocument(part) && !beginsAsEntity && !shape.isReceipt();
    }

    /** Whether it is the message itself, of which all parts are looked at. */
    private boolean isMessage() {
        return asMessage && isUsual();
    }

    /** Whether it is a message as programs sign them, and not a document. */
    boolean isUsual() {
        return beginsAsEntity && !WhatStays.isNamedAsDocument(part) && refusal == null;
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
        if (content != null && asMessage && !isEntity) {
            content.asFile();   // a text without a header may be one as well
        }
        showAgain();
        settle(find -> find == content || find.isKnown());
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
        showAgain();
        settle(SignedFind::show);
    }

    private void showAgain() throws IOException, Refusal {
        if (again != null) {
            again.show();
        }
    }

    void withdraw() throws IOException {
        if (again != null) {
            again.withdraw();
        }
        settle(_ -> false);
    }

    private void settle(Predicate<SignedFind> stays) throws IOException {
        if (settled) {
            return;
        }
        settled = true;
        boolean asItIs = content != null && !isMessage() && stays.test(content);
        SignedFind whole = asItIs ? content : null;
        splitter = null;
        for (SignedFind find : finds) {
            find.settle(find == content ? asItIs : stays.test(find) && (whole == null || !find.isSameAs(whole)));
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
        var find = begin(new AttachmentHead(assembly.nextIndex(), head.type(), head.name(), true, head.late() || scanOnly));
        byIndex.put(head.index(), find);
        return find;
    }

    private SignedFind begin(AttachmentHead head) throws IOException {
        var find = new SignedFind(head, assembly.open(head));
        finds.add(find);
        assembly.add(find);
        return find;
    }
}
