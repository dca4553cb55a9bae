package sekisho.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.tests.People.ICHIRO;
import static sekisho.tests.People.JIRO;
import static sekisho.tests.People.TARO;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import sekisho.tests.House;
import sekisho.tests.Inbox;
import sekisho.tests.Messages;
import sekisho.tests.UsesTheHouse;

/** Something went to the wrong address. The responder freezes it and finds out what was seen, without reading it. */
@UsesTheHouse
class ResponderStoryTest {

    private static final Pattern EXPOSURE = Pattern.compile("^Who got what$");

    private final House house = House.open();
    private final Inbox inbox = new Inbox(house);

    private static void searches(Person responder, String field, String text) {
        responder.opens("/admin/deliveries");
        responder.page().locator(field).fill(text);
        responder.button("Search").click();
    }

    private static Locator found(Person responder, String subject) {
        return Person.row(responder.section(Pattern.compile("^Found, newest first$")), subject);
    }

    @Test
    void aMisdirectedMailIsFoundFrozenAndItsExposureKnown() throws Exception {
        var delivery = new MailProgram(house, ICHIRO).sends("Salaries of everybody", TARO, JIRO);
        var token = inbox.token(inbox.await(TARO, "Salaries of everybody"));
        try (var taro = Person.onAPhone(house, "taro", "en"); var responder = Person.atADesk(house, "responder", "en")) {
            taro.signsInFor("/d/" + token + "/files");
            var download = taro.page().waitForDownload(() ->
                Person.row(taro.page().locator("main"), Messages.JAPANESE_NAME).getByRole(AriaRole.BUTTON).click());
            assertThat(download.failure()).isNull();

            responder.signsInFor("/admin");
            assertThat(responder.heading()).hasText("Find mail");
            for (var condition : Map.of("#recipient", TARO, "#sender", "@example.co.jp", "#subject", "salaries",
                    "#message-id", "<" + Integer.toHexString("Salaries of everybody".hashCode()) + "@example.co.jp>").entrySet()) {
                searches(responder, condition.getKey(), condition.getValue());
                assertThat(found(responder, "Salaries of everybody")).hasCount(1);
            }
            assertThat(Looks.wrong(responder, "responder-1-found", "en")).isEmpty();
            searches(responder, "#recipient", "nobody@nowhere.example");
            assertThat(responder.page().locator("main")).containsText("No mail matches. Try fewer conditions.");
            searches(responder, "#subject", "Salaries");
            responder.link("Salaries of everybody").click();

            responder.page().waitForURL("**/admin/deliveries/" + delivery);
            var exposure = responder.section(EXPOSURE);
            assertThat(exposure).containsText("1 person got content, all of it or a part.");
            assertThat(Person.row(exposure, TARO).locator("tr").filter(new Locator.FilterOptions().setHasText(Messages.JAPANESE_NAME)))
                .containsText("10,000 of 10,000 bytes");
            assertThat(Person.row(exposure, TARO).locator("tr").filter(new Locator.FilterOptions().setHasText(Messages.PLAIN_NAME)))
                .containsText("0 of 300,000 bytes");
            assertThat(Person.row(exposure, JIRO)).containsText("Waiting");
            var timeline = responder.section(Pattern.compile("^What happened, newest first$"));
            assertThat(timeline).containsText(TARO + " downloaded “" + Messages.JAPANESE_NAME + "” to its end.");
            assertThat(Looks.wrong(responder, "responder-2-sheet", "en")).isEmpty();

            responder.button("Revoke all files").click();
            assertThat(responder.said()).hasText("Access is revoked.");
            responder.button("Cancel for the one who still waits").click();
            assertThat(responder.said()).hasText("Cancelled for 1 recipient.");
            assertThat(timeline).containsText("responder@example.co.jp");
            assertThat(Looks.wrong(responder, "responder-3-shut", "en")).isEmpty();
            assertThat(taro.page().reload().status()).isEqualTo(410);
            assertThat(responder.page().locator("a[href*='/download/'], a[href*='/d/']")).hasCount(0);
        }
        assertThat(inbox.count(JIRO, "Salaries of everybody")).isZero();
    }

    @Test
    void theAuditorReadsTheLogAndChangesNothing() throws Exception {
        var delivery = new MailProgram(house, ICHIRO).sends("Audited", TARO);
        inbox.await(TARO, "Audited");
        try (var auditor = Person.atADesk(house, "auditor", "en")) {
            auditor.signsInFor("/admin");
            assertThat(auditor.heading()).hasText("Audit log");
            assertThat(auditor.page().locator("main")).containsText("DELIVERY_ACCEPTED");
            assertThat(auditor.page().locator("main")).containsText(delivery);
            assertThat(auditor.link("Find mail")).hasCount(0);
            assertThat(auditor.page().locator("main form")).hasCount(0);
            assertThat(Looks.wrong(auditor, "auditor-1-log", "en")).isEmpty();
            assertThat(auditor.opens("/admin/deliveries/" + delivery).status()).isEqualTo(403);
            var posted = auditor.page().evaluate("id => fetch('/admin/deliveries/' + id + '/revoke', {method: 'POST'}).then(r => r.status)", delivery);
            assertThat(posted).isEqualTo(403);
        }
    }

    @Test
    void aSenderCannotOpenTheConsole() {
        try (var hanako = Person.atADesk(house, "hanako", "ja")) {
            hanako.signsInFor("/admin");
            assertThat(hanako.heading()).hasText("このページは表示できません");
            assertThat(hanako.opens("/admin/deliveries").status()).isEqualTo(403);
            assertThat(hanako.opens("/admin/log").status()).isEqualTo(403);
            assertThat(Looks.wrong(hanako, "console-forbidden", "ja")).isEmpty();
        }
    }
}
