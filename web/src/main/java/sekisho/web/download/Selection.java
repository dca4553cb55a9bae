package sekisho.web.download;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which octets of a file a request asks for (RFC 9110 §14). What isn't one range in octets is ignored, as the RFC allows: then the
 * whole file is served. So is a list of ranges, which would let a short request ask for the same octets a thousand times.
 */
sealed interface Selection {

    /** Everything: 200. */
    record Whole(long size) implements Selection {
    }

    /** Octets [from, end): 206. Never empty. */
    record Part(long from, long end, long size) implements Selection {
    }

    /** Nothing that the file has: 416. */
    record Unsatisfiable(long size) implements Selection {
    }

    Pattern ONE_RANGE = Pattern.compile("(?i:bytes)=[ \t]*(?:(\\d+)-(\\d*)|-(\\d+))[ \t]*");
    /** More digits than any length has. */
    int MOST_DIGITS = 18;

    /**
     * @param range   the field {@code Range}, or null
     * @param ifRange the field {@code If-Range}, or null: unless it is our entity tag, octets of another file would be joined
     */
    static Selection of(@Nullable String range, @Nullable String ifRange, String entityTag, long size) {
        if (range == null || ifRange != null && !ifRange.strip().equals(entityTag)) {
            return new Whole(size);
        }
        var match = ONE_RANGE.matcher(range);
        if (!match.matches()) {
            return new Whole(size);
        }
        if (match.group(3) != null) {
            return last(number(match.group(3)), size);
        }
        long first = number(match.group(1));
        long last = match.group(2).isEmpty() ? Long.MAX_VALUE : number(match.group(2));
        if (last < first) {
            return new Whole(size);    // malformed (§14.1.1), so it doesn't count
        }
        return first >= size ? new Unsatisfiable(size) : new Part(first, Math.min(last, size - 1) + 1, size);
    }

    private static Selection last(long octets, long size) {
        if (octets == 0) {
            return new Unsatisfiable(size);
        }
        return size == 0 ? new Whole(0) : new Part(Math.max(0, size - octets), size, size);
    }

    private static long number(String digits) {
        var significant = digits.replaceFirst("^0+(?=.)", "");
        return significant.length() > MOST_DIGITS ? Long.MAX_VALUE : Long.parseLong(significant);
    }
}
