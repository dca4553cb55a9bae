package sekisho.pages;

import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.NewCookie;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What came of a change, shown once on the page that follows it. It travels in a cookie of that page's path, not in the address: a
 * crafted link must not be able to say "cancelled".
 *
 * @param key   key of its text below {@code said.}; the part before the first dot is {@code good} or {@code bad}
 * @param count how many it happened to
 */
record Said(String key, long count) {

    static final String COOKIE = "sekisho_said";
    private static final Pattern FORM = Pattern.compile("((?:good|bad)\\.[a-z_]{1,40})-([0-9]{1,9})");
    private static final int MAX_AGE_SECONDS = (int) Duration.ofMinutes(1).toSeconds();

    static Optional<Said> in(RoutingContext request) {
        var cookie = request.request().getCookie(COOKIE);
        return cookie == null ? Optional.empty() : parse(cookie.getValue());
    }

    static Optional<Said> parse(@Nullable String value) {
        var matcher = FORM.matcher(value == null ? "" : value);
        return matcher.matches() ? Optional.of(new Said(matcher.group(1), Long.parseLong(matcher.group(2)))) : Optional.empty();
    }

    String kind() {
        return key.substring(0, key.indexOf('.'));
    }

    NewCookie cookie(String path, boolean secure) {
        return build(path, secure).value(key + "-" + count).maxAge(MAX_AGE_SECONDS).build();
    }

    static NewCookie gone(String path, boolean secure) {
        return build(path, secure).value("").maxAge(0).build();
    }

    private static NewCookie.Builder build(String path, boolean secure) {
        return new NewCookie.Builder(COOKIE).path(path).httpOnly(true).secure(secure).sameSite(NewCookie.SameSite.STRICT);
    }
}
