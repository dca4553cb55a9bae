package sekisho.admin.deliveries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is typed into the search is understood by the database, or pointed out. */
class SearchFormTest {

    private static SearchForm of(String from, String to) {
        var form = new SearchForm();
        form.from = from;
        form.to = to;
        return form;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "2026-11-30", "0001-01-01", "9999-12-31"})
    void aDay(String day) {
        assertThat(of(day, day).wrong()).isEmpty();
        assertThatCode(() -> of(day, day).search(ZoneId.of("Asia/Tokyo"))).doesNotThrowAnyException();
        assertThatCode(() -> of(day, day).search(ZoneOffset.MAX)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-99999-01-01", "0000-12-31", "-0001-01-01", "+10000-01-01", "2026-02-30", "yesterday", "30.11.2026"})
    void noDay(String text) {
        assertThat(of(text, "").wrong()).isEqualTo("from");
        assertThat(of("", text).wrong()).isEqualTo("to");
    }
}
