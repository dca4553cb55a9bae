package sekisho.gateway.people;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Somebody who has signed in: an account together with its address of that moment.
 *
 * @param address present only when the issuer says that it has verified the address
 */
public record Person(UUID id, Optional<EmailAddress> address, Set<Role> roles) {

    public Person {
        roles = Set.copyOf(roles);
    }

    public boolean has(Role role) {
        return roles.contains(role);
    }

    /** Whether this person has proved to own {@code address}, compared without regard to case. */
    public boolean owns(String addressKey) {
        return address.isPresent() && address.get().key().equals(addressKey);
    }
}
