package sekisho.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.ICHIRO;
import static sekisho.tests.People.JIRO;
import static sekisho.tests.People.TARO;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.FilePayload;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import sekisho.tests.House;
import sekisho.tests.Inbox;
import sekisho.tests.Messages;
import sekisho.tests.UsesTheHouse;

/** Nobody needs a mouse: the Tab key leads to what there is to do, in the order of the page, and one sees where one is. */
@UsesTheHouse
class KeyboardTest {

    private static final int MOST_STOPS = 40;

    /** Where the focus is now, whether one sees it, and whether it went on downwards (a date has several stops); marks the place for the next call. */
    private static final String STOP = """
        () => {
            const here = document.activeElement, style = getComputedStyle(here), box = here.getBoundingClientRect();
            const before = window.lastStop ?? document.body;
            window.lastStop = here;
            return {
                what: here.tagName + ' ' + (here.textContent.trim() || here.name || here.id).slice(0, 40),
                seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && box.width > 1
                    && box.left >= 0 && box.top >= 0 && box.bottom <= window.innerHeight,
                onward: here === document.body || here === before || (before.compareDocumentPosition(here) & Node.DOCUMENT_POSITION_FOLLOWING) > 0
            };
        }""";

    private final House house = House.open();
    private final Inbox inbox = new Inbox(house);

    /** Presses Tab until the element has the focus. */
    private static void tabsTo(Person person, Locator goal) {
        goal.waitFor();
        person.page().waitForLoadState();   // with its style sheet
        for (int stops = 0; stops < MOST_STOPS; stops++) {
            person.page().keyboard().press("Tab");
            var stop = (Map<?, ?>) person.page().evaluate(STOP);
            assertThat(stop.get("seen")).as("the focus is seen on " + stop.get("what")).isEqualTo(true);
            assertThat(stop.get("onward")).as("the focus goes on downwards to " + stop.get("what")).isEqualTo(true);
            if (Boolean.TRUE.equals(goal.evaluate("e => e === document.activeElement"))) {
                return;
            }
        }
        throw new AssertionError("the Tab key doesn't lead to " + goal);
    }

    private static void presses(Person person, Locator goal) {
        tabsTo(person, goal);
        person.page().keyboard().press("Enter");
    }

    /** The first stop of every page leads past the menu. */
    private static void skipsTheMenu(Person person) {
        person.page().keyboard().press("Tab");
        var skip = person.page().locator(".skip");
        assertThat(skip).isFocused();
        assertThat(skip).isInViewport();
        person.page().keyboard().press("Enter");
        assertThat(person.page().locator("main")).isFocused();
    }

    private static void signsIn(Person person, String user) {
        assertThat(person.page().locator("#username")).isFocused();
        person.page().keyboard().type(user);
        person.page().keyboard().press("Tab");
        person.page().keyboard().type(user);
        person.page().keyboard().press("Enter");
    }

    @Test
    void aSenderStopsOneRecipient() throws Exception {
        var delivery = new MailProgram(house, HANAKO).sends("By keyboard", TARO, JIRO);
        try (var hanako = Person.atADesk(house, "hanako", "en")) {
            hanako.opens("/sent/" + delivery);
            signsIn(hanako, "hanako");
            assertThat(hanako.heading()).hasText("By keyboard");
            skipsTheMenu(hanako);
            presses(hanako, Person.row(hanako.section(Pattern.compile("recipients$")), JIRO).getByRole(AriaRole.BUTTON));
            assertThat(hanako.said()).hasText("Cancelled for 1 recipient.");
            presses(hanako, hanako.button("Send now"));
            assertThat(hanako.said()).hasText("Sent to 1 recipient.");
        }
    }

    @Test
    void aRecipientDownloadsOnAPhoneWithAKeyboard() throws Exception {
        new MailProgram(house, ICHIRO).sends("By keyboard to Taro", TARO);
        var token = inbox.token(inbox.await(TARO, "By keyboard to Taro"));
        try (var taro = Person.onAPhone(house, "taro", "en")) {
            taro.opens("/d/" + token);
            presses(taro, taro.link("Confirm and get the files"));
            signsIn(taro, "taro");
            var file = Person.row(taro.page().locator("main"), Messages.PLAIN_NAME);
            tabsTo(taro, file.getByRole(AriaRole.BUTTON));
            var download = taro.page().waitForDownload(() -> taro.page().keyboard().press("Enter"));
            assertThat(download.suggestedFilename()).isEqualTo(Messages.PLAIN_NAME);
        }
    }

    @Test
    void aSenderUploads() {
        try (var hanako = Person.atADesk(house, "hanako", "en")) {
            hanako.page().onFileChooser(chooser -> chooser.setFiles(new FilePayload("a.txt", "text/plain", new byte[] {'a'})));
            hanako.opens("/send");
            signsIn(hanako, "hanako");
            tabsTo(hanako, hanako.page().locator("#recipients"));
            hanako.page().keyboard().type(TARO);
            tabsTo(hanako, hanako.page().locator("#subject"));
            hanako.page().keyboard().type("Uploaded by keyboard");
            tabsTo(hanako, hanako.page().locator("#files"));
            hanako.page().keyboard().press("Enter");
            hanako.page().waitForFunction("() => document.querySelector('#files').files.length === 1");
            presses(hanako, hanako.button("Send"));
            assertThat(hanako.heading()).hasText("Uploaded by keyboard");
            assertThat(hanako.page().locator("main")).isFocused();
        }
    }

    @Test
    void aResponderFindsAndRevokes() throws Exception {
        new MailProgram(house, ICHIRO).sends("Found by keyboard", TARO);
        try (var responder = Person.atADesk(house, "responder", "en")) {
            responder.opens("/admin/deliveries");
            signsIn(responder, "responder");
            tabsTo(responder, responder.page().locator("#subject"));
            responder.page().keyboard().type("found by keyboard");
            responder.page().keyboard().press("Enter");
            presses(responder, responder.link("Found by keyboard"));
            presses(responder, responder.button("Revoke all files"));
            assertThat(responder.said()).hasText("Access is revoked.");
            presses(responder, responder.button("Open access again"));
            assertThat(responder.said()).hasText("Access is open again.");
        }
    }
}
