package sekisho.fuzz;

import java.nio.charset.StandardCharsets;
import sekisho.mailhook.mime.check.MessageCheck;

/** A message through splitting and rewriting; what the corpus check calls a violation is a find. */
public final class SplitterTarget {

    private SplitterTarget() {
    }

    public static void fuzzerTestOneInput(byte[] octets) {
        if (new String(octets, StandardCharsets.ISO_8859_1).contains(MessageCheck.URL)) {
            return;   // the fuzzer saw it in what it was compared with, and wrote it in: then it is shown twice, and rightly so
        }
        var violations = MessageCheck.check(MessageCheck.asSent(octets)).violations().stream()
            .filter(violation -> !violation.startsWith("splitting took"))   // the fuzzer has a watch of its own
            .toList();
        if (!violations.isEmpty()) {
            throw new IllegalStateException(String.join("; ", violations));
        }
    }
}
