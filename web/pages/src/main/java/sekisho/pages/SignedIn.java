package sekisho.pages;

import io.quarkus.oidc.runtime.OidcJwtCallerPrincipal;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import jakarta.enterprise.context.RequestScoped;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.jwt.Claims;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.people.AccountGroups;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.people.People;
import sekisho.gateway.people.Person;
import sekisho.gateway.people.Role;

/**
 * Who is signed in, by the ID token that the configured issuer signed for us. The address counts only if the token says that it is
 * verified.
 */
@RequestScoped
public class SignedIn {

    static final String KEY = "sekisho.person";
    private static final UUID NOBODY = new UUID(0, 0);

    private final SecurityIdentity identity;
    private final People people;
    private final CurrentVertxRequest current;
    private @Nullable Person person;

    SignedIn(SecurityIdentity identity, People people, CurrentVertxRequest current) {
        this.identity = identity;
        this.people = people;
        this.current = current;
    }

    /**
     * @throws UnauthorizedException when nobody is signed in: the browser is sent to the identity provider
     */
    public Person person() {
        return ifAny().orElseThrow(UnauthorizedException::new);
    }

    /** Empty when nobody is signed in, or no longer. */
    public Optional<Person> ifAny() {
        if (person == null && !anonymous()) {
            if (!(identity.getPrincipal() instanceof OidcJwtCallerPrincipal token)) {
                throw new UnauthorizedException("only an ID token tells who somebody is");
            }
            String email = token.getClaims().getClaimValue(Claims.email.name()) instanceof String text ? text : null;
            person = people.signedIn(token.getIssuer(), token.getSubject(), email, verified(token), identity.getRoles());
            current.getCurrent().put(KEY, person);
        }
        return Optional.ofNullable(person);
    }

    /**
     * Lets the page that refuses somebody show who that is, and their way out. Asks nothing of the database: this may be a thread that must
     * not wait, and what is shown decides nothing.
     */
    void showWhom() {
        var request = current.getCurrent();
        if (request.get(KEY) == null && !unknown() && !anonymous() && identity.getPrincipal() instanceof OidcJwtCallerPrincipal token) {
            request.put(KEY, new Person(NOBODY, address(token), Set.copyOf(Role.of(identity.getRoles()))));
        }
    }

    private static Optional<EmailAddress> address(OidcJwtCallerPrincipal token) {
        return verified(token) && token.getClaims().getClaimValue(Claims.email.name()) instanceof String text ? EmailAddress.parse(text) : Optional.empty();
    }

    private static boolean verified(OidcJwtCallerPrincipal token) {
        return Boolean.TRUE.equals(token.getClaims().getClaimValue(Claims.email_verified.name()));
    }

    /** Groups of the account, as the ID token tells them; none when nobody is signed in, and empty when they can't be told. */
    public Optional<Set<String>> groups() {
        return !anonymous() && identity.getPrincipal() instanceof OidcJwtCallerPrincipal token
            ? AccountGroups.in(token.getClaims().getClaimsMap()) : Optional.of(Set.of());
    }

    /** Whether nobody knows, now that the database is away, if this session was ended. */
    boolean unknown() {
        return SessionEnd.failure(current.getCurrent()) != null;
    }

    /**
     * Looking at the identity is what opens the session's cookie; one that is too old, or not ours, counts for nothing.
     *
     * @throws UnknownSessionException it can't be told now whether the session was ended: temporary
     */
    boolean anonymous() {
        try {
            boolean anonymous = identity.isAnonymous();
            if (SessionEnd.failure(current.getCurrent()) instanceof Throwable failure) {
                throw new UnknownSessionException(failure);
            }
            return anonymous;
        } catch (AuthenticationFailedException noSession) {
            return true;
        }
    }

    /** The database doesn't say whether a session was ended. Its cause tells why. */
    static final class UnknownSessionException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnknownSessionException(Throwable failure) {
            super("it isn't known who is signed in", failure);
        }
    }
}
