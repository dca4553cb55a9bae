package sekisho.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageTest {

    @ParameterizedTest
    @CsvSource({"/sent,/sent", "/sent?before=1,/sent?before=1", "//evil.example,/admin", "//evil.example/x?y=1,/admin", "/\\evil.example,/admin",
        "/admin/deliveries?subject=%E3%81%82,/admin/deliveries?subject=%E3%81%82", "/admin/deliveries?subject=あ,/admin/deliveries"})
    void tryingAgainNeverLeadsElsewhere(String path, String again) {
        var page = new Page(Words.load(PageTest.class.getClassLoader()), new Assets(), Language.EN, ZoneOffset.UTC, Instant.EPOCH, path, null, null, "/admin", null);
        assertThat(page.again()).isEqualTo(again);
    }
}
