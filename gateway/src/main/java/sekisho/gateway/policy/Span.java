package sekisho.gateway.policy;

import java.util.Optional;
import java.util.regex.Pattern;

/** A range of whole numbers, ends included, with the words it was written in. */
record Span(long from, long to, String text) {

    private static final Pattern NUMBER = Pattern.compile("([0-9]{1,12})([KMGkmg]?)");

    boolean holds(long number) {
        return number >= from && number <= to;
    }

    /** {@code over 10M}, {@code under 1K}, {@code 1M to 5M}, or one number. Empty when it is none of these, or holds no number. */
    static Optional<Span> parse(String text) {
        var words = text.strip().split("\\s+");
        if (words.length == 1) {
            return number(words[0]).map(n -> new Span(n, n, text.strip()));
        }
        if (words.length == 2 && words[0].equals("over")) {
            return number(words[1]).map(n -> new Span(n + 1, Long.MAX_VALUE, text.strip()));
        }
        if (words.length == 2 && words[0].equals("under")) {
            return number(words[1]).filter(n -> n > 0).map(n -> new Span(0, n - 1, text.strip()));
        }
        if (words.length == 3 && words[1].equals("to")) {
            return number(words[0]).flatMap(a -> number(words[2]).filter(b -> a <= b).map(b -> new Span(a, b, text.strip())));
        }
        return Optional.empty();
    }

    private static Optional<Long> number(String text) {
        var parts = NUMBER.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long unit = switch (parts.group(2).toUpperCase(java.util.Locale.ROOT)) {
            case "K" -> 1L << 10;
            case "M" -> 1L << 20;
            case "G" -> 1L << 30;
            default -> 1;
        };
        long number = Long.parseLong(parts.group(1));
        return number > (1L << 50) / unit ? Optional.empty() : Optional.of(number * unit);
    }
}
