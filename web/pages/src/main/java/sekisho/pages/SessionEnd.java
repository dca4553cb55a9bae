package sekisho.pages;

import io.quarkus.oidc.runtime.OidcJwtCallerPrincipal;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.SecurityIdentityAugmentor;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.HttpSecurityUtils;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Map;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.session.SignOuts;

/**
 * Whoever has signed out is nobody, whatever cookie still says otherwise. Asked at each request, on every node. While the database can't say, the
 * request is nobody's either; but the browser keeps its session, which the framework would take from it if this failed.
 */
@ApplicationScoped
class SessionEnd implements SecurityIdentityAugmentor {

    private static final String FAILURE = "sekisho.session.failure";

    private final SignOuts signOuts;

    SessionEnd(SignOuts signOuts) {
        this.signOuts = signOuts;
    }

    @Override
    public Uni<SecurityIdentity> augment(SecurityIdentity identity, AuthenticationRequestContext context) {
        return augment(identity, context, Map.of());
    }

    @Override
    public Uni<SecurityIdentity> augment(SecurityIdentity identity, AuthenticationRequestContext context, Map<String, Object> attributes) {
        if (identity.isAnonymous() || !(identity.getPrincipal() instanceof OidcJwtCallerPrincipal token)) {
            return Uni.createFrom().item(identity);
        }
        var request = HttpSecurityUtils.getRoutingContextAttribute(attributes);
        return context.runBlocking(() -> signOuts.ended(token.getIssuer(), session(token), token.getRawToken(),
            Instant.ofEpochSecond(token.getIssuedAtTime())) ? nobody() : identity)
            .onFailure(failure -> request != null && Temporary.is(failure)).recoverWithItem(failure -> {
                request.put(FAILURE, failure);
                return nobody();
            });
    }

    private static SecurityIdentity nobody() {
        return QuarkusSecurityIdentity.builder().setAnonymous(true).build();
    }

    /** Why it isn't known whether the one who makes a request has signed out; null when it is, or when nobody asked. */
    static @Nullable Throwable failure(RoutingContext request) {
        return request.get(FAILURE);
    }

    void end(JsonWebToken token) {
        signOuts.end(token.getIssuer(), session(token), token.getRawToken());
    }

    /** The provider's name for the session (OpenID Connect Front-Channel Logout 1.0 §3); without one the token is all there is of it. */
    private static String session(JsonWebToken token) {
        return token.getClaim("sid") instanceof String session ? session : token.getRawToken();
    }
}
