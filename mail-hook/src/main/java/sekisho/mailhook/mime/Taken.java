package sekisho.mailhook.mime;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

import sekisho.gateway.files.FileNames;
import sekisho.mailhook.mime.codec.BodyDecoder;
import sekisho.mailhook.mime.codec.TransferEncoding;
import sekisho.mailhook.mime.header.HeaderBlock;
import sekisho.mailhook.mime.names.DeclaredNames;

/**
 * A part that is being taken out. As long as it is undecided its octets also go to the spool, so that it can stay where
 * it is; the sink then hears {@link AttachmentSink#stay}.
 */
final class Taken implements Content, Finding {

    /** What an undecided part becomes when it stays. */
    enum Candidate { NONE, IMAGE, CALENDAR, REPORT, CMS, TNEF, TEXT }

    private enum State { READING, ENDED, FINISHED, STAYS, WITHDRAWN }

    private static final int HEAD = 64;
    private static final int MESSAGE_HEAD = 8 * 1024;

    private final int index;
    private final Node node;
    private final ContentFacts facts;
    private final String name;
    private final AttachmentSink sink;
    private final Assembly assembly;
    private final boolean sealed;
    private final boolean spoolsAlways;
    private final @Nullable Winmail winmail;
    private final @Nullable AttachedMessage attached;
    private final @Nullable OpaqueSigned opaque;
    private final @Nullable PgpArmour pgp;
    // There may be a thousand parts, of which all are kept to the end of the message: what reads one is not.
    private @Nullable BodyDecoder decoder;
    private @Nullable ReportFields report;
    private @Nullable CalendarLines calendar;
    private @Nullable ImageEnd image;
    private @Nullable DecodedToo decodedToo;
    private boolean asLabelled;
    private boolean ambiguous;
    private byte[] head = new byte[HEAD];
    private int headLength;
    private String subject = "";   // of the message that it is
    private Candidate candidate;
    private State state = State.READING;
    private boolean unpacked;
    private boolean file;
    private long octets;

    Taken(int index, Node node, ContentFacts facts, String name, AttachmentSink sink, Assembly assembly, Candidate candidate,
          boolean sealed, boolean keep) throws Refusal {
        this.index = index;
        this.node = node;
        this.facts = facts;
        this.name = name;
        this.sink = sink;
        this.assembly = assembly;
        this.sealed = sealed;
        this.spoolsAlways = sealed || keep;
        this.winmail = candidate == Candidate.TNEF ? new Winmail(assembly) : null;
        this.report = candidate == Candidate.REPORT ? new ReportFields(facts.type()) : null;
        this.calendar = candidate == Candidate.CALENDAR ? new CalendarLines(facts.charset()) : null;
        this.image = candidate == Candidate.IMAGE ? new ImageEnd() : null;
        this.attached = assembly.lookInto(facts);
        this.opaque = assembly.lookIntoSigned(facts, name, candidate);
        this.candidate = candidate == Candidate.CMS && opaque == null ? Candidate.NONE : candidate;
        this.pgp = sealed ? new PgpArmour(pgpLabel(facts)) : null;
        this.decoder = BodyDecoder.ofFile(facts.encoding(), this::decoded);
    }

    @Override
    public void accept(byte[] b, int off, int len) throws IOException {
        pass(b, off, len);
        read(b, off, len);
    }

    /** The octets go to the spool, if that is their place. */
    void pass(byte[] b, int off, int len) throws IOException {
        if (spoolsAlways || state == State.WITHDRAWN || candidate != Candidate.NONE) {
            assembly.spooler().write(b, off, len);
        }
    }

    /** The octets are decoded and go to the sink. */
    void read(byte[] b, int off, int len) throws IOException {
        if (state == State.READING) {
            decoder().decode(b, off, len);
        }
    }

    private BodyDecoder decoder() {
        return Objects.requireNonNull(decoder);
    }

    private void decoded(byte[] b, int off, int len) throws IOException {
        if (state == State.WITHDRAWN || len == 0) {
            return;
        }
        remember(b, off, len);
        octets += len;
        sink.write(b, off, len);
        if (facts.encoding() == TransferEncoding.BASE64 && !decoder().isAsLabelled()) {
            decodedToo(b, off, len);
        }
        if (winmail != null) {
            winmail.accept(b, off, len);
        }
        if (report != null && candidate == Candidate.REPORT) {
            report.accept(b, off, len);
        }
        if (image != null && candidate == Candidate.IMAGE) {
            image.accept(b, off, len);
        }
        if (calendar != null && candidate == Candidate.CALENDAR) {
            calendar.accept(b, off, len);
        }
        if (attached != null) {
            attached.accept(b, off, len);
        }
        if (pgp != null) {
            pgp.accept(b, off, len);
        }
        if (opaque != null) {
            opaque.accept(b, off, len);
        }
        if (candidate == Candidate.CMS && opaque != null && opaque.shape().isWrong()) {
            candidate = Candidate.NONE;   // no more of it goes to the spool
        } else if (candidate != Candidate.NONE && octets > assembly.cap(candidate, facts)) {
            candidate = Candidate.NONE;
        }
    }

