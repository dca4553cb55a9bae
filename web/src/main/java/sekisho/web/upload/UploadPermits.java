package sekisho.web.upload;

import jakarta.enterprise.context.ApplicationScoped;
import sekisho.gateway.people.Person;
import sekisho.web.fair.Shares;

/** Bounds the uploads of this node, and with them their memory. */
@ApplicationScoped
class UploadPermits {

    private final Shares shares;

    UploadPermits(UploadConfig config) {
        shares = new Shares(config.atOnce(), config.perPerson());
    }

    Shares.Answer take(Person person) {
        return shares.take(person);
    }

    void giveBack(Person person) {
        shares.giveBack(person);
    }
}
