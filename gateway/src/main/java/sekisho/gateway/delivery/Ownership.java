package sekisho.gateway.delivery;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.UUID;
import sekisho.gateway.people.Person;
import sekisho.gateway.people.Role;

/** Whose delivery it is. A sender is whoever has proved the reverse-path's address and has the role {@link Role#SENDER}. */
@ApplicationScoped
public class Ownership {

    /** Whether {@code person} sent it. */
    @Transactional
    public boolean isSender(Person person, UUID delivery) {
        DeliveryEntity entity = DeliveryEntity.findById(delivery);
        return entity != null && !entity.sender.isEmpty() && person.has(Role.SENDER) && person.owns(entity.sender);
    }

    /** Whether {@code person} may stop and revoke it: its sender, or a responder. */
    @Transactional
    public boolean mayAct(Person person, UUID delivery) {
        return person.has(Role.RESPONDER) && DeliveryEntity.findById(delivery) != null || isSender(person, delivery);
    }
}