    /** The beginning is asked for: of a message its header, which has the subject. */
    private void remember(byte[] b, int off, int len) {
        int n = Math.min(len, (facts.isMessage() ? MESSAGE_HEAD : HEAD) - headLength);
        if (n > head.length - headLength) {
            head = Arrays.copyOf(head, MESSAGE_HEAD);
        }
        System.arraycopy(b, off, head, headLength, n);
        headLength += n;
    }

    private void decodedToo(byte[] b, int off, int len) throws IOException {
        if (decodedToo == null) {
            decodedToo = new DecodedToo(assembly, new AttachmentHead(index, facts.type(), name, true, true));
        }
        decodedToo.accept(b, off, len);
    }

    /** What an opaque S/MIME message is shows only at its end: whatever else follows such a beginning is a file. */
    private void decideCms(OpaqueSigned message) throws IOException, Refusal {
        candidate = Candidate.NONE;
        if (!asLabelled) {
            return;
        }
        CmsShape shape = message.shape();
        switch (shape.kind()) {
            case ENCRYPTED -> stay(PartKind.ENCRYPTED);
            case SIGNED -> {
                if (shape.besideOctets() <= SealedShape.MAX_SIGNATURE_OCTETS && !message.isFile()) {
                    stay(PartKind.SIGNED);
                }
            }
            case NONE -> { }
        }
    }

    @Override
    public void end() throws IOException, Refusal {
        endOfFile();
        if (!asLabelled && facts.encoding() != TransferEncoding.BASE64) {
            throw Refusal.malformed("a part that is labelled " + facts.encoding().token() + " and isn't, or holds more than that");
        }
        if (ambiguous) {
            throw Refusal.malformed("a part in base64 with padding inside a group");
        }
        if (attached != null) {
            attached.end();
            if (facts.encoding().isIdentity()) {
                assembly.contains(attached);
            }
        }
    }

    private void endOfFile() throws IOException, Refusal {
        if (state != State.READING) {
            return;
        }
        decoder().end();
        asLabelled = decoder().isAsLabelled();
        ambiguous = decoder().isAmbiguous();
        state = State.ENDED;
        if (decodedToo != null) {
            decodedToo.end();
        }
        if (opaque != null) {
            opaque.end();
        }
        switch (candidate) {
            case NONE, TNEF -> { }
            case TEXT -> candidate = Candidate.NONE;
            case CMS -> decideCms(Objects.requireNonNull(opaque));
            case CALENDAR -> keepIf(calendar != null && calendar.convincing(), PartKind.CALENDAR);
            case REPORT -> keepIf(report != null && report.convincing(), PartKind.REPORT);
            case IMAGE -> {
                if (!asLabelled || !Signatures.isImage(head, headLength) || image == null || !image.isImageToItsEnd()) {
                    candidate = Candidate.NONE;
                } else {
                    assembly.showImage(this);
                }
            }
        }
        if (winmail != null) {
            endOfWinmail(winmail);
        }
        subject = facts.isMessage() ? DeclaredNames.safe(TopHeader.subject(HeaderBlock.parse(head, headLength))) : "";
        letGo();
        if (state != State.ENDED) {
            return;
        }
        if (sealed || candidate == Candidate.IMAGE || candidate == Candidate.TNEF) {
            sink.ended();
        } else {
            finish();
        }
    }

    private void letGo() {
        headLength = Math.min(headLength, HEAD);
        head = Arrays.copyOf(head, headLength);
        decoder = null;
        report = null;
        calendar = null;
        image = null;
    }

    /** Its files are the attachments. Damaged it goes itself, and so does a large one without a file; else it is decided at last. */
    private void endOfWinmail(Winmail inside) throws IOException, Refusal {
        if (!inside.end() || !asLabelled) {
            candidate = Candidate.NONE;
            inside.withdraw();
        } else if (inside.hasFile()) {
            unpack(inside);
        } else if (candidate == Candidate.NONE) {
            inside.withdraw();
        }
    }

    private void unpack(Winmail inside) throws IOException {
        candidate = Candidate.NONE;
        unpacked = true;
        withdraw();
        inside.finish();
    }

    /**
     * A {@code winmail.dat} that holds no file stays, unless something else is taken out of the message: Outlook shows the body in it,
     * and there is no link in that.
     */
    void decideWinmail(boolean attachments) throws IOException, Refusal {
        if (candidate != Candidate.TNEF || winmail == null) {
            return;
        }
        if (attachments && winmail.hasBody()) {
            unpack(winmail);
        } else {
            winmail.withdraw();
            stay(PartKind.TNEF);
        }
    }

