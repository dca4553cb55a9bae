package sekisho.web.scan;

import io.quarkus.logging.Log;
import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import sekisho.gateway.files.Vault;
import sekisho.gateway.scan.Rescans;
import sekisho.gateway.scan.ScannerAgreement;
import sekisho.storage.Opener;
import sekisho.web.download.OpeningConfig;

/** Scans what is due, every few seconds, on every node that can open files. */
@Startup(ScanTimer.BEFORE_TIMERS)
@ApplicationScoped
class ScanTimer {

    /** Priority among what runs at start. */
    static final int BEFORE_TIMERS = 100;
    private static final int BATCH = 20;

    private final Rescans rescans;
    private final Opener opener;

    ScanTimer(Rescans rescans, ScannerAgreement agreement, Vault vault, OpeningConfig config) {
        agreement.takesPart();
        this.rescans = rescans;
        this.opener = vault.fileOpener(config.openingKey());
    }

    @Scheduled(every = "5s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tick() {
        while (rescans.run(opener, BATCH) == BATCH) {
            Log.debug("a full batch of files was scanned, going on");
        }
    }
}
