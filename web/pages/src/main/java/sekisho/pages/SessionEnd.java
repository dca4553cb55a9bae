package sekisho.pages;

import io.quarkus.oidc.runtime.OidcJwtCallerPrincipal;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.SecurityIdentityAugmentor;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import org.eclipse.microprofile.jwt.JsonWebToken;
import sekisho.gateway.session.SignOuts;

/** Whoever has signed out is nobody, whatever cookie still says otherwise. Asked at each request, on every node. */
@ApplicationScoped
class SessionEnd implements SecurityIdentityAugmentor {

    private final SignOuts signOuts;

    SessionEnd(SignOuts signOuts) {
        this.signOuts = signOuts;
    }

    @Override
    public Uni<SecurityIdentity> augment(SecurityIdentity identity, AuthenticationRequestContext context) {
        if (identity.isAnonymous() || !(identity.getPrincipal() instanceof OidcJwtCallerPrincipal token)) {
            return Uni.createFrom().item(identity);
        }
        return context.runBlocking(() -> signOuts.ended(token.getIssuer(), session(token), token.getRawToken(),
            Instant.ofEpochSecond(token.getIssuedAtTime()))
            ? QuarkusSecurityIdentity.builder().setAnonymous(true).build() : identity);
    }

    void end(JsonWebToken token) {
        signOuts.end(token.getIssuer(), session(token), token.getRawToken());
    }

    /** The provider's name for the session (OpenID Connect Front-Channel Logout 1.0 §3); without one the token is all there is of it. */
    private static String session(JsonWebToken token) {
        return token.getClaim("sid") instanceof String session ? session : token.getRawToken();
    }
}
