package sekisho.admin;

import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import sekisho.gateway.files.FileRecords;

/** Lets this role show what files are called. The key is read at start: a missing one stops start-up and is named. */
@Startup(RecordsKey.BEFORE_TIMERS)
@ApplicationScoped
class RecordsKey {

    /** Priority among what runs at start. */
    static final int BEFORE_TIMERS = 100;

    RecordsKey(FileRecords records, RecordsConfig config) {
        try {
            records.openWith(config.recordsKey());
        } catch (IllegalStateException unusable) {
            throw new IllegalStateException("setting admin.records-key: " + unusable.getMessage(), unusable);
        }
    }
}
