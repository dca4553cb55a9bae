package sekisho.mailhook.mime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Lines that {@link BlockScanner} holds until those behind them tell whether a file begins with them. There are few: see {@link Announcement}. */
final class FirstLines {

    private final BlockScanner.Sink sink;
    private final boolean flowed;
    private final List<byte[]> lines = new ArrayList<>();

    FirstLines(BlockScanner.Sink sink, boolean flowed) {
        this.sink = sink;
        this.flowed = flowed;
    }

    void hold(BlockLine line) {
        lines.add(line.octets());
    }

    /** They are text. */
    void release() throws IOException, Refusal {
        for (byte[] line : lines) {
            sink.text(line, 0, line.length);
        }
        lines.clear();
    }

    /** A file begins with them. */
    void open(BlockScanner.Encoding encoding, String name, boolean rest) throws IOException, Refusal {
        sink.open(encoding, name, rest);
        for (byte[] line : lines) {
            sink.block(line, 0, line.length, flowed && line.length > 0 && line[0] == ' ' ? 1 : 0);
        }
        lines.clear();
    }
}
