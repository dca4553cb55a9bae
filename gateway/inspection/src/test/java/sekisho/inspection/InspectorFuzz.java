package sekisho.inspection;

import java.io.IOException;
import java.time.Duration;

/** A target for Jazzer: any file. A look never fails, and says something. */
public final class InspectorFuzz {
    private static final InspectionLimits LIMITS = new InspectionLimits(4, 500, 8 << 20, 200, Duration.ofSeconds(5), 8 << 20);

    private InspectorFuzz() {}

    public static void fuzzerTestOneInput(byte[] file) {
        try {
            Findings findings = new Inspector(LIMITS).inspect("a", Octets.of(file));
            if (findings.detail().isEmpty() || !findings.detail().matches("[a-z0-9-]{1,40}")) {
                throw new IllegalStateException("a detail that is none of ours: " + findings);
            }
            var sniffer = new Sniffer();
            sniffer.write(file, 0, file.length);
            if (!sniffer.needsLook("attachment") && findings.protection() != Protection.NONE) {
                throw new IllegalStateException("would not have been looked into: " + findings);
            }
        } catch (IOException e) {
            throw new IllegalStateException("an array can always be read", e);
        }
    }
}
