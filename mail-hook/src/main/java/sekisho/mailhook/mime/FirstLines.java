package sekisho.mailhook.mime;

import java.io.IOException;
import java.util.Arrays;

/**
 * First lines of files that {@link BlockScanner} holds until the line behind them tells whether a file begins: the last one, and those in front of it
 * of which nothing came. With a file that follows gone, they would stand in front of what is behind it, so they go with it.
 */
final class FirstLines {

    private static final int MOST_OCTETS = 8 * 1024;

    private final BlockScanner.Sink sink;
    private final boolean flowed;
    private byte[] octets = new byte[0];
    private int others;
    private boolean tooMany;   // to hold: they are text already

    FirstLines(BlockScanner.Sink sink, boolean flowed) {
        this.sink = sink;
        this.flowed = flowed;
    }

    /** A first line, or a blank one behind it. */
    void hold(BlockLine line) throws IOException, Refusal {
        byte[] next = line.octets();
        int length = octets.length;
        octets = Arrays.copyOf(octets, length + next.length);
        System.arraycopy(next, 0, octets, length, next.length);
        if (octets.length > MOST_OCTETS) {
            release();
            tooMany = true;
        }
    }

    /** Nothing comes of the last one. */
    void disappointed() {
        others = octets.length;
    }

    /** They are text. */
    void release() throws IOException, Refusal {
        sink.text(octets, 0, octets.length);
        octets = new byte[0];
        others = 0;
        tooMany = false;
    }

    /**
     * A file begins; all but its own first line is unread.
     *
     * @throws Refusal when there were too many of them to hold
     */
    void open(BlockScanner.Encoding encoding, String name, boolean rest) throws IOException, Refusal {
        if (tooMany) {
            throw Refusal.malformed("more than " + MOST_OCTETS + " octets of beginnings of files in front of one");
        }
        sink.open(encoding, name, rest);
        sink.block(octets, 0, others, others);
        if (others < octets.length) {
            sink.block(octets, others, octets.length - others, flowed && octets[others] == ' ' ? 1 : 0);
        }
        octets = new byte[0];
        others = 0;
    }
}
