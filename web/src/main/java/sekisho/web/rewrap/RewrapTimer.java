package sekisho.web.rewrap;

import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import sekisho.gateway.files.FileRecords;
import sekisho.gateway.files.Vault;
import sekisho.gateway.keys.KeyName;
import sekisho.gateway.keys.Rewraps;
import sekisho.storage.OpeningKey;
import sekisho.web.download.OpeningConfig;

/** Wraps the keys of files again once the private key has a newer version, on every node that holds it. */
@Startup(RewrapTimer.BEFORE_TIMERS)
@ApplicationScoped
class RewrapTimer {

    /** Priority among what runs at start. */
    static final int BEFORE_TIMERS = 100;

    private final Rewraps rewraps;
    private final OpeningKey files;
    private final OpeningKey records;
    private final Duration after;

    RewrapTimer(Rewraps rewraps, Vault vault, FileRecords fileRecords, OpeningConfig config, RewrapConfig times) {
        this.rewraps = rewraps;
        this.after = times.after();
        this.files = vault.fileKey(config.openingKey());
        this.records = fileRecords.openWith(config.recordsKey());
    }

    @Scheduled(every = "${web.rewrap.every:1h}", delayed = "10s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void wrapFiles() {
        rewraps.run(KeyName.FILES, files, after);
    }

    /** By itself: what holds the other pair's private half may take long to answer, or not answer. */
    @Scheduled(every = "${web.rewrap.every:1h}", delayed = "10s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void wrapRecords() {
        rewraps.run(KeyName.RECORDS, records, after);
    }
}
