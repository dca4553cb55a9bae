package sekisho.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.tests.People.ICHIRO;
import static sekisho.tests.People.JIRO;
import static sekisho.tests.People.TARO;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.options.AriaRole;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sekisho.tests.House;
import sekisho.tests.Inbox;
import sekisho.tests.Messages;

/**
 * Every page in Japanese and English, on a desk and on a phone 360 px wide, light and dark: nothing scrolls sideways, axe finds
 * nothing serious, the browser has nothing to complain about.
 */
class EveryPageTest {

    private static final String LONG_SUBJECT = "Re: Re: 【至急】第3四半期のお見積書および仕様書（改訂版・差し替え）のご送付について_20261122_final_v2_reviewed_approved";

    private final House house = House.open();
    private final Inbox inbox = new Inbox(house);
    private final List<String> wrong = new ArrayList<>();

    @AfterEach
    void nothingIsWrong() {
        assertThat(wrong).isEmpty();
    }

    private void looksAt(Person person, String path, String name) {
        person.opens(path);
        wrong.addAll(Looks.wrongAnyway(person, name));
    }

    /** Ichiro's mail goes to Taro at once and is held for Jiro. @return the delivery's id */
    private String mixed(String subject) throws Exception {
        return new MailProgram(house, ICHIRO).sends(subject, TARO, JIRO, "hanako@example.co.jp");
    }

    private Download downloads(Person taro, String name) {
        return taro.page().waitForDownload(() -> Person.row(taro.page().locator("main"), name).getByRole(AriaRole.BUTTON).click());
    }

    @Test
    void thePagesForAnybody() throws Exception {
        new MailProgram(house, ICHIRO).sends("Soon over", "kei@brief.example");
        var expired = inbox.token(inbox.await("kei@brief.example", "Soon over"));
        mixed("For anybody who has the link");
        var open = inbox.token(inbox.await(TARO, "For anybody"));
        try (var anybody = Person.atADesk(house, "nobody", "en")) {
            looksAt(anybody, "/", "home");
            looksAt(anybody, "/d/" + open, "landing");
            looksAt(anybody, "/d/" + expired, "closed-expired");
            looksAt(anybody, "/d/AAAAAAAAAAAAAAAAAAAAAA", "not-found");
            looksAt(anybody, "/signed-out", "signed-out");
            looksAt(anybody, "/sign-in-problem", "sign-in-problem");
        }
    }

    @Test
    void thePagesForRecipients() throws Exception {
        var delivery = mixed("For recipients");
        var link = "/d/" + inbox.token(inbox.await(TARO, "For recipients")) + "/files";
        try (var taro = Person.atADesk(house, "taro", "en"); var mallory = Person.atADesk(house, "mallory", "en");
                var ichiro = Person.atADesk(house, "ichiro", "en")) {
            taro.signsInFor(link);
            downloads(taro, Messages.PLAIN_NAME).path();   // a click while the first is under way would be for nothing
            taro.opens(link);
            var spent = downloads(taro, Messages.PLAIN_NAME);
            assertThat(spent.failure()).isNull();
            looksAt(taro, link, "files");
            looksAt(taro, spent.url(), "download-spent");
            mallory.signsInFor(link);
            looksAt(mallory, link, "not-yours");
            downloads(taro.opening(link), Messages.JAPANESE_NAME);
            assertThat(downloads(taro, Messages.JAPANESE_NAME).failure()).isNull();
            looksAt(taro, link, "closed-used-up");
            ichiro.signsInFor("/sent/" + delivery);
            ichiro.button("Revoke all files").click();
            assertThat(ichiro.said()).isVisible();
            looksAt(taro, link, "closed-revoked");
        }
    }

    @Test
    void thePagesForSenders() throws Exception {
        var delivery = mixed(LONG_SUBJECT);
        var link = "/d/" + inbox.token(inbox.await(TARO, LONG_SUBJECT)) + "/files";
        try (var taro = Person.onAPhone(house, "taro", "en"); var ichiro = Person.atADesk(house, "ichiro", "en")) {
            taro.signsInFor(link);
            assertThat(downloads(taro, Messages.JAPANESE_NAME).failure()).isNull();
            ichiro.signsInFor("/sent");
            looksAt(ichiro, "/sent", "sent-list");
            looksAt(ichiro, "/sent/" + delivery, "sent-held-and-downloaded");
            looksAt(ichiro, "/send", "send");
            looksAt(ichiro, "/admin/policy", "forbidden");
        }
    }

    @Test
    void thePagesForTheConsole() throws Exception {
        var delivery = mixed("コンソール用 " + LONG_SUBJECT);
        var link = "/d/" + inbox.token(inbox.await(TARO, "コンソール用")) + "/files";
        try (var taro = Person.onAPhone(house, "taro", "en"); var responder = Person.atADesk(house, "responder", "en");
                var auditor = Person.atADesk(house, "auditor", "en"); var admin = Person.atADesk(house, "admin", "en")) {
            taro.signsInFor(link);
            assertThat(downloads(taro, Messages.JAPANESE_NAME).failure()).isNull();
            responder.signsInFor("/admin");
            looksAt(responder, "/admin/deliveries?subject=final_v2", "console-search");
            looksAt(responder, "/admin/deliveries?from=yesterday", "console-search-wrong");
            looksAt(responder, "/admin/deliveries/" + delivery, "console-sheet");
            auditor.signsInFor("/admin");
            looksAt(auditor, "/admin/log", "console-log");
            admin.signsInFor("/admin");
            looksAt(admin, "/admin/policy", "console-policy");
        }
    }

    @Test
    void thePagesOfTheDemoMailbox() throws Exception {
        mixed("In the mailbox");
        var message = inbox.await(TARO, "In the mailbox");
        var mailbox = house.stage().ports().mailboxUrl();
        for (var language : List.of("ja", "en")) {
            try (var desk = Person.atADesk(house, "nobody", language); var phone = Person.onAPhone(house, "nobody", language)) {
                for (var person : List.of(desk, phone)) {
                    var name = "-" + language + (person == desk ? "-desktop" : "-phone");
                    person.opens(mailbox + "/?to=" + TARO);
                    wrong.addAll(Looks.wrong(person, "mailbox" + name, language));
                    person.opens(mailbox + "/m/" + message.id());
                    wrong.addAll(Looks.wrong(person, "mailbox-message" + name, language));
                }
            }
        }
    }

    @Test
    void theLanguageIsTheBrowsersUntilSomebodyChoosesAnother() throws Exception {
        mixed("Two languages");
        try (var ichiro = Person.atADesk(house, "ichiro", "ja"); var visitor = Person.onAPhone(house, "nobody", "fr")) {
            ichiro.signsInFor("/sent?before=ffffffff-ffff-7fff-bfff-ffffffffffff");
            assertThat(ichiro.heading()).hasText("送信一覧");
            ichiro.button("English").click();
            assertThat(ichiro.heading()).hasText("Sent");
            assertThat(ichiro.page()).hasURL(Pattern.compile("before=ffffffff"));
            assertThat(ichiro.page().locator("html")).hasAttribute("lang", "en");
            ichiro.opens("/send");
            assertThat(ichiro.heading()).hasText("Send files");
            ichiro.button("日本語").click();
            assertThat(ichiro.heading()).hasText("ファイルを送る");
            visitor.opens("/");
            assertThat(visitor.page().locator("html")).hasAttribute("lang", "en");
        }
    }
}
