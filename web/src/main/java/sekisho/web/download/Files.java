package sekisho.web.download;

import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import sekisho.gateway.access.Downloads.FileToServe;
import sekisho.gateway.files.Vault;
import sekisho.storage.Opener;
import sekisho.storage.SealBrokenException;
import sekisho.storage.StoreException;

/** Opens sealed files with the web role's private key, which is read at start: a missing one stops start-up and is named. */
@Startup
@ApplicationScoped
class Files {

    private final Opener opener;

    Files(Vault vault, OpeningConfig config) {
        opener = vault.opener(config.openingKey());
    }

    /** The caller closes it. Nothing was fetched from the store yet. */
    Opener.OpenObject open(FileToServe file) throws StoreException, SealBrokenException {
        return opener.open(file.sealed(), file.place());
    }
}
