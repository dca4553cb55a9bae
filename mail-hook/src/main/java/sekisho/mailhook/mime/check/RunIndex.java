package sekisho.mailhook.mime.check;

/**
 * Finds octets of one array again in others. Windows of two thirds of a run are indexed by a rolling hash, one third of
 * a run apart, so that every run holds one whole window.
 */
final class RunIndex {

    private static final long FACTOR = 0x9E3779B97F4A7C15L;

    private final byte[] source;
    private final int run;
    private final int window;
    private final int step;
    private final long leading;
    private final int[] table;   // places in the source + 1, open addressing by hash

    /** @param run the shortest run to find */
    RunIndex(byte[] source, int run) {
        this.source = source;
        this.run = run;
        this.window = run * 2 / 3;
        this.step = run - window;
        this.leading = power(window - 1);
        int windows = source.length < window ? 0 : (source.length - window) / step + 1;
        this.table = new int[Math.max(16, Integer.highestOneBit(windows + 1) * 4)];
        for (int at = 0; at + window <= source.length; at += step) {
            if (isTelling(source, at)) {
                put(at);
            }
        }
    }

    private static long power(int exponent) {
        long p = 1;
        for (int i = 0; i < exponent; i++) {
            p *= FACTOR;
        }
        return p;
    }

    /** A line of dashes or a field of zeros proves nothing. */
    private boolean isTelling(byte[] b, int at) {
        long low = 0;
        long high = 0;
        for (int i = at; i < at + window; i++) {
            if ((b[i] & 0x40) == 0) {
                low |= 1L << (b[i] & 0x3F);
            } else {
                high |= 1L << (b[i] & 0x3F);
            }
        }
        return Long.bitCount(low) + Long.bitCount(high) > window / 5;
    }

    private long hash(byte[] b, int at) {
        long h = 0;
        for (int i = at; i < at + window; i++) {
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
        return java.util.Arrays.equals(other, at, at + window, source, place, place + window);
    }

    /** The first run of the source that is in the text from {@code from} on: its place and length, or {@link Run#NONE}. */
    Run find(byte[] text, int from) {
        if (text.length - from < window) {
            return Run.NONE;
        }
        long h = hash(text, from);
        for (int at = from; ; at++) {
            int place = lookup(text, at, h);
            if (place >= 0) {
                Run run = extend(text, at, place);
                if (run.length() >= this.run) {
                    return run;
                }
            }
            if (at + window >= text.length) {
                return Run.NONE;
            }
            h = (h - text[at] * leading) * FACTOR + text[at + window];
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
        int to = at + window;
        int sourceTo = place + window;
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
