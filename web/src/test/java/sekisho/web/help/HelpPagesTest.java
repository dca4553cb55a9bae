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

    @Test void whoseMessageCameBackFindsWhatItSaidAndWhatToDoInBothLanguages() {
        for (var language : Language.values()) {
            var html = Rendering.of(new HelpPages.Returned(SamplePage.of(language, null)));
            assertThat(html).contains("refused by rule", "password-protected", "malware found", "From field", "NUL in the message", "href=\"/help/password-protected\"",
                SamplePage.words().say(language, "help.returned.sender.text").replace("'", "&#39;"));
        }
    }
}
