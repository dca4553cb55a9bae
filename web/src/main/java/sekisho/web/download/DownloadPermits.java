package sekisho.web.download;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;
import sekisho.web.fair.Shares;

/** Bounds the downloads of this node, and with them their memory. */
@ApplicationScoped
class DownloadPermits {

    private final Shares shares;

    DownloadPermits(DownloadConfig config) {
        shares = new Shares(config.atOnce(), config.perPerson());
    }

    Shares.Answer take(UUID person) {
        return shares.take(person);
    }

    void giveBack(UUID person) {
        shares.giveBack(person);
    }
}
