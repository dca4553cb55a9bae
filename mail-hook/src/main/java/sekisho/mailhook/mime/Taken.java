package sekisho.mailhook.mime;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

import sekisho.gateway.files.FileNames;
import sekisho.mailhook.mime.codec.BodyDecoder;
import sekisho.mailhook.mime.header.HeaderBlock;
import sekisho.mailhook.mime.names.DeclaredNames;

/**
 * A part that is being taken out. As long as it is undecided its octets also go to the spool, so that it can stay where
 * it is; the sink then hears {@link AttachmentSink#withdraw}.
 */
final class Taken implements Content, Finding {

    /** What an undecided part becomes when it stays. */
    enum Candidate { NONE, IMAGE, CALENDAR, REPORT, CMS, TNEF, TEXT }

    private enum State { READING, ENDED, FINISHED, WITHDRAWN }

    private static final int HEAD = 64;
    private static final int MESSAGE_HEAD = 8 * 1024;

    private final int index;
    private final Node node;
    private final ContentFacts facts;
    private final String name;
    private final AttachmentSink sink;
    private final Assembly assembly;
    private final BodyDecoder decoder;
    private final boolean sealed;
    private final byte[] head;
    private final boolean spoolsAlways;
    private final @Nullable Winmail winmail;
    private final @Nullable ReportFields report;
    private final @Nullable CalendarLines calendar;
    private final @Nullable ImageEnd image;
    private final @Nullable AttachedMessage attached;
    private int headLength;
    private Candidate candidate;
    private State state = State.READING;
    private boolean unpacked;
    private long octets;

    Taken(int index, Node node, ContentFacts facts, String name, AttachmentSink sink, Assembly assembly, Candidate candidate,
          boolean sealed, boolean keep) {
        this.index = index;
        this.node = node;
        this.facts = facts;
        this.name = name;
        this.sink = sink;
        this.assembly = assembly;
        this.candidate = candidate;
        this.sealed = sealed;
        this.spoolsAlways = sealed || keep;
        this.winmail = candidate == Candidate.TNEF ? new Winmail(assembly) : null;
        this.report = candidate == Candidate.REPORT ? new ReportFields(facts.type()) : null;
        this.calendar = candidate == Candidate.CALENDAR ? new CalendarLines() : null;
        this.image = candidate == Candidate.IMAGE ? new ImageEnd() : null;
        this.attached = assembly.lookInto(facts);
        this.head = new byte[facts.type().startsWith("message/") ? MESSAGE_HEAD : HEAD];
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
            decoder.decode(b, off, len);
        }
    }

    private void decoded(byte[] b, int off, int len) throws IOException {
        if (state == State.WITHDRAWN || len == 0) {
            return;
        }
        if (headLength < head.length) {
            int n = Math.min(len, head.length - headLength);
            System.arraycopy(b, off, head, headLength, n);
            headLength += n;
        }
        octets += len;
        sink.write(b, off, len);
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
        if (candidate == Candidate.CMS && headLength >= 32) {
            decideCms();
        } else if (candidate != Candidate.NONE && octets > assembly.cap(candidate, facts)) {
            candidate = Candidate.NONE;
        }
    }

    /** An opaque S/MIME message may be large, so it is told by its first octets instead of being spooled twice. */
    private void decideCms() throws IOException {
        if (Signatures.isCms(head, headLength)) {
            stay(Signatures.isCmsEncrypted(head, headLength) ? PartKind.ENCRYPTED : PartKind.SIGNED);
        } else {
            candidate = Candidate.NONE;
        }
    }

    @Override
    public void end() throws IOException, Refusal {
        endOfFile();
        if (attached != null) {
            attached.end();
        }
    }

    private void endOfFile() throws IOException {
        if (state != State.READING) {
            return;
        }
        decoder.end();
        if (state != State.READING) {
            return;
        }
        state = State.ENDED;
        switch (candidate) {
            case NONE, TNEF -> { }
            case TEXT -> candidate = Candidate.NONE;
            case CMS -> decideCms();
            case CALENDAR -> keepIf(calendar != null && calendar.convincing(), PartKind.CALENDAR);
            case REPORT -> keepIf(report != null && report.convincing(), PartKind.REPORT);
            case IMAGE -> {
                if (!Signatures.isImage(head, headLength) || image == null || !image.isImageToItsEnd()) {
                    candidate = Candidate.NONE;
                } else {
                    assembly.showImage(this);
                }
            }
        }
        if (winmail != null) {
            endOfWinmail(winmail);
        }
        if (state == State.ENDED && !sealed && candidate != Candidate.IMAGE && candidate != Candidate.TNEF) {
            finish();
        }
    }

    /** Its files are the attachments. Damaged it goes itself, and so does a large one without a file; else it is decided at last. */
    private void endOfWinmail(Winmail inside) throws IOException {
        if (!inside.end()) {
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
    void decideWinmail(boolean attachments) throws IOException {
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
    void endEmbedded() throws IOException {
        node.bodyTo = assembly.spooler().position();
        endOfFile();
    }

    /** A text that was watched for files in it ends. */
    void endOfText(boolean stays) throws IOException {
        if (stays) {
            withdraw();
        } else {
            endOfFile();
        }
    }

    /** Where it stood in the spool, for a file in a text. */
    Range place() {
        return new Range(node.start, node.bodyTo);
    }

    private void keepIf(boolean convincing, PartKind kind) throws IOException {
        candidate = Candidate.NONE;
        if (convincing) {
            stay(kind);
        }
    }

    /** The part stays in the message as it is. */
    void stay(PartKind kind) throws IOException {
        node.kind = kind;
        withdraw();
    }

    void withdraw() throws IOException {
        if (state == State.READING || state == State.ENDED) {
            state = State.WITHDRAWN;
            sink.withdraw();
        }
    }

    /** The part is an attachment for good. */
    void finish() throws IOException {
        if (state == State.ENDED) {
            state = State.FINISHED;
            sink.finish(octets);
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

    boolean isPending() {
        return state == State.ENDED;
    }

    /** An image that stays when an HTML body shows it, in no multipart that is kept or taken apart as one. */
    boolean isLooseImage() {
        return candidate == Candidate.IMAGE && !sealed;
    }

    boolean isSettled() {
        return state == State.FINISHED || state == State.WITHDRAWN;
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
            String subject = DeclaredNames.safe(TopHeader.subject(HeaderBlock.parse(head, headLength)));
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

    @Nullable String contentId() {
        return facts.contentId();
    }
}
