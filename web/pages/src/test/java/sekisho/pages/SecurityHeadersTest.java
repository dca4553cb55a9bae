package sekisho.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;

class SecurityHeadersTest {

    private final SecurityHeaders headers =
        new SecurityHeaders(URI.create("https://files.example.co.jp"), URI.create("https://id.example.co.jp/realms/sekisho"));

    @Test void noInlineScriptOrStyleAndNoForeignFrameIsAllowed() {
        assertThat(headers.always().get("Content-Security-Policy")).startsWith("default-src 'none';").contains("frame-ancestors 'none'")
            .contains("form-action 'self' https://id.example.co.jp;").doesNotContain("unsafe").doesNotContain("*").doesNotContain("data:");
    }

    @Test void strictTransportIsAskedForOnlyWhenItIsUsed() {
        assertThat(headers.always()).containsKey("Strict-Transport-Security");
        assertThat(new SecurityHeaders(URI.create("http://localhost:8080"), URI.create("http://localhost:8180/realms/sekisho")).always())
            .doesNotContainKey("Strict-Transport-Security");
    }

    @Test void pagesAreNeverKeptAndVersionedAssetsForLong() {
        assertThat(SecurityHeaders.cacheControl("/d/x/files", null)).isEqualTo("no-store");
        assertThat(SecurityHeaders.cacheControl("/sent", "1")).isEqualTo("no-store");
        assertThat(SecurityHeaders.cacheControl("/assets/sekisho.css", null)).isEqualTo("no-cache");
        assertThat(SecurityHeaders.cacheControl("/assets/sekisho.css", "0a1b")).contains("immutable");
    }
}
