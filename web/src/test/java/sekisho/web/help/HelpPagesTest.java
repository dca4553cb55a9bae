package sekisho.web.help;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import sekisho.pages.Language;
import sekisho.pages.SamplePage;
import sekisho.web.Rendering;

class HelpPagesTest {

    @Test void whoSentAPasswordProtectedFileIsToldWhatToDoInBothLanguages() {
        for (var language : Language.values()) {
            var html = Rendering.of(new HelpPages.PasswordProtected(SamplePage.of(language, null)));
            assertThat(html).contains(SamplePage.words().say(language, "help.password.do.remove").replace("'", "&#39;"),
                SamplePage.words().say(language, "help.password.do.mail"));
        }
    }
}
