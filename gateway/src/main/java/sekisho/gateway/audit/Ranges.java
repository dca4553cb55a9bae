package sekisho.gateway.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/** Octets of a file as half-open ranges, in PostgreSQL's form of an {@code int8multirange}: <code>{[0,400),[500,600)}</code>. */
public final class Ranges {

    public static final Ranges NONE = new Ranges(List.of());
    private static final Pattern RANGE = Pattern.compile("\\[(\\d{1,18}),(\\d{1,18})\\)");

    private record Range(long from, long to) {
    }

    private final List<Range> ranges;

    private Ranges(List<Range> sorted) {
        ranges = sorted;
    }

    /** Reads the ranges in {@code text}; what is none is passed over. */
    public static Ranges parse(String text) {
        var found = new ArrayList<Range>();
        for (var matcher = RANGE.matcher(text); matcher.find();) {
            found.add(new Range(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))));
        }
        return merged(found);
    }

    public Ranges plus(Ranges other) {
        var all = new ArrayList<>(ranges);
        all.addAll(other.ranges);
        return merged(all);
    }

    /** How many octets, each counted once. */
    public long octets() {
        return ranges.stream().mapToLong(range -> range.to - range.from).sum();
    }

    /** For people, each from its first octet to its last one, counted from 0: {@code 0–399}. */
    public List<String> texts() {
        return ranges.stream().map(range -> range.from + "–" + (range.to - 1)).toList();
    }

    /** Whether every octet of {@code other} is among these. */
    public boolean contains(Ranges other) {
        return plus(other).octets() == octets();
    }

    private static Ranges merged(List<Range> all) {
        var sorted = all.stream().filter(range -> range.to > range.from).sorted(Comparator.comparingLong(Range::from)).toList();
        var merged = new ArrayList<Range>();
        for (var next : sorted) {
            if (!merged.isEmpty() && merged.getLast().to >= next.from) {
                var last = merged.removeLast();
                merged.add(new Range(last.from, Math.max(last.to, next.to)));
            } else {
                merged.add(next);
            }
        }
        return merged.isEmpty() ? NONE : new Ranges(List.copyOf(merged));
    }

    @Override
    public String toString() {
        return ranges.stream().map(range -> "[" + range.from + "," + range.to + ")").collect(java.util.stream.Collectors.joining(",", "{", "}"));
    }
}
