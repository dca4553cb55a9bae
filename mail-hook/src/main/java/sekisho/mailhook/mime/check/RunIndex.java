package sekisho.mailhook.mime.check;

/**
 * Finds octets of one array again in others. Every sixteenth window of 32 octets is indexed by a rolling hash, so that
 * a run of 48 octets always holds one whole window.
 */
final class RunIndex {

    /** Shorter runs aren't looked for: they occur by chance (names, dates, markup). */
    static final int RUN = 48;
    private static final int WINDOW = 32;
    private static final int STEP = RUN - WINDOW;
    private static final long FACTOR = 0x9E3779B97F4A7C15L;
    private static final long LEADING = power();

    private final byte[] source;
    private final int[] table;   // places in the source + 1, open addressing by hash

    RunIndex(byte[] source) {
        this.source = source;
        int windows = source.length < WINDOW ? 0 : (source.length - WINDOW) / STEP + 1;
        this.table = new int[Math.max(16, Integer.highestOneBit(windows + 1) * 4)];
        for (int at = 0; at + WINDOW <= source.length; at += STEP) {
            if (isTelling(source, at)) {
                put(at);
            }
        }
    }

    private static long power() {
        long p = 1;
        for (int i = 1; i < WINDOW; i++) {
            p *= FACTOR;
        }
        return p;
    }

    /** A line of dashes or a field of zeros proves nothing. */
    private static boolean isTelling(byte[] b, int at) {
        long low = 0;
        long high = 0;
        for (int i = at; i < at + WINDOW; i++) {
            if ((b[i] & 0x40) == 0) {
                low |= 1L << (b[i] & 0x3F);
            } else {
                high |= 1L << (b[i] & 0x3F);
            }
        }
        return Long.bitCount(low) + Long.bitCount(high) > 6;
    }

    private static long hash(byte[] b, int at) {
        long h = 0;
        for (int i = at; i < at + WINDOW; i++) {
            h = h * FACTOR + b[i];
        }
        return h;
    }

    private void put(int at) {
        int slot = slot(hash(source, at));
        while (table[slot] != 0) {
            if (same(source, at, table[slot] - 1)) {
                return;
            }
            slot = slot + 1 & table.length - 1;
        }
        table[slot] = at + 1;
    }

    private int slot(long hash) {
        return (int) (hash * 0xD6E8FEB86659FD93L >>> 40) & table.length - 1;
    }

    private boolean same(byte[] other, int at, int place) {
        return java.util.Arrays.equals(other, at, at + WINDOW, source, place, place + WINDOW);
    }

    /** The first run of the source that is in the text from {@code from} on: its place and length, or {@link Run#NONE}. */
    Run find(byte[] text, int from) {
        if (text.length - from < WINDOW) {
            return Run.NONE;
        }
        long h = hash(text, from);
        for (int at = from; ; at++) {
            int place = lookup(text, at, h);
            if (place >= 0) {
                Run run = extend(text, at, place);
                if (run.length() >= RUN) {
                    return run;
                }
            }
            if (at + WINDOW >= text.length) {
                return Run.NONE;
            }
            h = (h - text[at] * LEADING) * FACTOR + text[at + WINDOW];
        }
    }

    private int lookup(byte[] text, int at, long h) {
        int slot = slot(h);
        while (table[slot] != 0) {
            if (same(text, at, table[slot] - 1)) {
                return table[slot] - 1;
            }
            slot = slot + 1 & table.length - 1;
        }
        return -1;
    }

    private Run extend(byte[] text, int at, int place) {
        int from = at;
        int source0 = place;
        while (from > 0 && source0 > 0 && text[from - 1] == source[source0 - 1]) {
            from--;
            source0--;
        }
        int to = at + WINDOW;
        int sourceTo = place + WINDOW;
        while (to < text.length && sourceTo < source.length && text[to] == source[sourceTo]) {
            to++;
            sourceTo++;
        }
        return new Run(from, to - from);
    }

    /** Where a run stands in the searched text. */
    record Run(int at, int length) {
        static final Run NONE = new Run(-1, 0);
    }
}
