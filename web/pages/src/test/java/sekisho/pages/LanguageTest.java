package sekisho.pages;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LanguageTest {

    @Test void theFirstLanguageThatTheBrowserPrefersWins() {
        assertThat(Language.choose(null, "ja,en-US;q=0.9,en;q=0.8")).isEqualTo(Language.JA);
        assertThat(Language.choose(null, "en-GB,ja;q=0.5")).isEqualTo(Language.EN);
        assertThat(Language.choose(null, "de-DE,ja-JP;q=0.7,en;q=0.3")).isEqualTo(Language.JA);
    }

    @Test void aLanguageWeightedWithZeroIsNotWanted() {
        assertThat(Language.choose(null, "ja;q=0,en;q=0.1")).isEqualTo(Language.EN);
    }

    @Test void otherLanguagesGetEnglishAndSilenceGetsJapanese() {
        assertThat(Language.choose(null, "ko-KR,ko")).isEqualTo(Language.EN);
        assertThat(Language.choose(null, null)).isEqualTo(Language.JA);
        assertThat(Language.choose(null, " ")).isEqualTo(Language.JA);
    }

    @Test void theSwitchOutweighsTheBrowser() {
        assertThat(Language.choose("en", "ja")).isEqualTo(Language.EN);
    }

    @Test void nonsenseDoesNoHarm() {
        assertThat(Language.choose("../../x", ";;;q=9,,,")).isEqualTo(Language.EN);
        assertThat(Language.choose(null, "ja,".repeat(10_000))).isEqualTo(Language.EN);
    }
}
