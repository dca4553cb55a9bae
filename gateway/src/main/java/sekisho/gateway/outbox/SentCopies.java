package sekisho.gateway.outbox;

import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;
import org.hibernate.Session;
import sekisho.gateway.people.EmailAddress;

/** Tells whom something was sent to, or will be. */
@ApplicationScoped
public class SentCopies {

    private final Session entities;

    SentCopies(Session entities) {
        this.entities = entities;
    }

    /** Whether all {@code recipients} are among those to whom {@code delivery} goes as {@code kind}; for a notice or DSN that is its sender. */
    public boolean wentToAll(UUID delivery, OutboxItem.Kind kind, List<EmailAddress> recipients) {
        var query = kind.isCopy()
            ? """
                select count(distinct r.address) from outbox o join recipient r on r.id = o.recipient_id
                where o.delivery_id = :delivery and o.kind = :kind and r.address in (:addresses)"""
            : """
                select count(distinct d.sender) from outbox o join delivery d on d.id = o.delivery_id
                where o.delivery_id = :delivery and o.kind = :kind and d.sender in (:addresses)""";
        var addresses = recipients.stream().map(EmailAddress::key).distinct().toList();
        return !addresses.isEmpty() && QuarkusTransaction.requiringNew().call(() -> entities.createNativeQuery(query, Long.class)
            .setParameter("delivery", delivery)
            .setParameter("kind", kind.name())
            .setParameter("addresses", addresses)
            .getSingleResult() == addresses.size());
    }
}
