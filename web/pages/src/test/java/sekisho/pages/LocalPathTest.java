package sekisho.pages;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalPathTest {

    @Test void aPlaceOnThisSiteIsKept() {
        assertThat(LocalPath.or("/d/abcDEF_-0123456789abcd/files", "/")).isEqualTo("/d/abcDEF_-0123456789abcd/files");
        assertThat(LocalPath.or("/sent?before=019a", "/")).isEqualTo("/sent?before=019a");
        assertThat(LocalPath.or("/", "/x")).isEqualTo("/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "", "evil", "/a\r\nSet-Cookie: x=y", "/a b", "/%2f%2fevil", "/a?b=//c"})
    void anythingElseFallsBack(String path) {
        assertThat(LocalPath.or(path, "/")).isEqualTo("/");
    }

    @Test void nothingFallsBack() {
        assertThat(LocalPath.or(null, "/")).isEqualTo("/");
    }
}
