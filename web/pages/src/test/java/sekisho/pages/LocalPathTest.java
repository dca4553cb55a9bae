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
        var search = "/admin/deliveries?sender=hanako%40example.co.jp&subject=" + "%E8%A6%8B".repeat(300) + "+*-._";
        assertThat(LocalPath.or(search, "/")).isEqualTo(search);
    }

    @ParameterizedTest
    @ValueSource(strings = {"//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "", "evil", "/a\r\nSet-Cookie: x=y", "/a b", "/%2f%2fevil"})
    void anythingElseFallsBack(String path) {
        assertThat(LocalPath.or(path, "/")).isEqualTo("/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a?b=//c", "/a?b=%", "/a?b=%0", "/a?b=%0g", "/a?b=<c>", "/a?b=\r\nc", "/a?b=見", "/a?b?c"})
    void aQueryThatNoFormWritesIsLeftOut(String path) {
        assertThat(LocalPath.or(path, "/")).isEqualTo("/a");
    }

    @Test void aQueryThatFitsInNoCookieIsLeftOut() {
        assertThat(LocalPath.or("/a?b=" + "c".repeat(3_000), "/")).isEqualTo("/a");
    }

    @Test void nothingFallsBack() {
        assertThat(LocalPath.or(null, "/")).isEqualTo("/");
    }
}
