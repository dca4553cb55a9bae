package sekisho.web.home;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import sekisho.pages.Language;
import sekisho.pages.SamplePage;
import sekisho.web.Rendering;

class HomePageTest {

    @Test void strangersAreToldWhatThisIsAndHowSendersSignIn() {
        assertThat(Rendering.of(new HomePage.Home(SamplePage.of(Language.EN, null)))).contains("Open the link in the mail", "href=\"/sent\"");
    }
}
