package sekisho.mailhook.mime.tnef;

import java.io.IOException;

/** A parser that is pushed: asks for a few octets at a time, or for a run of any length to be passed on. */
abstract class Fields {

    private final byte[] field = new byte[24];
    private int have;
    private int wanted;
    private long run = -1;   // octets still to pass on, −1 while a field is gathered
    private boolean broken;

    /** The next {@code octets}, 24 at most, are given to {@link #field} together. */
    final void want(int octets) {
        have = 0;
        wanted = octets;
        run = -1;
    }

    /** The next {@code octets} go to {@link #octets} as they come, then {@link #passed} is called. */
    final void pass(long octets) {
        run = octets;
    }

    /** What follows can't be understood. */
    final void breakOff() {
        broken = true;
    }

    final boolean isBroken() {
        return broken;
    }

    /** Octets of an unfinished field, or −1 inside a run. */
    final int pending() {
        return run >= 0 ? -1 : have;
    }

    final void accept(byte[] b, int off, int len) throws IOException {
        int end = off + len;
        int at = off;
        while (!broken) {
            if (run == 0) {
                passed();
            } else if (at == end) {
                return;
            } else if (run > 0) {
                int n = (int) Math.min(run, end - at);
                run -= n;
                octets(b, at, n);
                at += n;
            } else {
                int n = Math.min(wanted - have, end - at);
                System.arraycopy(b, at, field, have, n);
                have += n;
                at += n;
                if (have == wanted) {
                    field(field);
                }
            }
        }
    }

    /** Says what comes next by {@link #want} or {@link #pass}. */
    abstract void field(byte[] octets) throws IOException;

    abstract void octets(byte[] b, int off, int len) throws IOException;

    /** Says what comes next by {@link #want} or {@link #pass}. */
    abstract void passed() throws IOException;

    static int u16(byte[] b, int at) {
        return b[at] & 0xFF | (b[at + 1] & 0xFF) << 8;
    }

    static long u32(byte[] b, int at) {
        return u16(b, at) | (long) u16(b, at + 2) << 16;
    }
}
