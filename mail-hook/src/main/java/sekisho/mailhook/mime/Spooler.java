package sekisho.mailhook.mime;

import java.io.IOException;

/** Counts what goes to the spool; every offset of the layout is read here. */
final class Spooler {

    private final SplitSink sink;
    private long position;

    Spooler(SplitSink sink) {
        this.sink = sink;
    }

    long position() {
        return position;
    }

    void write(byte[] octets, int offset, int length) throws IOException {
        if (length > 0) {
            sink.spool(octets, offset, length);
            position += length;
        }
    }
}
