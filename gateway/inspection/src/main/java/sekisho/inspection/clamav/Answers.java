package sekisho.inspection.clamav;

import org.jspecify.annotations.Nullable;

/** What clamd's answers mean. Only {@code OK} in the right place is clean. */
final class Answers {
    private static final String STREAM = "stream: ";
    private static final String FOUND = " FOUND";
    private static final String TOO_LONG = "size limit exceeded";
    /** With {@code AlertExceedsMax}: it was not looked at whole, which is no find. */
    private static final String BEYOND_LIMITS = "Heuristics.Limits.Exceeded";
    private static final int LONGEST_SHOWN = 200;

    private Answers() {}

    /** @param answer null when the connection ended before one was complete */
    static Verdict verdict(@Nullable String answer, boolean isLate) {
        if (answer == null) {
            return new Verdict.Unavailable(isLate ? "the scanner takes too long" : "the scanner closed the connection");
        }
        if (answer.equals("stream: OK")) {
            return new Verdict.Clean();
        }
        if (answer.startsWith(STREAM) && answer.endsWith(FOUND) && answer.length() > STREAM.length() + FOUND.length()) {
            String find = shown(answer.substring(STREAM.length(), answer.length() - FOUND.length()));
            return find.startsWith(BEYOND_LIMITS) ? new Verdict.Unavailable("beyond the limits of the scanner", true) : new Verdict.Infected(find);
        }
        return refusal(answer);
    }

    /** An answer that came instead of a verdict. */
    static Verdict.Unavailable refusal(String answer) {
        return answer.contains(TOO_LONG) ? new Verdict.Unavailable("too large for the scanner", true)
                : new Verdict.Unavailable("the scanner answers: " + shown(answer));
    }

    private static String shown(String text) {
        String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
        return printable.length() <= LONGEST_SHOWN ? printable : printable.substring(0, LONGEST_SHOWN);
    }
}
