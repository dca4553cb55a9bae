package sekisho.fuzz;

import sekisho.mailhook.mime.check.MessageCheck;

/** A message through splitting and rewriting; what the corpus check calls a violation is a find. */
public final class SplitterTarget {

    private SplitterTarget() {
    }

    public static void fuzzerTestOneInput(byte[] octets) {
        var violations = MessageCheck.check(MessageCheck.asSent(octets)).violations().stream()
            .filter(violation -> !violation.startsWith("splitting took"))   // the fuzzer has a watch of its own
            .toList();
        if (!violations.isEmpty()) {
            throw new IllegalStateException(String.join("; ", violations));
        }
    }
}
