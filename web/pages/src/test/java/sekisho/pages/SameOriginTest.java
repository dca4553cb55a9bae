package sekisho.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import org.junit.jupiter.api.Test;

class SameOriginTest {

    private final SameOrigin sameOrigin = new SameOrigin(URI.create("https://files.example.co.jp"));

    @Test void readingIsAllowedFromAnywhere() {
        assertThat(sameOrigin.allows("GET", "cross-site", "https://evil.example")).isTrue();
        assertThat(sameOrigin.allows("HEAD", null, null)).isTrue();
        assertThat(sameOrigin.allows("OPTIONS", "none", null)).isTrue();
    }

    @Test void aFormOfOursMayChangeThings() {
        assertThat(sameOrigin.allows("POST", "same-origin", "https://files.example.co.jp")).isTrue();
        assertThat(sameOrigin.allows("POST", null, "https://files.example.co.jp")).isTrue();
    }

    @Test void aFormOfAnotherSiteMayNot() {
        assertThat(sameOrigin.allows("POST", "cross-site", "https://evil.example")).isFalse();
        assertThat(sameOrigin.allows("POST", "same-site", "https://other.example.co.jp")).isFalse();
        assertThat(sameOrigin.allows("POST", "none", null)).isFalse();
        assertThat(sameOrigin.allows("DELETE", "cross-site", null)).isFalse();
    }

    @Test void fetchMetadataOutweighsAFittingOrigin() {
        assertThat(sameOrigin.allows("POST", "cross-site", "https://files.example.co.jp")).isFalse();
    }

    @Test void originMustFitExactly() {
        assertThat(sameOrigin.allows("POST", null, "http://files.example.co.jp")).isFalse();
        assertThat(sameOrigin.allows("POST", null, "https://files.example.co.jp:8443")).isFalse();
        assertThat(sameOrigin.allows("POST", null, "https://files.example.co.jp.evil.example")).isFalse();
        assertThat(sameOrigin.allows("POST", null, "null")).isFalse();
    }

    @Test void aRequestThatSaysNothingOfItsOriginIsRefused() {
        assertThat(sameOrigin.allows("POST", null, null)).isFalse();
    }

    @Test void unknownMethodsCountAsChanges() {
        assertThat(sameOrigin.allows("TRACE", null, null)).isFalse();
        assertThat(sameOrigin.allows("get", null, null)).isFalse();
    }

    @Test void theUsualPortIsLeftOut() {
        assertThat(SameOrigin.origin(URI.create("https://Files.Example.co.jp:443/realms/x"))).isEqualTo("https://files.example.co.jp");
        assertThat(SameOrigin.origin(URI.create("http://localhost:8080"))).isEqualTo("http://localhost:8080");
        assertThatIllegalArgumentException().isThrownBy(() -> SameOrigin.origin(URI.create("files.example.co.jp")));
    }
}
