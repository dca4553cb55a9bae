package sekisho.pages;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VisibleTextTest {

    @Test void ordinaryNamesStay() {
        assertThat(VisibleText.of("見積書①㈱ 〜2026—最終.xlsx")).isEqualTo("見積書①㈱ 〜2026—最終.xlsx");
        assertThat(VisibleText.of("😀.txt")).isEqualTo("😀.txt");
    }

    @Test void aNameThatReadsBackwardsIsSeenAsWhatItIs() {
        assertThat(VisibleText.of("invoice\u202Efdp.exe")).isEqualTo("invoice\uFFFDfdp.exe");
        assertThat(VisibleText.of("a\u2066b\nc")).isEqualTo("a\uFFFDb\uFFFDc");
    }
}
