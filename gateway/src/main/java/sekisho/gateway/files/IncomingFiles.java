package sekisho.gateway.files;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import java.util.UUID;
import sekisho.gateway.policy.Examined;
import sekisho.storage.StoreException;

/** Takes attachments in, whatever the door: each is sealed and looked at in one pass, and nothing of it lies anywhere in clear. */
@ApplicationScoped
public class IncomingFiles {

    private final Vault vault;
    private final Examiner examiner;
    private final MeterRegistry metrics;

    IncomingFiles(Vault vault, Examiner examiner, MeterRegistry metrics) {
        this.vault = vault;
        this.examiner = examiner;
        this.metrics = metrics;
        for (var scan : Examined.Scan.values()) {
            metrics.counter("sekisho.scans", "outcome", scan.name().toLowerCase(Locale.ROOT));
        }
    }

    /** Whether files must be taken in for the scanner's sake, even when nobody gets a link. */
    public boolean scans() {
        return examiner.scans();
    }

    /**
     * Begins to take a file in. The caller closes it.
     *
     * @param inspect whether policy may ask for what is in it
     */
    public IncomingFile begin(UUID delivery, UUID file, boolean inspect) throws StoreException {
        var object = vault.sealFile(delivery, file);
        return new IncomingFile(file, object, examiner.begin(), inspect, this::count);
    }

    private void count(Examined examined) {
        metrics.counter("sekisho.scans", "outcome", examined.scan().name().toLowerCase(Locale.ROOT)).increment();
    }
}
