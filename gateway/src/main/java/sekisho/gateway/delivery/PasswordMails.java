package sekisho.gateway.delivery;

import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import org.hibernate.Session;
import sekisho.gateway.delivery.NewDelivery.Facts;
import sekisho.gateway.delivery.NewDelivery.Plan;
import sekisho.gateway.policy.PasswordText;

/** Finds the other half of the habit that this product replaces: the message that follows a file and tells its password. */
@ApplicationScoped
class PasswordMails {

    private static final Duration WITHIN = Duration.ofMinutes(15);
    /** A sender who sends more in that time isn't a person. */
    private static final int MOST_DELIVERIES = 200;

    private final Session entities;

    PasswordMails(Session entities) {
        this.entities = entities;
    }

    /**
     * Keys of the recipients to whom attachments of this sender left a short time ago, behind a link or as they came, or still wait to leave, if this
     * message looks like their password. The time runs for each recipient from the release of their copy: people send the password once the file has
     * arrived, however long it was held.
     */
    Set<String> recipientsOf(Plan plan, Facts facts, Instant now) {
        if (!plan.outlook().text() || plan.sender().isEmpty() || !PasswordText.tellsOne(facts.subject() + "\n" + facts.text())) {
            return Set.of();
        }
        var addresses = plan.addressees().stream().map(a -> a.address().key()).collect(Collectors.toSet());
        return QuarkusTransaction.requiringNew().call(() -> Set.copyOf(entities.createNativeQuery("""
                select distinct r.address from (
                    select id, attached from delivery where sender = :sender order by id desc limit :most) d
                join recipient r on r.delivery_id = d.id
                where d.attached and coalesce(r.released_at, :now) >= :since and r.address in (:addresses) and r.hold <> 'CANCELLED'""", String.class)
            .setParameter("sender", plan.sender().get().key()).setParameter("now", now).setParameter("since", now.minus(WITHIN))
            .setParameter("most", MOST_DELIVERIES).setParameter("addresses", addresses).getResultList()));
    }
}
