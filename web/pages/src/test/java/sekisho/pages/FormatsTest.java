package sekisho.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class FormatsTest {

    private static final ZoneId TOKYO = ZoneId.of("Asia/Tokyo");
    private final Words words = Words.load(FormatsTest.class.getClassLoader());

    @Test void timesAreShownWithWeekdayZoneAndOffset() {
        var at = Instant.parse("2026-11-22T05:03:22Z");
        assertThat(Formats.time(at, Language.JA, TOKYO)).isEqualTo("2026年11月22日（日）14:03 JST (UTC+09:00)");
        assertThat(Formats.time(at, Language.EN, TOKYO)).isEqualTo("Sun 22 Nov 2026, 14:03 JST (UTC+09:00)");
        assertThat(Formats.time(at, Language.EN, ZoneId.of("UTC"))).endsWith("05:03 UTC+00:00");
        assertThat(Formats.exactTime(at, Language.EN, TOKYO)).isEqualTo("Sun 22 Nov 2026, 14:03:22 JST (UTC+09:00)");
        assertThat(Formats.exactTime(at, Language.JA, TOKYO)).isEqualTo("2026年11月22日（日）14:03:22 JST (UTC+09:00)");
    }

    @Test void timeLeftIsToldInTheTwoUnitsThatMatter() {
        assertThat(left(Duration.ofSeconds(-1))).isEqualTo("any moment now");
        assertThat(left(Duration.ofMillis(300))).isEqualTo("1 s left");
        assertThat(left(Duration.ofSeconds(119))).isEqualTo("1 min 59 s left");
        assertThat(left(Duration.ofMinutes(150))).isEqualTo("2 h 30 min left");
        assertThat(left(Duration.ofDays(14))).isEqualTo("14 days left");
    }

    @Test void percentIsZeroOnlyForNothingAndHundredOnlyForEverything() {
        assertThat(Formats.percent(0, 1_000_000)).isZero();
        assertThat(Formats.percent(1, 1_000_000)).isEqualTo(1);
        assertThat(Formats.percent(999_999, 1_000_000)).isEqualTo(99);
        assertThat(Formats.percent(1_000_000, 1_000_000)).isEqualTo(100);
        assertThat(Formats.percent(0, 0)).isZero();
    }

    private String left(Duration left) {
        return Formats.left(left, words, Language.EN);
    }
}
