package sekisho.mailhook.mime.tnef;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.codec.OctetConsumer;

/** The properties of a message: its body, in whatever forms it comes. */
final class TnefBody implements Properties.Values {

    private static final int PLAIN = 0x1000;
    private static final int RTF = 0x1009;
    private static final int HTML = 0x1013;
    private static final byte[] UTF_16LE = {(byte) 0xFF, (byte) 0xFE};

    private final TnefWalker walker;
    private @Nullable OctetConsumer out;
    private @Nullable RtfDecompressor rtf;

    TnefBody(TnefWalker walker) {
        this.walker = walker;
    }

    @Override
    public void begin(int id, int type, long length) throws IOException {
        out = null;
        rtf = null;
        if (length == 0) {
            return;
        }
        switch (id) {
            case RTF -> {
                TnefSink.Find find = walker.open(TnefSink.Kind.RTF);
                rtf = new RtfDecompressor(find::write);
                out = rtf::accept;
            }
            case HTML -> text(TnefSink.Kind.HTML, type);
            case PLAIN -> text(TnefSink.Kind.PLAIN, type);
            default -> { }
        }
    }

    private void text(TnefSink.Kind kind, int type) throws IOException {
        TnefSink.Find find = walker.open(kind);
        if (type == Properties.UNICODE) {
            find.write(UTF_16LE, 0, 2);
        }
        out = find::write;
    }

    @Override
    public void octets(byte[] b, int off, int len) throws IOException {
        if (out != null) {
            out.accept(b, off, len);
        }
    }

    @Override
    public void end() {
        if (rtf != null && !rtf.isComplete()) {
            walker.damaged();
        }
    }
}