    /** A file that stands in a text ends. */
    void endEmbedded() throws IOException, Refusal {
        node.bodyTo = assembly.spooler().position();
        endOfFile();
    }

    /** A text that was watched for files in it ends. */
    void endOfText(boolean stays) throws IOException, Refusal {
        if (stays) {
            withdraw();
            letGo();
        } else {
            endOfFile();
        }
    }

    /** Where it stood in the spool, for a file in a text. */
    Range place() {
        return new Range(node.start, node.bodyTo);
    }

    private void keepIf(boolean convincing, PartKind kind) throws IOException, Refusal {
        candidate = Candidate.NONE;
        if (convincing && asLabelled) {   // else whoever decodes it has something else
            stay(kind);
        }
    }

    /** The part stays in the message as it is. */
    void stay(PartKind kind) throws IOException, Refusal {
        node.kind = kind;
        stayAs(false);
    }

    /** As above, as a part of something. @param asFile whether it is a file inside something signed */
    void stayAs(boolean asFile) throws IOException, Refusal {
        if (state == State.ENDED) {
            state = State.STAYS;
            file = asFile;
            if (opaque != null) {
                opaque.stay();
            }
            settleDecoded(true);
            sink.stay(asFile);
        }
    }

    private void withdraw() throws IOException {
        if (state == State.READING || state == State.ENDED) {
            state = State.WITHDRAWN;
            if (opaque != null) {
                opaque.withdraw();
            }
            settleDecoded(false);
            sink.withdraw();
        }
    }

    /** The part is an attachment for good. */
    void finish() throws IOException, Refusal {
        if (state == State.ENDED) {
            state = State.FINISHED;
            if (opaque != null) {
                opaque.show();
            }
            settleDecoded(true);
            sink.finish(octets);
        }
    }

    private void settleDecoded(boolean scanned) throws IOException {
        if (decodedToo != null) {
            decodedToo.settle(scanned);
            decodedToo = null;
        }
    }

    @Override
    public boolean minds() {
        return state == State.WITHDRAWN || sealed || candidate != Candidate.NONE || !facts.encoding().isIdentity();
    }

    @Override
    public boolean isFinished() {
        return state == State.FINISHED;
    }

    @Override
    public boolean isStaying() {
        return state == State.STAYS;
    }

    @Override
    public boolean isFile() {
        return file;
    }

    boolean isPending() {
        return state == State.ENDED;
    }

    /** An image that stays when an HTML body shows it, in no multipart that is kept or taken apart as one. */
    boolean isLooseImage() {
        return candidate == Candidate.IMAGE && !sealed;
    }

    boolean isSettled() {
        return state == State.FINISHED || state == State.STAYS || state == State.WITHDRAWN;
    }

    Candidate candidate() {
        return candidate;
    }

    /** The attachment that became of it: itself, or the first of the files in it. */
    int attachment() {
        return unpacked && winmail != null ? winmail.firstIndex() : index;
    }

    @Override
    public AttachmentFact fact(FileNames names) {
        String shown = name;
        if (facts.isMessage() && facts.shownName().isEmpty()) {
            shown = subject.isEmpty() ? name : DeclaredNames.safe(subject + ".eml");
        }
        List<String> others = facts.named().stream().filter(n -> !n.equals(name)).toList();
        return new AttachmentFact(index, names.unique(shown), others, facts.type(), octets);
    }

    long octets() {
        return octets;
    }

    ContentFacts facts() {
        return facts;
    }

    byte[] head() {
        return Arrays.copyOf(head, headLength);
    }

    /** Whether it is a signature beside what it signs, in CMS. */
    boolean isCmsSignature() {
        return opaque != null && asLabelled && opaque.shape().kind() == CmsShape.Kind.SIGNED && !opaque.shape().hasContent() && opaque.shape().hasSigners();
    }

    private static PgpArmour.Label pgpLabel(ContentFacts facts) {
        return facts.type().equals("application/pgp-signature") ? PgpArmour.Label.SIGNATURE : PgpArmour.Label.MESSAGE;
    }

    /** Whether it is one message or one signature of PGP in armour, to its end. */
    boolean isPgp(PgpArmour.Label label) {
        return pgp != null && pgpLabel(facts) == label && asLabelled && pgp.isWhole();
    }

    /** Whether only its recipient can read it. */
    boolean isEncrypted() {
        return opaque != null && asLabelled && opaque.shape().kind() == CmsShape.Kind.ENCRYPTED;
    }

    /** Whether it is a whole message that is signed, content and all. */
    boolean isSignedMessage() {
        return opaque != null && asLabelled && WhatStays.isCmsMessage(facts) && opaque.isUsual() && opaque.shape().kind() == CmsShape.Kind.SIGNED
            && opaque.shape().hasContent() && opaque.shape().besideOctets() <= SealedShape.MAX_SIGNATURE_OCTETS;
    }

    @Nullable String contentId() {
        return facts.contentId();
    }
}
