package sekisho.pages;

import io.quarkus.logging.Log;
import io.quarkus.security.AuthenticationCompletionException;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Stands before every request, whatever answers it: puts the headers on, and refuses changes that don't come from our own pages. */
@ApplicationScoped
class RequestGuard {

    /** Before authentication (200), so that a foreign page can't even start a sign-in with a POST. */
    private static final int BEFORE_ALL = 1000;

    private static final int BEFORE_ALL_ROUTES = -100_000;

    private final SameOrigin sameOrigin;
    private final SecurityHeaders headers;
    private final Problems problems;

    RequestGuard(PagesConfig config, Problems problems) {
        sameOrigin = new SameOrigin(config.publicOrigin());
        headers = new SecurityHeaders(config.publicOrigin(), config.identityProvider());
        this.problems = problems;
    }

    void register(@Observes Filters filters) {
        filters.register(this::guard, BEFORE_ALL);
    }

    void catchFailures(@Observes Router router) {
        router.route().order(BEFORE_ALL_ROUTES).failureHandler(this::failed);
    }

    private void guard(RoutingContext context) {
        var request = context.request();
        var response = context.response();
        OtherSession.hide(request);
        headers.always().forEach(response::putHeader);
        response.putHeader("Cache-Control", SecurityHeaders.cacheControl(request.path(), request.getParam("v")));
        if (sameOrigin.allows(request.method().name(), request.getHeader("Sec-Fetch-Site"), request.getHeader("Origin"))) {
            context.next();
        } else {
            response.putHeader("Connection", "close");
            problems.answer(context, Problems.Kind.FOREIGN_FORM);
        }
    }

    /** What fails while signing in fails before any resource is reached; the framework would answer with an empty page. */
    private void failed(RoutingContext context) {
        var failure = context.failure();
        if (failure == null || context.response().headWritten()) {
            context.next();
        } else if (failure instanceof AuthenticationCompletionException signIn) {
            problems.signInFailed(context, signIn);
        } else if (Temporary.is(failure)) {
            Log.warnf("answered 503: %s", Temporary.reason(failure));
            problems.answer(context, Problems.Kind.UNAVAILABLE);
        } else {
            context.next();
        }
    }
}
