package sekisho.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.TARO;

import com.google.gson.JsonObject;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.FilePayload;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import sekisho.embedded.FreePorts;
import sekisho.tests.House;
import sekisho.tests.Inbox;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.UsesTheHouse;
import sekisho.tests.Wire;

/** Hanako sends files from the portal, with and without JavaScript. */
@UsesTheHouse
class UploadStoryTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final FilePayload[] TWO_FILES = {
        new FilePayload("仕様書（最終版）.pdf", "application/pdf", Messages.octets(3_000_000, 3)),
        new FilePayload("drawing.zip", "application/zip", Messages.octets(500_000, 4))};

    private final House house = House.open();
    private final Inbox inbox = new Inbox(house);

    private static void fills(Person person, String subject) {
        var page = person.page();
        page.locator("#recipients").fill(TARO + "\njiro@other.example");
        page.locator("#subject").fill(subject);
        page.locator("#message").fill("ご確認ください。");
        page.locator("#files").setInputFiles(TWO_FILES);
    }

    private static void seesItHeld(Person person, String subject) {
        person.page().waitForURL(Pattern.compile(".*/sent/[0-9a-f-]{36}"));
        assertThat(person.heading()).hasText(subject);
        assertThat(person.page().locator(".head .state").first()).hasText("送信待ち");
        assertThat(person.section(Pattern.compile("^宛先"))).containsText(TARO);
        assertThat(person.section(Pattern.compile("個のファイル$")).locator(".rows > li"))
            .containsText(new String[] {"仕様書（最終版）.pdf", "drawing.zip"});
    }

    /** A line to the house that takes so many octets a second, so that there is something to see. */
    private static void slowLine(Person person, int octetsPerSecond) {
        var network = new JsonObject();
        network.addProperty("offline", false);
        network.addProperty("latency", 0);
        network.addProperty("downloadThroughput", -1);
        network.addProperty("uploadThroughput", octetsPerSecond);
        person.context().newCDPSession(person.page()).send("Network.emulateNetworkConditions", network);
    }

    @Test
    void anUploadShowsHowFarItIsAndIsHeldLikeAnyMail() throws Exception {
        try (var hanako = Person.atADesk(house, "hanako", "ja")) {
            hanako.signsInFor("/send");
            fills(hanako, "仕様書をお送りします");
            assertThat(Looks.wrong(hanako, "upload-1-filled-in", "ja")).isEmpty();
            slowLine(hanako, 1_500_000);
            hanako.button("送信する").click();
            assertThat(hanako.page().locator("progress")).isVisible();
            hanako.page().waitForFunction("() => { const p = document.querySelector('progress').value; return p > 10 && p < 100; }");
            assertThat(hanako.page().locator("[data-status]")).containsText(Pattern.compile("アップロード中… [0-9]+%"));
            assertThat(Looks.wrong(hanako, "upload-2-on-its-way", "ja")).isEmpty();
            seesItHeld(hanako, "仕様書をお送りします");
            assertThat(Looks.wrong(hanako, "upload-3-held", "ja")).isEmpty();
            hanako.button("今すぐ送信").click();
            assertThat(hanako.said()).hasText("2 件の宛先に送信しました。");
            assertThat(inbox.text(inbox.await(TARO, "仕様書をお送りします")).replace("\r\n", "\n")).contains("ご確認ください。\n", "/d/");
            assertThat(inbox.text(inbox.await(HANAKO, "仕様書をお送りします"))).as("the notice that it was held").contains(TARO, "drawing.zip");
        }
    }

    @Test
    void anUploadThatIsStoppedLeavesNothing() {
        try (var hanako = Person.atADesk(house, "hanako", "ja")) {
            hanako.signsInFor("/send");
            fills(hanako, "やめておきます");
            slowLine(hanako, 200_000);
            hanako.button("送信する").click();
            hanako.page().waitForFunction("() => document.querySelector('progress').value > 0");
            hanako.button("中止する").click();
            assertThat(hanako.page().locator("[role=alert]")).hasText("中止しました。何も送られていません。");
            assertThat(hanako.button("送信する")).isEnabled();
            slowLine(hanako, -1);
            hanako.opens("/sent");
            assertThat(hanako.page().locator("main")).not().containsText("やめておきます");
        }
    }

    @Test
    void aWrongAddressIsNamedAndTheFilesStayChosen() {
        try (var hanako = Person.atADesk(house, "hanako", "ja")) {
            hanako.signsInFor("/send");
            fills(hanako, "宛先が違います");
            hanako.page().locator("#recipients").fill("taro@@partner.example");
            hanako.button("送信する").click();
            assertThat(hanako.page().locator("[role=alert]")).containsText("「taro@@partner.example」はメールアドレスとして正しくありません。");
            assertThat(hanako.page().locator("#recipients")).hasAttribute("aria-invalid", "true");
            assertThat(Looks.wrong(hanako, "upload-4-wrong-address", "ja")).isEmpty();
            hanako.page().locator("#recipients").fill(TARO + " jiro@other.example");
            hanako.button("送信する").click();
            seesItHeld(hanako, "宛先が違います");
        }
    }

    /** The database keeps the answer from coming until the line is cut; then the delivery is made all the same. */
    @Test
    void whoNeverGetsTheAnswerIsToldThatItMayHaveBeenSentAndSendsItOnceOnly() throws Exception {
        var pages = house.takePage();
        int behind = FreePorts.take();
        try (var installation = Installation.inTheHouse("lost_answer", "inside: [example.co.jp]\n");
                var web = installation.startPages("web", "web", pages, Map.of("quarkus.http.port", Integer.toString(behind)));
                var wire = new Wire(URI.create(pages).getPort(), behind); var hanako = Person.atADesk(house, pages, "hanako", "ja")) {
            assertThat(web.isReady()).isTrue();
            hanako.signsInFor("/send");
            fills(hanako, "返事が届きません");
            var kept = installation.data().holds("delivery");
            try (kept) {
                hanako.button("送信する").click();
                assertThat(hanako.page().locator("[data-status]")).hasText("アップロードが終わりました。暗号化して保存しています…");
                assertThat(hanako.button("中止する")).isHidden();
                await().atMost(PATIENCE).until(() -> installation.data().number("select count(*) from pg_locks where not granted") == 1);
                wire.cut();
                assertThat(hanako.page().locator("[role=alert]")).containsText("送信された可能性があります。");
                assertThat(hanako.page().locator("[role=alert]")).not().containsText("何も送られていません");
                assertThat(hanako.complaints()).as("what the browser says of the line").allMatch(said -> said.contains("net::ERR_"));
                assertThat(Looks.wrong(hanako, "upload-5-unsure", "ja")).isEmpty();
                wire.mend();
            }
            await().atMost(PATIENCE).until(() -> installation.data().number("select count(*) from delivery") == 1);
            var list = hanako.context().waitForPage(() -> hanako.link("「送信一覧」を別のタブで開く").click());
            assertThat(list.locator("main")).containsText("返事が届きません");
            hanako.button("送信する").click();
            seesItHeld(hanako, "返事が届きません");
            assertThat(hanako.said()).containsText("二重には送信していません。");
            assertThat(installation.data().number("select count(*) from delivery")).isEqualTo(1);
        }
    }

    @Test
    void whoIsSignedOutMeanwhileSignsInElsewhereAndLosesNothing() throws Exception {
        try (var hanako = Person.atADesk(house, "hanako", "ja")) {
            hanako.signsInFor("/send");
            fills(hanako, "サインインし直しました");
            hanako.context().clearCookies();
            hanako.button("送信する").click();
            assertThat(hanako.page().locator("[role=alert]")).containsText("サインインの有効期限が切れました。何も送られていません。");
            assertThat(Looks.wrong(hanako, "upload-6-signed-out", "ja")).isEmpty();
            var other = hanako.context().waitForPage(() -> hanako.link("別のタブでサインインする").click());
            other.locator("#username").fill("hanako");
            other.locator("#password").fill("hanako");
            other.locator("#kc-login").click();
            other.waitForURL(house.web() + "/send");
            hanako.button("送信する").click();
            seesItHeld(hanako, "サインインし直しました");
        }
    }

    /** The session ends between the question whether it still goes on and the end of the upload. */
    @Test
    void aSignInThatEndsWhileFilesGoOutIsToldFromABrokenLine() {
        try (var hanako = Person.atADesk(house, "hanako", "en")) {
            hanako.signsInFor("/send");
            fills(hanako, "Signed out on the way");
            hanako.page().route(house.web() + "/send", route -> {
                if (route.request().method().equals("GET")) {
                    route.fulfill(new Route.FulfillOptions().setStatus(200));
                } else {
                    route.resume();
                }
            });
            hanako.context().clearCookies();
            hanako.button("Send").click();
            assertThat(hanako.page().locator("[role=alert]")).containsText("Sign in again in another tab");
        }
    }

    @Test
    void whoIsOfflineIsToldThatNothingWasSent() {
        try (var hanako = Person.atADesk(house, "hanako", "en")) {
            hanako.signsInFor("/send");
            fills(hanako, "Offline");
            offline(hanako, true);
            hanako.button("Send").click();
            assertThat(hanako.page().locator("[role=alert]")).hasText("Sending failed. Nothing was sent. Check your connection and try again.");
            hanako.complaints();   // the browser says that there is no line
        }
    }

    private static void offline(Person person, boolean off) {
        person.context().setOffline(off);
    }

    @Test
    void itWorksWithoutJavaScript() {
        try (var hanako = Person.withoutScripts(house, "hanako", "ja")) {
            hanako.signsInFor("/send");
            fills(hanako, "スクリプトなしで送ります");
            hanako.page().locator("#recipients").fill("nobody");
            hanako.button("送信する").click();
            assertThat(hanako.page().locator("[role=alert]")).containsText("「nobody」はメールアドレスとして正しくありません。");
            assertThat(hanako.page().locator("[role=alert]")).containsText("ファイルはもう一度選んでください。");
            assertThat(hanako.page().locator("#subject")).hasValue("スクリプトなしで送ります");
            fills(hanako, "スクリプトなしで送ります");
            hanako.button("送信する").click();
            seesItHeld(hanako, "スクリプトなしで送ります");
            hanako.button("全員への送信を取り消す").click();
            assertThat(hanako.said()).hasText("2 件の宛先への送信を取り消しました。");
        }
    }
}
