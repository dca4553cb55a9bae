package sekisho.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import sekisho.tests.House;
import sekisho.tests.Inbox;
import sekisho.tests.Messages;
import sekisho.tests.UsesTheHouse;

/** Kei has never heard of us and has no account. */
@UsesTheHouse
class NewcomerStoryTest {

    private static final String KEI = "kei@newcomer.example";

    private final House house = House.open();
    private final Inbox inbox = new Inbox(house);

    @Test
    void whoeverProvesTheAddressByMailGetsIn() throws Exception {
        var delivery = new MailProgram(house, "hanako@example.co.jp").sends("ようこそ", KEI);
        try (var hanako = Person.atADesk(house, "hanako", "ja")) {
            hanako.signsInFor("/sent/" + delivery);
            hanako.button("今すぐ送信").click();
            assertThat(hanako.said()).isVisible();
        }
        inbox.await(KEI, "ようこそ");
        try (var kei = Person.onAPhone(house, "kei", "ja")) {
            kei.opensMail(KEI, "ようこそ");
            kei.page().locator("a[href*='/d/']").first().click();
            kei.link("確認してファイルを受け取る").click();
            assertThat(Looks.pictured(kei, "newcomer-1-sign-in")).as("scrolls sideways").isEmpty();
            kei.page().locator("a[href*='registration']").click();
            kei.page().locator("#email").fill(KEI);
            kei.page().locator("#username").fill("kei");
            assertThat(Looks.pictured(kei, "newcomer-2-registration")).as("scrolls sideways").isEmpty();
            kei.page().locator("form input[type=submit], form button[type=submit]").last().click();
            assertThat(kei.page().locator("body")).containsText(KEI);
            kei.opens("/d/" + inbox.token(inbox.await(KEI, "ようこそ")) + "/files");
            assertThat(kei.page().locator("body")).not().containsText(Messages.PLAIN_NAME);

            var proof = house.mailbox().await(2, m -> m.to().contains(KEI), Duration.ofSeconds(60)).getLast();
            kei.opens(house.stage().ports().mailboxUrl() + "/m/" + proof.id());
            kei.page().locator("pre a[href*='/realms/']").first().click();
            assertThat(Looks.pictured(kei, "newcomer-3-password")).as("scrolls sideways").isEmpty();
            kei.page().locator("#password-new").fill("a long enough secret");
            kei.page().locator("#password-confirm").fill("a long enough secret");
            kei.page().locator("form input[type=submit], form button[type=submit]").last().click();
            assertThat(kei.heading()).hasText("ファイルの受け取り");
            var download = kei.page().waitForDownload(() ->
                Person.row(kei.page().locator("main"), Messages.JAPANESE_NAME).getByRole(AriaRole.BUTTON).click());
            assertThat(Files.readAllBytes(download.path())).isEqualTo(MailProgram.FIRST);
        }
    }
}
