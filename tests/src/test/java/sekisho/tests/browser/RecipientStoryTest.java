package sekisho.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.ICHIRO;
import static sekisho.tests.People.TARO;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import sekisho.tests.House;
import sekisho.tests.Inbox;
import sekisho.tests.KeycloakConsole;
import sekisho.tests.Messages;
import sekisho.tests.UsesTheHouse;
import sekisho.tests.Visitor;

/** Taro got a link by mail; others got hold of it. */
@UsesTheHouse
class RecipientStoryTest {

    private static final Pattern FILE = Pattern.compile("/files/([0-9a-f-]{36})");
    private static final String MASKED = "t•••@partner.example";

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final House house = House.open();
    private final Inbox inbox = new Inbox(house);

    /** Ichiro's mail to partners isn't held, by the rule "at once". */
    private String arrives(String subject) throws Exception {
        new MailProgram(house, ICHIRO).sends(subject, TARO);
        return inbox.token(inbox.await(TARO, subject));
    }

    private static Locator file(Person person, String name) {
        return Person.row(person.page().locator("main"), name);
    }

    private static Download downloads(Person person, String name) {
        return person.page().waitForDownload(() -> file(person, name).getByRole(AriaRole.BUTTON).click());
    }

    private static String sha256(byte[] octets) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(octets));
    }

    @Test
    void theLinkInTheMailLeadsToTheFilesUntilTheSenderTakesThemBack() throws Exception {
        var delivery = new MailProgram(house, HANAKO).sends("秘密の見積り", TARO);
        try (var taro = Person.onAPhone(house, "taro", "ja"); var hanako = Person.atADesk(house, "hanako", "ja")) {
            hanako.signsInFor("/sent/" + delivery);
            hanako.button("今すぐ送信").click();
            assertThat(hanako.said()).isVisible();

            inbox.await(TARO, "秘密の見積り");
            taro.opensMail(TARO, "秘密の見積り");
            taro.page().locator("a[href*='/d/']").first().click();
            assertThat(taro.heading()).hasText("example.co.jp からファイルが届いています");
            assertThat(taro.page().locator("main")).containsText(MASKED);
            assertThat(taro.page().content()).doesNotContain("秘密の見積り", Messages.PLAIN_NAME, Messages.JAPANESE_NAME, TARO, HANAKO);
            assertThat(Looks.wrong(taro, "recipient-1-landing", "ja")).isEmpty();

            taro.link("確認してファイルを受け取る").click();
            taro.signsIn();
            assertThat(taro.heading()).hasText("ファイルの受け取り");
            assertThat(taro.page().locator("main")).containsText(HANAKO);
            assertThat(Looks.wrong(taro, "recipient-2-files", "ja")).isEmpty();

            var first = downloads(taro, Messages.JAPANESE_NAME);
            assertThat(first.suggestedFilename()).isEqualTo(Messages.JAPANESE_NAME);
            assertThat(sha256(Files.readAllBytes(first.path()))).isEqualTo(sha256(MailProgram.FIRST));
            var second = downloads(taro, Messages.PLAIN_NAME);
            assertThat(second.suggestedFilename()).isEqualTo(Messages.PLAIN_NAME);
            var content = Files.readAllBytes(second.path());
            assertThat(sha256(content)).isEqualTo(sha256(MailProgram.SECOND));
            file(taro, Messages.PLAIN_NAME).locator("summary").click();
            assertThat(file(taro, Messages.PLAIN_NAME).locator(".hash")).hasText(sha256(content));

            var seen = Person.row(hanako.section(Pattern.compile("^宛先")), TARO);
            hanako.reloadsUntil(() -> assertThat(seen.getByText("すべて取得")).hasCount(2));
            hanako.button("すべてのファイルの公開を停止").click();
            assertThat(hanako.said()).hasText("公開を停止しました。");

            file(taro, Messages.PLAIN_NAME).getByRole(AriaRole.BUTTON).click();
            assertThat(taro.heading()).hasText("差出人が公開を停止しました");
            assertThat(taro.page().locator("main")).containsText("差出人にお問い合わせください");
            assertThat(taro.page().content()).doesNotContain("秘密の見積り", Messages.PLAIN_NAME);
            assertThat(taro.opens(second.url()).status()).as("the address of the download").isEqualTo(410);
            assertThat(Looks.wrong(taro, "recipient-3-download-refused", "ja")).isEmpty();
        }
    }

    @Test
    void aStrangerLearnsWhichAddressIsNeededAndNothingElse() throws Exception {
        var token = arrives("For Taro's eyes only");
        try (var mallory = Person.onAPhone(house, "mallory", "en")) {
            mallory.opens("/d/" + token);
            mallory.link("Confirm and get the files").click();
            mallory.signsIn();
            assertThat(mallory.heading()).hasText("This account can't get the files");
            assertThat(mallory.page().locator("main")).containsText(MASKED);
            assertThat(mallory.page().content()).doesNotContain("For Taro's eyes only", Messages.PLAIN_NAME, TARO, ICHIRO);
            assertThat(Looks.wrong(mallory, "recipient-4-not-yours", "en")).isEmpty();
            mallory.button("Use another account").click();
            assertThat(mallory.page().locator("#password")).isVisible();
        }
    }

    @Test
    void anAddressThatWasNeverProvedOpensNothing() throws Exception {
        var token = arrives("Not for Eve");
        try (var eve = Person.onAPhone(house, "eve", "en")) {
            eve.opens("/d/" + token);
            assertThat(eve.page().locator("main")).containsText(MASKED);
            eve.link("Confirm and get the files").click();
            eve.page().locator("#username").fill("eve");
            eve.page().locator("#password").fill("eve");
            eve.page().locator("#kc-login").click();
            assertThat(eve.page().locator("body")).containsText("verify your email");
            eve.opens("/d/" + token + "/files");
            assertThat(eve.page().locator("body")).not().containsText(Messages.PLAIN_NAME);
            assertThat(eve.page().url()).startsWith(house.stage().keycloak().url());
        }
    }

    @Test
    void anUnprovedAddressOpensNothingEvenWhereKeycloakIsCareless() throws Exception {
        var token = arrives("Still not for Eve");
        try (var console = new KeycloakConsole(house.stage().keycloak()); var eve = Person.onAPhone(house, "eve", "en")) {
            console.asksForProof(false);
            try {
                console.asksNothingOf("eve");
                eve.signsInFor("/d/" + token + "/files");
                assertThat(eve.heading()).hasText("This account can't get the files");
                assertThat(eve.page().locator("main")).containsText("has not been verified");
                assertThat(eve.page().locator("main")).containsText(MASKED);
                assertThat(eve.page().content()).doesNotContain("Still not for Eve", Messages.PLAIN_NAME, TARO, ICHIRO);
                assertThat(Looks.wrong(eve, "recipient-7-not-proved", "en")).isEmpty();
            } finally {
                console.asksForProof(true);
            }
        }
    }

    @Test
    void aFileThatWasDownloadedAsOftenAsAllowedIsUsedUp() throws Exception {
        var token = arrives("Twice at most");
        try (var taro = Person.atADesk(house, "taro", "en")) {
            taro.signsInFor("/d/" + token + "/files");
            for (var name : List.of(Messages.JAPANESE_NAME, Messages.JAPANESE_NAME, Messages.PLAIN_NAME)) {
                assertThat(downloads(taro, name).failure()).isNull();
            }
            taro.reloadsUntil(() -> assertThat(file(taro, Messages.PLAIN_NAME)).containsText("1 download left"));
            assertThat(file(taro, Messages.JAPANESE_NAME)).containsText("No downloads left");
            assertThat(file(taro, Messages.JAPANESE_NAME).getByRole(AriaRole.BUTTON)).hasCount(0);
            assertThat(Looks.wrong(taro, "recipient-5-one-used-up", "en")).isEmpty();
            var last = downloads(taro, Messages.PLAIN_NAME);
            assertThat(last.failure()).isNull();
            await().untilAsserted(() -> assertThat(taro.opens("/d/" + token + "/files").status()).isEqualTo(410));
            assertThat(taro.heading()).hasText("No downloads left");
            assertThat(Looks.wrong(taro, "recipient-6-used-up", "en")).isEmpty();
            assertThat(taro.opens(last.url()).status()).as("a ticket that has done its work").isEqualTo(410);
        }
    }

    @Test
    void aFileWhoseDownloadsBrokeOffSaysThatOneCanBeResumed() throws Exception {
        var token = arrives("Broken off");
        try (var unlucky = new Visitor(house, "taro"); var taro = Person.atADesk(house, "taro", "en")) {
            var file = FILE.matcher(unlucky.opens("/d/" + token + "/files").html());
            assertThat(file.find()).isTrue();
            for (int i = 0; i < 4; i++) {
                unlucky.gets(unlucky.ticket(token, file.group(1)), HttpResponse.BodyHandlers.discarding(), "Range", "bytes=0-5999");
                house.awaitsNoDownload();
            }
            taro.signsInFor("/d/" + token + "/files");
            assertThat(file(taro, Messages.JAPANESE_NAME)).containsText("No downloads left, but one that broke off can be resumed");
            assertThat(Looks.wrongAnyway(taro, "recipient-8-broken-off")).isEmpty();
            file(taro, Messages.JAPANESE_NAME).getByRole(AriaRole.BUTTON).click();
            assertThat(taro.heading()).hasText("Resume the download that broke off");
            assertThat(Looks.wrongAnyway(taro, "recipient-9-to-be-resumed")).isEmpty();
        }
    }

    @Test
    void aLinkWhoseTimeIsOverSaysSoToAnybody() throws Exception {
        new MailProgram(house, ICHIRO).sends("Brief", "kei@brief.example");
        var token = inbox.token(inbox.await("kei@brief.example", "Brief"));
        try (var kei = Person.onAPhone(house, "kei", "en")) {
            await().pollInSameThread().atMost(PATIENCE).until(() -> kei.page().request().get(house.web() + "/d/" + token).status() == 410);   // its seconds have passed
            kei.opensMail("kei@brief.example", "Brief");
            kei.page().locator("a[href*='/d/" + token + "']").first().click();
            assertThat(kei.heading()).hasText("The time to download is over");
            assertThat(kei.page().locator("main")).containsText("Ask the sender to send them again.");
        }
    }
}
