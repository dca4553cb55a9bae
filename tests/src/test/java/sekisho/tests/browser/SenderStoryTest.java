package sekisho.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.ICHIRO;
import static sekisho.tests.People.JIRO;
import static sekisho.tests.People.TARO;

import com.microsoft.playwright.Locator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sekisho.tests.House;
import sekisho.tests.Inbox;
import sekisho.tests.Messages;
import sekisho.tests.UsesTheHouse;

/** Hanako has sent to a wrong person, sees it in time, and stops what is to be stopped. */
@UsesTheHouse
class SenderStoryTest {

    private static final Pattern RECIPIENTS = Pattern.compile("^宛先");
    private static final Pattern FILES = Pattern.compile("個のファイル$");

    private final House house = House.open();
    private final Inbox inbox = new Inbox(house);
    private final MailProgram mail = new MailProgram(house, HANAKO);
    private final Person hanako = Person.atADesk(house, "hanako", "ja");

    @AfterEach
    void goesHome() {
        hanako.close();
    }

    private Locator recipient(String address) {
        return Person.row(hanako.section(RECIPIENTS), address);
    }

    private static Locator in(Locator row, String button) {
        return row.getByRole(com.microsoft.playwright.options.AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(button));
    }

    private void seesNothingWrong(String picture) {
        assertThat(Looks.wrong(hanako, "sender-" + picture, "ja")).isEmpty();
    }

    @Test
    void theNoticeLeadsToTheHeldMailAndOneRecipientIsStopped() throws Exception {
        mail.sends("お見積りの件（第2版）", TARO, JIRO, ICHIRO);
        inbox.await(HANAKO, "お見積りの件（第2版）");
        hanako.opensMail(HANAKO, "お見積りの件（第2版）");
        hanako.page().locator("a[href*='/sent/']").first().click();
        hanako.signsIn();

        assertThat(hanako.heading()).hasText("お見積りの件（第2版）");
        assertThat(hanako.page().locator(".notice.wait")).containsText(Pattern.compile("あと 4 分 [0-9]+ 秒"));
        assertThat(hanako.section(RECIPIENTS).locator(".rows > li h3")).containsText(new String[] {JIRO, TARO, ICHIRO});
        assertThat(recipient(ICHIRO)).containsText("送信済み");
        assertThat(hanako.section(FILES).locator(".rows > li")).containsText(new String[] {Messages.JAPANESE_NAME, Messages.PLAIN_NAME});
        assertThat(hanako.section(FILES)).containsText("9.8 KB");
        assertThat(hanako.section(FILES)).containsText("293 KB");
        seesNothingWrong("1-held");

        in(recipient(JIRO), "この宛先だけ取り消す").click();
        assertThat(hanako.said()).hasText("1 件の宛先への送信を取り消しました。");
        assertThat(recipient(JIRO)).containsText("取り消し済み");
        assertThat(recipient(TARO)).containsText("送信待ち");
        seesNothingWrong("2-one-cancelled");

        hanako.button("今すぐ送信").click();
        assertThat(hanako.said()).hasText("1 件の宛先に送信しました。");
        assertThat(recipient(TARO)).containsText("送信済み");
        inbox.await(TARO, "お見積りの件（第2版）");
        hanako.reloadsUntil(() -> assertThat(recipient(TARO)).containsText("メールサーバーへ引き渡し済み"));
        assertThat(recipient(TARO)).containsText("未閲覧");
        seesNothingWrong("3-released");
        assertThat(inbox.count(JIRO, "お見積りの件（第2版）")).as("cancelled").isZero();
    }

    @Test
    void whatWentOutIsTakenBackAndOpenedAgain() throws Exception {
        var delivery = mail.sends("Minutes of the meeting", TARO, JIRO);
        hanako.signsInFor("/sent");
        Person.row(hanako.section(Pattern.compile("^送信待ち$")), "Minutes of the meeting").getByText("今すぐ送信").click();
        hanako.page().waitForURL("**/sent/" + delivery);
        assertThat(hanako.said()).hasText("2 件の宛先に送信しました。");

        hanako.button("すべてのファイルの公開を停止").click();
        assertThat(hanako.said()).hasText("公開を停止しました。");
        assertThat(hanako.page().locator(".head .state").first()).hasText("公開停止中");
        seesNothingWrong("4-revoked");
        hanako.button("公開を再開する").click();
        assertThat(hanako.said()).hasText("公開を再開しました。");

        in(recipient(JIRO), "この宛先への公開を停止").click();
        assertThat(recipient(JIRO).locator(".head .state.bad")).hasText("公開停止中");
        assertThat(recipient(TARO).locator(".head .state.bad")).hasCount(0);
        in(recipient(JIRO), "この宛先への公開を再開").click();
        in(Person.row(hanako.section(FILES), Messages.JAPANESE_NAME), "このファイルの公開を停止").click();
        assertThat(Person.row(hanako.section(FILES), Messages.JAPANESE_NAME)).containsText("公開停止中");
        assertThat(Person.row(hanako.section(FILES), Messages.PLAIN_NAME)).not().containsText("公開停止中");
        seesNothingWrong("5-one-file-revoked");
    }

    @Test
    void everythingIsCancelledFromTheListAndNothingEverArrives() throws Exception {
        mail.sends("To the wrong Taro", TARO);
        hanako.signsInFor("/sent");
        var row = Person.row(hanako.section(Pattern.compile("^送信待ち$")), "To the wrong Taro");
        in(row, "送信を取り消す").click();
        assertThat(hanako.said()).hasText("1 件の宛先への送信を取り消しました。");
        assertThat(hanako.button("今すぐ送信")).hasCount(0);
        hanako.link("← 送信一覧").click();
        assertThat(Person.row(hanako.section(Pattern.compile("^送信済み")), "To the wrong Taro")).containsText("取り消し済み");
        assertThat(inbox.count(TARO, "To the wrong Taro")).isZero();
    }

    @Test
    void whoeverSignedOutIsReallyOut() throws Exception {
        var delivery = mail.sends("Not for the next one at this desk", TARO);
        hanako.signsInFor("/sent/" + delivery);
        hanako.button("サインアウト").click();
        assertThat(hanako.heading()).hasText("サインアウトしました");
        hanako.page().goBack();
        assertThat(hanako.page().locator("body")).not().containsText("Not for the next one at this desk");
        hanako.opens("/sent/" + delivery);
        assertThat(hanako.page().locator("#password")).isVisible();
    }

    @Test
    void anotherSendersMailIsNotThere() throws Exception {
        var delivery = mail.sends("Hanako's own", TARO);
        try (var ichiro = Person.atADesk(house, "ichiro", "en"); var taro = Person.atADesk(house, "taro", "en")) {
            ichiro.signsInFor("/sent/" + delivery);
            assertThat(ichiro.heading()).hasText("Page not found");
            taro.signsInFor("/sent");
            assertThat(taro.heading()).hasText("You can't see this page");
        }
    }
}
