package sekisho.tests.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import sekisho.tests.House;
import sekisho.tests.Inbox;

/**
 * Every page in Japanese and English, on a desk and on a phone 360 px wide, light and dark: nothing scrolls sideways, axe finds
 * nothing serious, the browser has nothing to complain about.
 */
class EveryPageTest {

    private static final String HANAKO = "hanako@example.co.jp";
    private static final String TARO = "taro@partner.example";
    private static final String JIRO = "jiro@other.example";

    private final House house = House.open();
    private final Inbox inbox = new Inbox(house);
    private final MailProgram mail = new MailProgram(house, HANAKO);
    private final List<String> wrong = new ArrayList<>();

    private void looksAt(Person person, String path, String name) {
        person.opens(path);
        wrong.addAll(Looks.wrongAnyway(person, name));
    }

    @Test
    void pagesForAnybodyAreFitToBeSeen() throws Exception {
        mail.sends("Short", "kei@brief.example");
        var expired = inbox.token(inbox.await("kei@brief.example", "Short"));
        new MailProgram(house, "ichiro@example.co.jp").sends("Open", TARO);
        var open = inbox.token(inbox.await(TARO, "Open"));
        try (var anybody = Person.atADesk(house, "taro", "en")) {
            looksAt(anybody, "/", "home");
            looksAt(anybody, "/d/" + open, "landing");
            looksAt(anybody, "/d/" + expired, "expired");
            looksAt(anybody, "/d/AAAAAAAAAAAAAAAAAAAAAA", "not-found");
            looksAt(anybody, "/signed-out", "signed-out");
            looksAt(anybody, "/sign-in-problem", "sign-in-problem");
        }
        assertThat(wrong).isEmpty();
    }
}
