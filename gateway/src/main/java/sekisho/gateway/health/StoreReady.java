package sekisho.gateway.health;

import io.quarkus.runtime.Startup;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.health.Readiness;
import sekisho.gateway.files.Vault;
import sekisho.storage.ObjectStore;
import sekisho.storage.StoreException;

/** Whether the object store can be written to now. */
@Startup(WatchedCheck.AFTER_STARTS)
@Readiness
@Singleton
class StoreReady extends WatchedCheck {

    private final ObjectStore store;

    @Inject
    StoreReady(Vault vault) {
        this(vault.store());
    }

    StoreReady(ObjectStore store) {
        super("object store", "unavailable");
        this.store = store;
    }

    @Override
    protected Optional<String> ask() throws StoreException {
        store.check();
        return Optional.empty();
    }
}
