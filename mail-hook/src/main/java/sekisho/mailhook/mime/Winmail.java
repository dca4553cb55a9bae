package sekisho.mailhook.mime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

import sekisho.gateway.files.FileNames;
import sekisho.mailhook.mime.names.DeclaredNames;
import sekisho.mailhook.mime.tnef.TnefSink;
import sekisho.mailhook.mime.tnef.TnefWalker;

/**
 * What is inside a {@code winmail.dat}, until it is known whether the files in it become the attachments or it does itself: damage
 * shows only at its end.
 */
final class Winmail implements TnefSink {

    /** Each waits with an open sink. One that holds more goes as a whole. */
    private static final int MOST_FINDS = 64;

    private final Assembly assembly;
    private @Nullable TnefWalker walker = new TnefWalker(this);   // until its end
    private final List<Inside> finds = new ArrayList<>();
    private boolean tooMany;

    Winmail(Assembly assembly) {
        this.assembly = assembly;
    }

    void accept(byte[] octets, int offset, int length) throws IOException {
        Objects.requireNonNull(walker).accept(octets, offset, length);
    }

    /** Whether all of it could be read. */
    boolean end() throws IOException {
        lastEnds();
        boolean whole = Objects.requireNonNull(walker).end();
        walker = null;
        return whole && !tooMany;
    }

    boolean hasFile() {
        return finds.stream().anyMatch(find -> find.kind == Kind.FILE);
    }

    /** Their octets come one after the other, what they are called may come later. */
    private void lastEnds() throws IOException {
        if (!finds.isEmpty()) {
            finds.getLast().sink.ended();
        }
    }

    /** Whether it has a body, which Outlook shows instead of the texts of the message. */
    boolean hasBody() {
        return finds.stream().anyMatch(find -> find.kind != Kind.FILE && !find.dropped);
    }

    /** The index of the first find, or −1. */
    int firstIndex() {
        return finds.isEmpty() ? -1 : finds.getFirst().index;
    }

    /** The finds are attachments. */
    void finish() throws IOException {
        for (Inside find : finds) {
            find.settle(!find.dropped);
        }
    }

    void withdraw() throws IOException {
        for (Inside find : finds) {
            find.settle(false);
        }
    }

    @Override
    public Find open(Kind kind) throws IOException {
        tooMany |= finds.size() == MOST_FINDS || !assembly.hasRoom();
        if (tooMany) {
            return NOWHERE;
        }
        lastEnds();
        int index = assembly.nextIndex();
        var head = new AttachmentHead(index, DeclaredNames.UNKNOWN_TYPE, DeclaredNames.invented(DeclaredNames.UNKNOWN_TYPE), true, true);
        var find = new Inside(index, kind, assembly.open(head));
        finds.add(find);
        assembly.add(find);
        return find;
    }

    private static final Find NOWHERE = new Find() {
        @Override public void write(byte[] octets, int offset, int length) {
        }

        @Override public void named(List<String> names, @Nullable String type) {
        }

        @Override public void drop() {
        }
    };

    /** One find. */
    private static final class Inside implements Find, Finding {

        private final int index;
        private final Kind kind;
        private final AttachmentSink sink;
        private List<String> names = List.of();
        private String type = DeclaredNames.UNKNOWN_TYPE;
        private long octets;
        private boolean dropped;
        private boolean finished;

        Inside(int index, Kind kind, AttachmentSink sink) {
            this.index = index;
            this.kind = kind;
            this.sink = sink;
            this.type = switch (kind) {
                case FILE -> DeclaredNames.UNKNOWN_TYPE;
                case RTF -> "application/rtf";
                case HTML -> "text/html";
                case PLAIN -> "text/plain";
            };
        }

        @Override
        public void write(byte[] b, int offset, int length) throws IOException {
            octets += length;
            sink.write(b, offset, length);
        }

        @Override
        public void named(List<String> declared, @Nullable String declaredType) {
            names = declared;
            type = declaredType == null ? type : declaredType;
        }

        @Override
        public void drop() {
            dropped = true;
        }

        void settle(boolean stays) throws IOException {
            finished = stays;
            if (stays) {
                sink.named(shown());
                sink.finish(octets);
            } else {
                sink.withdraw();
            }
        }

        @Override
        public boolean isFinished() {
            return finished;
        }

        private String shown() {
            return names.stream().map(DeclaredNames::safe).filter(n -> !n.isEmpty()).findFirst().orElse(DeclaredNames.invented(type));
        }

        @Override
        public AttachmentFact fact(FileNames unique) {
            String shown = shown();
            List<String> others = names.stream().filter(n -> !n.equals(shown)).toList();
            return new AttachmentFact(index, unique.unique(shown), others, type, octets);
        }
    }
}
