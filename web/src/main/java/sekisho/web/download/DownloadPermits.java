package sekisho.web.download;

import jakarta.enterprise.context.ApplicationScoped;
import sekisho.gateway.people.Person;
import sekisho.web.fair.Shares;

/** Bounds the downloads of this node, and with them their memory. */
@ApplicationScoped
class DownloadPermits {

    private final Shares shares;

    DownloadPermits(DownloadConfig config) {
        shares = new Shares(config.atOnce(), config.perPerson());
    }

    Shares.Answer take(Person person) {
        return shares.take(person);
    }

    void giveBack(Person person) {
        shares.giveBack(person);
    }
}
