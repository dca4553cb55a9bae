package sekisho.web.download;

import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import sekisho.gateway.access.Downloads.FileToServe;
import sekisho.gateway.files.FileRecords;
import sekisho.gateway.files.Vault;
import sekisho.storage.Opener;
import sekisho.storage.SealBrokenException;
import sekisho.storage.StoreException;

/** Opens sealed files and their records with the web role's private keys, which are read at start: a missing one stops start-up and is named. */
@Startup(Files.BEFORE_TIMERS)
@ApplicationScoped
class Files {

    /** Priority among what runs at start. */
    static final int BEFORE_TIMERS = 100;

    private final Opener opener;

    Files(Vault vault, FileRecords records, OpeningConfig config) {
        try {
            opener = vault.fileOpener(config.openingKey());
        } catch (IllegalStateException unusable) {
            throw new IllegalStateException("setting web.opening-key: " + unusable.getMessage(), unusable);
        }
        try {
            records.openWith(config.recordsKey());
        } catch (IllegalStateException unusable) {
            throw new IllegalStateException("setting web.records-key: " + unusable.getMessage(), unusable);
        }
    }

    /** The caller closes it. Nothing was fetched from the store yet. */
    Opener.OpenObject open(FileToServe file) throws StoreException, SealBrokenException {
        return opener.open(file.sealed(), file.place());
    }
}
