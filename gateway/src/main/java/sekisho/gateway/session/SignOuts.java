package sekisho.gateway.session;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.hibernate.Session;

/**
 * Who has signed out. A session is a token in the browser, good until it ends by itself; a copy of it must not outlive the person's wish,
 * on any node. Kept is a hash of the session's name, and for longer than a token or a session of an identity provider lasts.
 */
@ApplicationScoped
public class SignOuts {

    private static final Duration KEPT = Duration.ofDays(7);

    private final Session entities;
    private final Clock clock;

    SignOuts(Session entities, Clock clock) {
        this.entities = entities;
        this.clock = clock;
    }

    /**
     * Ends a session: tokens that were issued for it until now are worth nothing. Whoever signs in anew gets a newer one, even if the
     * provider goes on with the same session.
     *
     * @param session the provider's name for it, the same in all its tokens
     * @param token   the one that is given up. Tokens tell only the second of their issue: of that second just this one is ended, for the
     *                others may be those of somebody who signed in again at once
     */
    @Transactional
    public void end(String issuer, String session, String token) {
        var now = clock.instant();
        entities.createNativeQuery("delete from sign_out where ended_at < :before").setParameter("before", now.minus(KEPT)).executeUpdate();
        add(name(issuer, token), now);
        add(name(issuer, session), now.truncatedTo(ChronoUnit.SECONDS));
    }

    private void add(byte[] name, Instant endedAt) {
        entities.createNativeQuery("""
                insert into sign_out (session, ended_at) values (:name, :at)
                on conflict (session) do update set ended_at = greatest(sign_out.ended_at, excluded.ended_at)""")
            .setParameter("name", name).setParameter("at", endedAt).executeUpdate();
    }

    /** Whether a token of this session, issued then, has been ended. */
    @Transactional
    public boolean ended(String issuer, String session, String token, Instant issuedAt) {
        return !entities.createNativeQuery("select 1 from sign_out where session = :session and ended_at > :issued or session = :token")
            .setParameter("session", name(issuer, session)).setParameter("issued", issuedAt).setParameter("token", name(issuer, token))
            .getResultList().isEmpty();
    }

    private static byte[] name(String issuer, String session) {
        try {
            return MessageDigest.getInstance("SHA-256").digest((issuer + '\n' + session).getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
