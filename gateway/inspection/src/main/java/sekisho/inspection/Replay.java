package sekisho.inspection;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Random access to what a decompressor gives, without keeping it: its first octets are held, as far as memory allows, and of the rest the
 * last that went by. Going back before those decompresses again from the start, a bounded number of times.
 */
final class Replay implements Octets, AutoCloseable {
    private static final int HELD = 8 << 20;
    private static final int FIRST_HELD = 64 << 10;
    /** A ZIP's end record with the longest comment, and what precedes it, is within this. */
    private static final int WINDOW = 128 << 10;
    private static final int STEP = 16 << 10;
    private static final int OPENINGS = 16;

    private final Look.Content content;
    private final Look look;
    private final @Nullable Sniffer sniffer;
    private final List<Look.Reservation> reserved = new ArrayList<>();
    private byte[] held = new byte[0];
    private int heldLength;
    private boolean growing = true;
    private byte @Nullable [] window;
    private @Nullable InputStream in;
    /** Where {@link #in} is. */
    private long at;
    private long end = -1;
    private int openings;
    /** How far {@link #sniffer} was shown it. */
    private long sniffed;
    /** {@link #in} failed: it may say anything now, also that it has ended. */
    private boolean isBroken;

    Replay(Look.Content content, Look look) {
        this(content, look, null);
    }

    /** @param sniffer is shown each octet once, in order */
    Replay(Look.Content content, Look look, @Nullable Sniffer sniffer) {
        this.content = content;
        this.look = look;
        this.sniffer = sniffer;
    }

    /** Whether it was read to its end once. */
    boolean hasItsEnd() {
        return end >= 0;
    }

    /** Reads on to the end, the first time. */
    @Override
    public long size() throws IOException {
        while (end < 0) {
            step(end);
        }
        return end;
    }

    @Override
    public int read(long position, byte[] into, int offset, int count) throws IOException {
        while (true) {
            if (position < heldLength) {
                int got = Math.min(count, heldLength - (int) position);
                System.arraycopy(held, (int) position, into, offset, got);
                return got;
            }
            if (end >= 0 && position >= end) {
                return -1;
            }
            if (window != null && position < at && position >= at - WINDOW) {
                int from = (int) (position % WINDOW);
                int got = (int) Math.min(Math.min(count, WINDOW - from), at - position);
                System.arraycopy(window, from, into, offset, got);
                return got;
            }
            step(position);
        }
    }

    /** Reads some more; from the start again when {@code position} has gone by. */
    private void step(long position) throws IOException {
        if (in == null || position >= 0 && position < at) {
            reopen();
        }
        if (isBroken) {
            throw CannotTell.here("content-damaged");
        }
        if (at == heldLength && growing) {
            grow();
        }
        if (at == heldLength && heldLength < held.length) {
            int got = next(held, heldLength, held.length - heldLength);
            if (got < 0) {
                ended();
            } else {
                heldLength += got;
                at += got;
            }
            return;
        }
        if (window == null) {
            reserved.add(look.reserve(WINDOW));
            window = new byte[WINDOW];
        }
        int from = (int) (at % WINDOW);
        int got = next(window, from, Math.min(STEP, WINDOW - from));
        if (got < 0) {
            ended();
        } else {
            at += got;
        }
    }

    private int next(byte[] into, int from, int count) throws IOException {
        isBroken = true;
        int got = Objects.requireNonNull(in).read(into, from, count);
        isBroken = false;
        int shown = (int) Math.min(sniffed - at, got);
        if (sniffer != null && got > shown) {
            sniffer.write(into, from + shown, got - shown);
            sniffed = at + got;
        }
        return got;
    }

    private void reopen() throws IOException {
        close(in);
        in = null;
        isBroken = false;
        if (++openings > OPENINGS) {
            throw CannotTell.here("beyond-replay");
        }
        in = content.open();
        at = 0;
        if (openings > 1) {
            in.skipNBytes(heldLength);
            at = heldLength;
        }
    }

    private void grow() throws CannotTell {
        if (heldLength < held.length) {
            return;
        }
        int size = held.length == 0 ? FIRST_HELD : held.length * 2;
        growing = size <= HELD;
        if (growing) {
            Look.Reservation more = look.hold(size - held.length);
            growing = more != null; // else it goes through the window
            if (more != null) {
                reserved.add(more);
                held = Arrays.copyOf(held, size);
            }
        }
    }

    private void ended() throws IOException {
        if (end >= 0 && end != at) {
            throw CannotTell.here("content-damaged");
        }
        end = at;
    }

    @Override
    public void close() {
        close(in);
        reserved.forEach(Look.Reservation::close);
        reserved.clear();
    }

    private static void close(@Nullable InputStream in) {
        if (in != null) {
            try {
                in.close();
            } catch (IOException _) {
                // nothing was written through it
            }
        }
    }
}
