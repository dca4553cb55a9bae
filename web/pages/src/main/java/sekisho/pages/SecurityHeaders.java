package sekisho.pages;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Headers of every response. Set before anything else runs; a resource may put a stricter one in place of any. */
final class SecurityHeaders {

    private final Map<String, String> always = new LinkedHashMap<>();

    SecurityHeaders(URI publicOrigin, URI identityProvider) {
        // form-action also rules where a form's answer redirects to, and signing out leads through the identity provider
        always.put("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
            + "form-action 'self' " + SameOrigin.origin(identityProvider) + "; frame-ancestors 'none'; base-uri 'none'");
        always.put("X-Content-Type-Options", "nosniff");
        // links carry tokens, so nobody else gets the address; "no-referrer" would also make our own forms say "Origin: null"
        always.put("Referrer-Policy", "same-origin");
        always.put("Cross-Origin-Opener-Policy", "same-origin");
        always.put("Cross-Origin-Resource-Policy", "same-origin");
        always.put("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()");
        always.put("X-Frame-Options", "DENY");
        always.put("X-Robots-Tag", "noindex, nofollow, noarchive");
        if ("https".equals(publicOrigin.getScheme())) {
            always.put("Strict-Transport-Security", "max-age=31536000");
        }
    }

    Map<String, String> always() {
        return always;
    }

    /** @param version the request's parameter {@code v}: an asset asked for by version never changes */
    static String cacheControl(String path, @Nullable String version) {
        if (!path.startsWith("/assets/")) {
            return "no-store";
        }
        return version == null ? "no-cache" : "public, max-age=31536000, immutable";
    }
}
