package sekisho.pages;

import java.net.URI;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request that may change something comes from one of our own pages (CSRF). Browsers since 2023 say so in
 * {@code Sec-Fetch-Site}, which no page can forge; for older ones {@code Origin} must be ours. A request with neither doesn't come
 * from a form of ours.
 */
final class SameOrigin {

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    private final String ours;

    SameOrigin(URI publicOrigin) {
        ours = origin(publicOrigin);
    }

    boolean allows(String method, @Nullable String secFetchSite, @Nullable String origin) {
        if (SAFE.contains(method)) {
            return true;
        }
        return secFetchSite != null ? secFetchSite.equals("same-origin") : ours.equals(origin);
    }

    /** Scheme, host and port as browsers write them in {@code Origin} (RFC 6454 §6.1). */
    static String origin(URI uri) {
        if (uri.getScheme() == null || uri.getHost() == null) {
            throw new IllegalArgumentException("an origin has a scheme and a host: " + uri);
        }
        var scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        int usual = scheme.equals("https") ? 443 : 80;
        var port = uri.getPort() == -1 || uri.getPort() == usual ? "" : ":" + uri.getPort();
        return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + port;
    }
}
