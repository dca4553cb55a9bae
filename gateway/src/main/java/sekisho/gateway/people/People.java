package sekisho.gateway.people;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.Ids;

/** The persons that have ever signed in, by issuer and subject (OpenID Connect Core 1.0 §2). */
@ApplicationScoped
public class People {

    private final Session entities;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    People(Session entities, Clock clock) {
        this.entities = entities;
        this.clock = clock;
    }

    /**
     * The person behind an ID token, remembered if new.
     *
     * @param email    the token's {@code email} claim, or null
     * @param verified the token's {@code email_verified} claim: without it the address counts for nothing
     * @param roles    role names of the token; unknown ones are ignored
     */
    @Transactional
    public Person signedIn(String issuer, String subject, @Nullable String email, boolean verified, Collection<String> roles) {
        Optional<EmailAddress> address = verified && email != null ? EmailAddress.parse(email) : Optional.empty();
        var salt = new byte[16];
        random.nextBytes(salt);
        var now = clock.instant();
        var id = (UUID) entities.createNativeQuery("""
                insert into person as p (id, issuer, subject, address, salt, first_seen_at, last_seen_at)
                values (:id, :issuer, :subject, :address, :salt, :now, :now)
                on conflict (issuer, subject) do update set address = excluded.address, last_seen_at = excluded.last_seen_at
                returning id""", UUID.class)
            .setParameter("id", Ids.next())
            .setParameter("issuer", issuer)
            .setParameter("subject", subject)
            .setParameter("address", address.map(EmailAddress::key).orElse(null), org.hibernate.type.StandardBasicTypes.STRING)
            .setParameter("salt", salt)
            .setParameter("now", now)
            .getSingleResult();
        return new Person(id, address, Set.copyOf(Role.of(roles)));
    }

    /** The verified address of a person as last seen; empty when there is none. */
    @Transactional
    public Optional<String> addressOf(UUID person) {
        PersonEntity entity = PersonEntity.findById(person);
        return entity == null ? Optional.empty() : Optional.ofNullable(entity.address);
    }
}
