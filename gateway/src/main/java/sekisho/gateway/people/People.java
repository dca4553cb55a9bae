package sekisho.gateway.people;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.Ids;
import sekisho.gateway.InTurn;
import sekisho.gateway.Turns;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.audit.Commitment;

/**
 * The persons that have ever signed in: an account by issuer and subject (OpenID Connect Core 1.0 §2) together with the address that it had
 * proved then. When that changes it is another person, so an event goes on naming the one who did it. That a person is new is recorded,
 * with a commitment to account and address.
 */
@ApplicationScoped
public class People {

    /** Within it somebody who was seen isn't written down as seen again: their requests would wait for each other, each for a flush. */
    private static final Duration SEEN_LATELY = Duration.ofMinutes(1);

    private final Session entities;
    private final AuditLog audit;
    private final Clock clock;

    People(Session entities, AuditLog audit, Clock clock) {
        this.entities = entities;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * The person behind an ID token, remembered if new.
     *
     * @param email    the token's {@code email} claim, or null
     * @param verified the token's {@code email_verified} claim: without it the address counts for nothing
     * @param roles    role names of the token; unknown ones are ignored
     */
    @InTurn(Turns.Queue.PEOPLE)
    @Transactional
    public Person signedIn(String issuer, String subject, @Nullable String email, boolean verified, Collection<String> roles) {
        Optional<EmailAddress> address = verified && email != null ? EmailAddress.parse(email) : Optional.empty();
        var key = address.map(EmailAddress::key).orElse(null);
        var now = clock.instant();
        var id = seenLately(issuer, subject, key, now).orElseGet(() -> seen(issuer, subject, key, now));
        return new Person(id, address, Set.copyOf(Role.of(roles)));
    }

    private Optional<UUID> seenLately(String issuer, String subject, @Nullable String address, Instant now) {
        return entities.createNativeQuery("""
                select id from person where issuer = :issuer and subject = :subject and address is not distinct from cast(:address as text)
                    and last_seen_at > :lately""", UUID.class)
            .setParameter("issuer", issuer)
            .setParameter("subject", subject)
            .setParameter("address", address, org.hibernate.type.StandardBasicTypes.STRING)
            .setParameter("lately", now.minus(SEEN_LATELY))
            .getResultStream().findFirst();
    }

    private UUID seen(String issuer, String subject, @Nullable String address, Instant now) {
        var salt = Commitment.newSalt();
        var fresh = Ids.next();
        var id = (UUID) entities.createNativeQuery("""
                insert into person as p (id, issuer, subject, address, salt, first_seen_at, last_seen_at)
                values (:id, :issuer, :subject, :address, :salt, :now, :now)
                on conflict (issuer, subject, address) do update set last_seen_at = excluded.last_seen_at
                returning id""", UUID.class)
            .setParameter("id", fresh)
            .setParameter("issuer", issuer)
            .setParameter("subject", subject)
            .setParameter("address", address, org.hibernate.type.StandardBasicTypes.STRING)
            .setParameter("salt", salt)
            .setParameter("now", now)
            .getSingleResult();
        if (id.equals(fresh)) {
            audit.record(AuditType.PERSON_ADDED, new Actor.Someone(id), AuditLog.About.NOTHING,
                Map.of("is", Commitment.ofPerson(salt, id, issuer, subject, address)));
        }
        return id;
    }

    /** The verified address of a person; empty when there is none. */
    @Transactional
    public Optional<String> addressOf(UUID person) {
        PersonEntity entity = PersonEntity.findById(person);
        return entity == null ? Optional.empty() : Optional.ofNullable(entity.address);
    }
}
