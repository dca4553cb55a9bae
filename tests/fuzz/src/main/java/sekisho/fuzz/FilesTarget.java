package sekisho.fuzz;

import java.io.IOException;
import java.time.Duration;
import sekisho.inspection.InspectionLimits;
import sekisho.inspection.Inspector;
import sekisho.inspection.Octets;
import sekisho.inspection.Protection;
import sekisho.inspection.Sniffer;

/** A look into any file comes back with a finding of ours, and is not left out where it would have found something. */
public final class FilesTarget {

    private static final Inspector INSPECTOR = new Inspector(new InspectionLimits(4, 500, 8 << 20, 200, Duration.ofSeconds(5), 8 << 20));

    private FilesTarget() {
    }

    public static void fuzzerTestOneInput(byte[] file) throws IOException {
        var findings = INSPECTOR.inspect("attachment", Octets.of(file));
        if (!findings.detail().matches("[a-z0-9-]{1,40}")) {
            throw new IllegalStateException("a detail that is none of ours: " + findings);
        }
        var sniffer = new Sniffer();
        sniffer.write(file, 0, file.length);
        if (!sniffer.needsLook("a") && findings.protection() != Protection.NONE) {
            throw new IllegalStateException("would not have been looked into: " + findings);
        }
    }
}
