package sekisho.mailhook.mime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

import sekisho.gateway.files.FileNames;

/**
 * What is inside an opaque signed message (RFC 8551 §3.5.2): anybody can read it, so its files are found and looked at as those of any message. They
 * stay with it, or are forgotten when it turns out to be none.
 */
final class OpaqueSigned implements SplitSink {

    /** Signed inside signed: two or three happen when it is encrypted in between (RFC 8551 §1.1). */
    static final int MOST_NESTED = 8;
    /** Each waits with an open sink. */
    private static final int MOST_FINDS = 100;

    private final Assembly assembly;
    private final CmsShape shape = new CmsShape(this::inside);
    private final MessageSplitter splitter;
    private final List<Inside> finds = new ArrayList<>();
    private final Map<Integer, Inside> byIndex = new HashMap<>();
    private boolean tooMany;
    private boolean begun;
    private @Nullable Refusal refusal;

    OpaqueSigned(Assembly assembly, SplitRules rules, int depth) {
        this.assembly = assembly;
        this.splitter = MessageSplitter.ofSigned(rules, this, depth);
    }

    void accept(byte[] octets, int offset, int length) throws IOException {
        shape.accept(octets, offset, length);
    }

    CmsShape shape() {
        return shape;
    }

    private void inside(byte[] octets, int offset, int length) throws IOException {
        begun = true;
        splitter.feed(octets, offset, length);
    }

    /** All of it was seen. */
    void end() throws IOException {
        if (!begun) {
            return;
        }
        switch (splitter.end()) {
            case SplitResult.Refused(var code, var reason) -> refusal = new Refusal(code, "inside a signed message: " + reason);
            case SplitResult.Split(var layout) -> {
                layout.attachments().forEach(fact -> found(fact, true));
                splitter.staying().forEach(part -> found(part.fact(), part.file()));
            }
        }
        if (tooMany) {
            refusal = Refusal.beyond("more than " + MOST_FINDS + " parts in a signed message");
        }
    }

    private void found(AttachmentFact fact, boolean file) {
        var find = byIndex.get(fact.index());
        if (find != null) {
            find.is(fact, file);
        }
    }

    /** It stays, and they with it. @throws Refusal they couldn't be told apart */
    void stay() throws IOException, Refusal {
        if (refusal != null) {
            throw refusal;
        }
        for (Inside find : finds) {
            find.settle(true);
        }
    }

    void withdraw() throws IOException {
        for (Inside find : finds) {
            find.settle(false);
        }
    }

    @Override
    public void spool(byte[] octets, int offset, int length) {
        // the message around it has them
    }

    @Override
    public AttachmentSink open(AttachmentHead head) throws IOException {
        tooMany |= finds.size() == MOST_FINDS || !assembly.hasRoom();
        if (tooMany) {
            return new Inside(-1, null);
        }
        int index = assembly.nextIndex();
        var find = new Inside(index, assembly.open(new AttachmentHead(index, head.type(), head.name(), true, head.late())));
        finds.add(find);
        byIndex.put(head.index(), find);
        assembly.add(find);
        return find;
    }

    /** One part inside. */
    private static final class Inside implements AttachmentSink, Finding {

        private final int index;
        private final @Nullable AttachmentSink sink;
        private @Nullable AttachmentFact fact;
        private boolean file;
        private boolean stays;

        /** @param sink null: nobody looks at it */
        Inside(int index, @Nullable AttachmentSink sink) {
            this.index = index;
            this.sink = sink;
        }

        void is(AttachmentFact found, boolean asFile) {
            fact = found;
            file = asFile;
        }

        void settle(boolean remain) throws IOException {
            stays = remain && fact != null;
            if (sink == null) {
                return;
            }
            if (stays) {
                sink.stay(file);
            } else {
                sink.withdraw();
            }
        }

        @Override
        public void write(byte[] octets, int offset, int length) throws IOException {
            if (sink != null) {
                sink.write(octets, offset, length);
            }
        }

        @Override
        public void ended() throws IOException {
            if (sink != null) {
                sink.ended();
            }
        }

        @Override
        public void finish(long decodedOctets) throws IOException {
            ended();
        }

        @Override
        public void withdraw() {
            // told together with the others
        }

        @Override
        public void stay(boolean asFile) throws IOException {
            ended();
        }

        @Override
        public boolean isFinished() {
            return false;
        }

        @Override
        public boolean isStaying() {
            return stays;
        }

        @Override
        public boolean isFile() {
            return file;
        }

        @Override
        public AttachmentFact fact(FileNames names) {
            var found = java.util.Objects.requireNonNull(fact);
            return new AttachmentFact(index, names.unique(found.name()), found.otherNames(), found.type(), found.octets());
        }
    }
}
