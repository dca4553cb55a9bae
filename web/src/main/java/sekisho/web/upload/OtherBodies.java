package sekisho.web.upload;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Keeps every request but an upload small. The framework's own limit has to be as large as the largest upload, and for other forms it
 * would write such a body to disk, also for somebody who has not signed in.
 */
@ApplicationScoped
class OtherBodies {

    /** Before authentication (200), after the guard of all pages (1000). */
    private static final int EARLY = 900;
    private static final long LARGEST = 1 << 20;
    private static final int LENGTH_REQUIRED = 411;
    private static final int TOO_LARGE = 413;
    private static final Set<HttpMethod> WITHOUT_BODY = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    void register(@Observes Filters filters) {
        filters.register(OtherBodies::check, EARLY);
    }

    private static void check(RoutingContext context) {
        var request = context.request();
        boolean upload = request.method().equals(HttpMethod.POST) && context.normalizedPath().equals("/send");
        var refusal = upload ? OptionalInt.empty() : refusal(request);
        if (refusal.isEmpty()) {
            context.next();
        } else {
            context.response().setStatusCode(refusal.getAsInt()).putHeader("Connection", "close").end();
        }
    }

    /** The status to refuse with; empty when the body is small, or nobody will read it. Browsers say how long a form is. */
    static OptionalInt refusal(HttpServerRequest request) {
        var length = request.getHeader("Content-Length");
        if (length != null) {
            return length.matches("\\d{1,18}") && Long.parseLong(length) <= LARGEST ? OptionalInt.empty() : OptionalInt.of(TOO_LARGE);
        }
        boolean mayHaveBody = request.headers().contains("Transfer-Encoding") || request.version() == HttpVersion.HTTP_2;
        return mayHaveBody && !WITHOUT_BODY.contains(request.method()) ? OptionalInt.of(LENGTH_REQUIRED) : OptionalInt.empty();
    }
}
