package sekisho.pages;

import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whoever is signed in as sender or recipient sends that session's cookie to the administration's pages too, since its path is {@code /}. There another client
 * of the identity provider is asked, and the framework takes the cookie for one of its own that is no longer valid, and removes it: a look at
 * {@code /admin} would sign out of everything else. So it isn't seen there.
 */
final class OtherSession {

    private static final String NAME = "q_session";
    private static final String PIECE = NAME + "_chunk_";
    private static final String ADMIN = "/admin";

    private OtherSession() {
    }

    /** Before authentication. */
    static void hide(HttpServerRequest request) {
        var path = request.path();
        if (path == null || !path.equals(ADMIN) && !path.startsWith(ADMIN + "/")) {
            return;
        }
        var kept = without(request.headers().getAll("Cookie"));
        if (kept.isEmpty()) {
            request.headers().remove("Cookie");
        } else {
            request.headers().set("Cookie", kept);
        }
    }

    /** Fields of RFC 6265 §4.2, as one. */
    static String without(List<String> fields) {
        return fields.stream().flatMap(field -> Stream.of(field.split(";"))).map(String::strip).filter(cookie -> !cookie.isEmpty() && !isOurs(cookie))
            .collect(Collectors.joining("; "));
    }

    private static boolean isOurs(String cookie) {
        return cookie.startsWith(NAME + "=") || cookie.startsWith(PIECE);
    }
}
