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
        return begin(delivery, file, examiner.begin(), inspect);
    }

    /**
     * Begins to take in what may turn out to be no file and stay where it is, such as the parts of a delivery report: the scanner reads it only
     * when it is {@link IncomingFile#finish finished}, so that what stays doesn't wait for it. The caller closes it.
     */
    public IncomingFile beginUndecided(UUID delivery, UUID file, boolean inspect) throws StoreException {
        return begin(delivery, file, examiner.beginUndecided(), inspect);
    }

    private IncomingFile begin(UUID delivery, UUID file, Examination examination, boolean inspect) throws StoreException {
        boolean ready = false;
        try {
            var taken = new IncomingFile(file, vault.sealFile(delivery, file), examination, inspect, this::count);
            ready = true;
            return taken;
        } finally {
            if (!ready) {
                examination.close();
            }
        }
    }

    private void count(Examined examined) {
        metrics.counter("sekisho.scans", "outcome", examined.scan().name().toLowerCase(Locale.ROOT)).increment();
    }
}
