package sekisho.pages;

import io.quarkus.logging.Log;
import io.quarkus.security.AuthenticationCompletionException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticator;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.Locale;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import sekisho.gateway.Ids;

/** Turns whatever went wrong into a page that says what to do. No page ever tells what the machine thought of it. */
@ApplicationScoped
public class Problems {

    private static final String SIGN_IN_FAILED = "a sign-in failed: %s";

    private final Pages pages;
    private final SignedIn signedIn;

    Problems(Pages pages, SignedIn signedIn) {
        this.pages = pages;
        this.signedIn = signedIn;
    }

    /** The pages there are; the keys of their texts begin with {@code problem.} and the name. */
    public enum Kind {
        /** Nothing is here. */
        NOT_FOUND(404),
        /** Signed in, but not for this. */
        FORBIDDEN(403),
        /** The identity provider's answer couldn't be used: too late, interrupted, or not meant for this browser. */
        SIGN_IN_FAILED(401),
        /** A form that some other site's page sent. */
        FOREIGN_FORM(403),
        /** The request makes no sense. */
        BAD_REQUEST(400),
        /** Database, object store or identity provider don't answer: temporary. */
        UNAVAILABLE(503),
        /** Our fault. */
        BROKEN(500);

        private final int status;

        Kind(int status) {
            this.status = status;
        }

        String key() {
            return "problem." + name().toLowerCase(Locale.ROOT);
        }
    }

    /** The page of a problem that needs no reference. */
    public Response show(Kind kind) {
        return show(kind, "");
    }

    /** Answers what went wrong before any resource was reached. */
    void answer(RoutingContext request, Kind kind) {
        var response = request.response().setStatusCode(kind.status).putHeader("Content-Type", "text/html;charset=UTF-8");
        if (kind == Kind.UNAVAILABLE) {
            response.putHeader("Retry-After", Pages.RETRY_SECONDS);
        }
        response.end(new Problem(pages.page(request), kind.key(), "").render());
    }

    private Response show(Kind kind, String reference) {
        if (kind == Kind.FORBIDDEN) {
            signedIn.showWhom();
        }
        return pages.show(kind.status, new Problem(pages.page(), kind.key(), reference));
    }

    /**
     * Nobody is signed in: on to the identity provider, as the framework says how. While that can't be asked where it wants the browser,
     * the framework has nothing to say but a bare 401. Whoever may be signed in isn't sent there.
     */
    @ServerExceptionMapper
    Uni<Response> signInFirst(UnauthorizedException needed, RoutingContext request) {
        var unavailable = show(Kind.UNAVAILABLE);
        if (signedIn.unknown()) {
            return Uni.createFrom().item(unavailable);
        }
        HttpAuthenticator authenticator = request.get(HttpAuthenticator.class.getName());
        return authenticator.getChallenge(request)
            .map(challenge -> challenge == null || challenge.status == Response.Status.UNAUTHORIZED.getStatusCode() ? nowhere(unavailable) : redirect(challenge))
            .onFailure().invoke(failed -> Log.warnf("nobody can sign in: %s", failed.getClass().getSimpleName()))
            .onFailure().recoverWithItem(unavailable);
    }

    private static Response nowhere(Response unavailable) {
        Log.warn("nobody can sign in: the identity provider can't be asked, or a browser came back from it without the cookie that it went with");
        return unavailable;
    }

    private static Response redirect(ChallengeData challenge) {
        var response = Response.status(challenge.status);
        challenge.getHeaders().forEach((name, value) -> response.header(name.toString(), value));
        return response.build();
    }

    @ServerExceptionMapper
    Response refused(ForbiddenException refused) {
        return show(Kind.FORBIDDEN);
    }

    @ServerExceptionMapper
    Response signInFailed(AuthenticationCompletionException failed) {
        Log.warnf(SIGN_IN_FAILED, SignInFailure.reason(failed));
        return show(Kind.SIGN_IN_FAILED);
    }

    /** As {@link #signInFailed(AuthenticationCompletionException)}, before any resource was reached. */
    void signInFailed(RoutingContext request, AuthenticationCompletionException failed) {
        Log.warnf(SIGN_IN_FAILED, SignInFailure.reason(failed));
        answer(request, Kind.SIGN_IN_FAILED);
    }

    /** Statuses that the framework or a resource chose. */
    @ServerExceptionMapper
    Response status(WebApplicationException chosen) {
        int status = chosen.getResponse().getStatus();
        if (status < 400) {
            return chosen.getResponse();
        }
        return switch (status) {
            case 404, 405 -> show(Kind.NOT_FOUND);
            case 401, 403 -> show(Kind.FORBIDDEN);
            case 503 -> show(Kind.UNAVAILABLE);
            default -> status < 500 ? show(Kind.BAD_REQUEST) : anything(chosen);
        };
    }

    @ServerExceptionMapper
    Response anything(Throwable problem) {
        if (UnreadableForm.is(problem)) {
            return show(Kind.BAD_REQUEST);
        }
        var reference = Ids.next().toString();
        if (Temporary.is(problem)) {
            Log.warnf("answered 503, reference %s: %s", reference, Temporary.reason(problem));
            return show(Kind.UNAVAILABLE, reference);
        }
        Log.errorf(Wordless.of(problem), "answered 500, reference %s", reference);
        return show(Kind.BROKEN, reference);
    }
}
