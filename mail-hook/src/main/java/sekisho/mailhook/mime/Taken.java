package sekisho.mailhook.mime;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.codec.BodyDecoder;

/**
 * A part that is being taken out. As long as it is undecided its octets also go to the spool, so that it can stay where
 * it is; the sink then hears {@link AttachmentSink#withdraw}.
 */
final class Taken implements Content {

    /** What an undecided part becomes when it stays. */
    enum Candidate { NONE, IMAGE, CALENDAR, REPORT, CMS }

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
    private int headLength;
    private Candidate candidate;
    private State state = State.READING;
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
        this.head = new byte[facts.type().startsWith("message/") ? MESSAGE_HEAD : HEAD];
        this.decoder = BodyDecoder.of(facts.encoding(), this::decoded);
    }

    @Override
    public void accept(byte[] b, int off, int len) throws IOException {
        if (spoolsAlways || state == State.WITHDRAWN || candidate != Candidate.NONE) {
            assembly.spooler().write(b, off, len);
        }
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
        if (candidate == Candidate.CMS && headLength >= 32) {
            decideCms();
        } else if (candidate != Candidate.NONE && octets > assembly.cap(candidate)) {
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
    public void end() throws IOException {
        if (state != State.READING) {
            return;
        }
        decoder.end();
        if (state != State.READING) {
            return;
        }
        state = State.ENDED;
        switch (candidate) {
            case NONE -> { }
            case CMS -> decideCms();
            case CALENDAR -> keepIf(Signatures.isCalendar(head, headLength), PartKind.CALENDAR);
            case REPORT -> keepIf(true, PartKind.REPORT);
            case IMAGE -> {
                if (!Signatures.isImage(head, headLength)) {
                    candidate = Candidate.NONE;
                } else {
                    assembly.showImage(this);
                }
            }
        }
        if (state == State.ENDED && !sealed && candidate != Candidate.IMAGE) {
            finish();
        }
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
    public boolean stays() {
        return state == State.WITHDRAWN || sealed || candidate != Candidate.NONE;
    }

    boolean isFinished() {
        return state == State.FINISHED;
    }

    boolean isPending() {
        return state == State.ENDED;
    }

    boolean isSettled() {
        return state == State.FINISHED || state == State.WITHDRAWN;
    }

    Candidate candidate() {
        return candidate;
    }

    int index() {
        return index;
    }

    long octets() {
        return octets;
    }

    String name() {
        return name;
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
