package sekisho.pages;

import io.quarkus.oidc.OidcConfigurationMetadata;
import io.quarkus.oidc.OidcSession;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Ends the session here, for every copy of its cookie, and at the identity provider (OpenID Connect RP-Initiated Logout 1.0), so that whoever signs in next is asked
 * who they are. The browser comes back to {@code /signed-out}.
 */
@RequestScoped
public class SigningOut {

    /** Where to go once signed out. In a cookie, so that the identity provider learns nothing of it. */
    static final String NEXT_COOKIE = "sekisho_next";
    static final String BACK_PATH = "/signed-out";
    private static final int NEXT_SECONDS = (int) Duration.ofMinutes(5).toSeconds();
    private static final String METADATA = "configuration-metadata";

    private final SecurityIdentity identity;
    private final SignedIn signedIn;
    private final OidcSession session;
    private final PagesConfig config;
    private final Pages pages;
    private final SessionEnd sessionEnd;

    SigningOut(SecurityIdentity identity, SignedIn signedIn, OidcSession session, PagesConfig config, Pages pages, SessionEnd sessionEnd) {
        this.identity = identity;
        this.signedIn = signedIn;
        this.session = session;
        this.config = config;
        this.pages = pages;
        this.sessionEnd = sessionEnd;
    }

    /**
     * Answers a POST that signs out.
     *
     * @param next where to go afterwards, on this site; null for a page that says that one is signed out
     */
    public Response signOut(@Nullable String next) {
        var target = signedIn.anonymous() ? BACK_PATH : endSession();
        return Response.fromResponse(pages.seeOther(target)).cookie(next(next == null ? "" : LocalPath.or(next, ""))).build();
    }

    private String endSession() {
        sessionEnd.end(session.getIdToken());
        var idToken = session.getIdToken().getRawToken();
        OidcConfigurationMetadata issuer = identity.getAttribute(METADATA);
        session.logout().await().atMost(Duration.ofSeconds(10));
        if (issuer == null || issuer.getEndSessionUri() == null) {
            return BACK_PATH;
        }
        return issuer.getEndSessionUri() + "?id_token_hint=" + encode(idToken) + "&post_logout_redirect_uri="
            + encode(SameOrigin.origin(config.publicOrigin()) + BACK_PATH);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** The cookie that holds where to go; an empty text takes it away. */
    NewCookie next(String path) {
        return new NewCookie.Builder(NEXT_COOKIE).value(path).path(BACK_PATH).maxAge(path.isEmpty() ? 0 : NEXT_SECONDS).httpOnly(true)
            .secure("https".equals(config.publicOrigin().getScheme())).sameSite(NewCookie.SameSite.LAX).build();
    }
}
