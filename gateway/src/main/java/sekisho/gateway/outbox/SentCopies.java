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

    /** Whether one of {@code recipients} is among those to whom {@code delivery} goes as {@code kind}; for a notice or DSN that is its sender. */
    public boolean wentTo(UUID delivery, OutboxItem.Kind kind, List<EmailAddress> recipients) {
        var query = kind.isCopy()
            ? """
                select count(*) from outbox o join recipient r on r.id = o.recipient_id
                where o.delivery_id = :delivery and o.kind = :kind and r.address in (:addresses)"""
            : """
                select count(*) from outbox o join delivery d on d.id = o.delivery_id
                where o.delivery_id = :delivery and o.kind = :kind and d.sender in (:addresses)""";
        return QuarkusTransaction.requiringNew().call(() -> entities.createNativeQuery(query, Long.class)
            .setParameter("delivery", delivery)
            .setParameter("kind", kind.name())
            .setParameter("addresses", recipients.stream().map(EmailAddress::key).toList())
            .getSingleResult() > 0);
    }
}
