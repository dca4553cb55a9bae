package sekisho.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.ICHIRO;
import static sekisho.tests.People.JIRO;
import static sekisho.tests.People.TARO;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.tngtech.archunit.core.domain.JavaClass;
import io.quarkus.qute.CheckedTemplate;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import sekisho.embedded.FreePorts;
import sekisho.tests.House;
import sekisho.tests.Inbox;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.OurClasses;
import sekisho.tests.Policies;
import sekisho.tests.UsesTheHouse;
import sekisho.tests.Visitor;

/**
 * Every page in Japanese and English, on a desk and on a phone 360 px wide, light and dark: nothing scrolls sideways, axe finds
 * nothing serious, the browser has nothing to complain about.
 */
@UsesTheHouse
class EveryPageTest {

    private static final String LONG_SUBJECT = "Re: Re: 【至急】第3四半期のお見積書および仕様書（改訂版・差し替え）のご送付について_20261122_final_v2_reviewed_approved";

    /** Each of our pages, by its class, and some picture that shows it. */
    private static final Map<String, List<String>> PICTURED = Map.ofEntries(
        Map.entry("AuditLog", List.of("console-log")), Map.entry("DeliverySearch", List.of("console-search", "console-search-wrong")),
        Map.entry("DeliverySheet", List.of("console-sheet", "console-sheet-ranges")), Map.entry("DeliveryDestroy", List.of("console-destroy")),
        Map.entry("PolicyInForce", List.of("console-policy")), Map.entry("SentList", List.of("sent-list")),
        Map.entry("SentDelivery", List.of("sent-held-and-downloaded", "sent-revoked")), Map.entry("Landing", List.of("landing")),
        Map.entry("Closed", List.of("closed-expired", "closed-not-yet", "closed-used-up", "closed-revoked", "closed-blocked")), Map.entry("NotYours", List.of("not-yours")),
        Map.entry("Files", List.of("files", "files-one-blocked")), Map.entry("Home", List.of("home")), Map.entry("PasswordProtected", List.of("help-password-protected")),
        Map.entry("Returned", List.of("help-returned")), Map.entry("DownloadPage", List.of("download-spent")), Map.entry("Send", List.of("send")),
        Map.entry("Problem", List.of("not-found", "broken", "unavailable", "forbidden")), Map.entry("SignedOut", List.of("signed-out")));
    private static final Set<String> LOOKED_AT = ConcurrentHashMap.newKeySet();
    private static final Set<String> RUN = ConcurrentHashMap.newKeySet();

    private final House house = House.open();
    private final Inbox inbox = new Inbox(house);
    private final List<String> wrong = new ArrayList<>();

    @AfterEach
    void nothingIsWrong(TestInfo test) {
        RUN.add(test.getDisplayName());
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyPageThatThereIsHasAPicture() {
        var pages = OurClasses.ALL.stream().filter(each -> each.isAnnotatedWith(CheckedTemplate.class)).map(JavaClass::getSimpleName).collect(Collectors.toSet());
        assertThat(PICTURED.keySet()).isEqualTo(pages);
    }

    /** Only when all of this class has run, and not one test alone, is everything looked at. */
    @AfterAll
    static void everyPictureWasTaken() {
        long tests = Arrays.stream(EveryPageTest.class.getDeclaredMethods()).filter(method -> method.isAnnotationPresent(Test.class)).count();
        if (RUN.size() == tests) {
            assertThat(LOOKED_AT).containsAll(PICTURED.values().stream().flatMap(List::stream).toList());
        }
    }

    private void looksAt(Person person, String path, String name) {
        LOOKED_AT.add(name);
        person.opens(path);
        boolean first = PICTURED.values().stream().anyMatch(names -> names.getFirst().equals(name));
        wrong.addAll(first ? Looks.wrongAnyway(person, name) : Looks.wrongAgain(person, name));
    }

    /** Ichiro's mail goes to Taro at once and is held for Jiro. @return the delivery's id */
    private String mixed(String subject) throws Exception {
        return new MailProgram(house, ICHIRO).sends(subject, TARO, JIRO, "hanako@example.co.jp");
    }

    /** As {@link #mixed}, and to one whose domain is a slip away from Taro's. @return the delivery's id */
    private String slipped(String subject) throws Exception {
        return new MailProgram(house, ICHIRO).sends(subject, TARO, JIRO, "taro@partnar.example", "hanako@example.co.jp");
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
            looksAt(anybody, "/help/password-protected", "help-password-protected");
            looksAt(anybody, "/help/returned", "help-returned");
        }
    }

    /** Its link is in no mail yet; somebody who has it all the same, such as from a copy sent twice, is told to wait. */
    @Test
    void thePageOfALinkThatIsNotReleased() throws Exception {
        mixed("Not let go");
        var token = inbox.token(inbox.await(TARO, "Not let go"));
        var his = "where address = '" + TARO + "' and delivery_id = (select id from delivery where subject = 'Not let go')";
        house.data().change("update recipient set hold = 'HELD' " + his);
        try (var anybody = Person.atADesk(house, "nobody", "en")) {
            looksAt(anybody, "/d/" + token, "closed-not-yet");
        } finally {
            house.data().change("update recipient set hold = 'RELEASED' " + his);
        }
    }

    /** What the scanner found later, as its timer writes it down (its finding is a test of the gateway, the scanner one of the peers). */
    @Test
    void thePagesOfWhatTheScannerShut() throws Exception {
        mixed("Found later");
        var link = "/d/" + inbox.token(inbox.await(TARO, "Found later"));
        var file = "update file set access = 'REVOKED', revoked_as = 'SCANNER' where delivery_id = (select id from delivery where subject = 'Found later')";
        try (var taro = Person.atADesk(house, "taro", "en")) {
            taro.signsInFor(link + "/files");
            house.data().change(file + " and position = 0");
            looksAt(taro, link + "/files", "files-one-blocked");
            assertThat(taro.page().locator("main")).containsText("security check");
            assertThat(taro.page().locator("main").getByRole(AriaRole.BUTTON)).hasCount(1);
            house.data().change(file);
            looksAt(taro, link, "closed-blocked");
            assertThat(taro.heading()).hasText("These files are blocked");
        }
    }

    @Test
    void thePageForAFormOfAnotherSite() {
        for (var language : List.of("ja", "en")) {
            try (var desk = Person.atADesk(house, "nobody", language); var phone = Person.onAPhone(house, "nobody", language)) {
                for (var person : List.of(desk, phone)) {
                    person.page().setContent("<form method=post action='" + house.web() + "/language'><button>Go</button></form>");
                    person.button("Go").click();
                    assertThat(person.heading()).hasText(language.equals("ja") ? "操作を受け付けませんでした" : "This was not accepted");
                    wrong.addAll(Looks.wrong(person, "foreign-form-" + language + (person == desk ? "-desktop" : "-phone"), language));
                }
            }
        }
    }

    @Test
    void thePagesWhenSomethingIsBrokenOrAway() throws Exception {
        try (var installation = Installation.withItsOwnPostgres(Policies.AT_ONCE); var anybody = Person.atADesk(house, "nobody", "en")) {
            var pages = installation.stage().ports().webUrl();
            Path secret = Files.writeString(installation.stage().folder().resolve("client-secret"), "0123456789abcdef0123456789abcdef");
            installation.stage().launch("all", "all", Map.of("quarkus.oidc.auth-server-url", "http://127.0.0.1:" + FreePorts.take() + "/realms/sekisho",
                "web.sign-in.client-secret-file", secret.toString(), "admin.sign-in.client-secret-file", secret.toString()));
            await().atMost(Duration.ofMinutes(2)).ignoreExceptions().until(() -> installation.mailServer().submits(ICHIRO, List.of(TARO),
                Messages.twoAttachments("Soon broken", Messages.octets(10, 1), Messages.octets(10, 2))).startsWith("250"));
            var link = pages + "/d/" + installation.inbox().token(installation.inbox().await(TARO, "Soon broken"));
            looksAt(anybody, pages + "/sent", "unavailable-sign-in");
            installation.data().change("alter table recipient rename column address_given to address_gone");
            looksAt(anybody, link, "broken");
            installation.data().change("alter table recipient rename column address_gone to address_given");
            looksAt(anybody, link, "landing-mended");
            installation.stage().postgres().kill();
            looksAt(anybody, link, "unavailable");
            assertThat(anybody.opens(link).status()).isEqualTo(503);
            assertThat(anybody.link("Try again")).isVisible();
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
            looksAt(mallory, "/send", "forbidden-send");
            assertThat(mallory.page().locator(".who")).containsText("mallory@evil.example");
            assertThat(mallory.button("Sign out")).isVisible();
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
        var delivery = slipped(LONG_SUBJECT);
        var link = "/d/" + inbox.token(inbox.await(TARO, LONG_SUBJECT)) + "/files";
        try (var taro = Person.onAPhone(house, "taro", "en"); var ichiro = Person.atADesk(house, "ichiro", "en")) {
            taro.signsInFor(link);
            assertThat(downloads(taro, Messages.JAPANESE_NAME).failure()).isNull();
            ichiro.signsInFor("/sent");
            looksAt(ichiro, "/sent", "sent-list");
            looksAt(ichiro, "/sent/" + delivery, "sent-held-and-downloaded");
            assertThat(ichiro.page().getByText("This is not partner.example")).hasCount(1);
            looksAt(ichiro, "/send", "send");
            looksAt(ichiro, "/admin/policy", "forbidden");
            assertThat(ichiro.page().locator(".who")).containsText(ICHIRO);
            assertThat(ichiro.button("Sign out")).isVisible();
        }
    }

    @Test
    void aSendersPagesOfWhatWasStopped() throws Exception {
        new MailProgram(house, ICHIRO).sends("Over by itself", "kei@brief.example");
        inbox.await("kei@brief.example", "Over by itself");
        var stopped = mixed("Stopped step by step");
        inbox.await(TARO, "Stopped step by step");
        try (var ichiro = Person.atADesk(house, "ichiro", "en"); var responder = Person.atADesk(house, "responder", "en")) {
            ichiro.signsInFor("/sent/" + stopped);
            Person.row(ichiro.section(Pattern.compile("recipients")), TARO).getByRole(AriaRole.BUTTON).first().click();
            assertThat(ichiro.said()).isVisible();
            looksAt(ichiro, "/sent/" + stopped, "sent-one-file-revoked");
            ichiro.button("Cancel for the one who still waits").click();
            assertThat(ichiro.said()).isVisible();
            looksAt(ichiro, "/sent/" + stopped, "sent-cancelled-in-part");
            ichiro.button("Revoke all files").click();
            assertThat(ichiro.said()).isVisible();
            assertThat(ichiro.button("Revoke this file")).hasCount(0);
            assertThat(ichiro.button("Cancel for everyone")).hasCount(0);
            assertThat(ichiro.page().locator("main .head").first()).containsText("Revoked");
            looksAt(ichiro, "/sent/" + stopped, "sent-revoked");
            responder.signsInFor("/admin/deliveries/" + stopped);
            looksAt(responder, "/admin/deliveries/" + stopped, "console-sheet-revoked");
            responder.button("Keep it revoked, also against its sender").click();
            assertThat(responder.said()).isVisible();
            looksAt(ichiro, "/sent/" + stopped, "sent-frozen");
            assertThat(ichiro.button("Open access again")).hasCount(0);
            looksAt(ichiro, "/sent", "sent-list-stopped");
            looksAt(responder, "/admin/deliveries?subject=step", "console-search-stopped");
            ichiro.page().getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Over by itself")).first().click();
            looksAt(ichiro, ichiro.page().url(), "sent-over");
            assertThat(ichiro.page().locator("main").getByRole(AriaRole.BUTTON)).hasCount(0);
            refuses(ichiro, "revoke", "The files are destroyed. Nothing can be changed any more.");
            refuses(ichiro, "cancel", "Too late: it was already sent or cancelled. See its state below.");
            refuses(ichiro, "send-now", "Too late: it was already sent or cancelled. See its state below.");
            looksAt(responder, "/admin/deliveries/" + stopped + "/destroy", "console-destroy");
            responder.page().getByRole(AriaRole.CHECKBOX).check();
            responder.button("Destroy now").click();
            assertThat(responder.said()).isVisible();
            looksAt(responder, "/admin/deliveries/" + stopped, "console-sheet-destroyed");
            looksAt(ichiro, "/sent/" + stopped, "sent-destroyed");
            assertThat(ichiro.page().locator("main")).containsText("The files are destroyed.");
        }
    }

    /** A form from a page that is older than the delivery's state. */
    private static void refuses(Person person, String action, String said) {
        person.page().evaluate("action => { const form = document.createElement('form'); form.method = 'post';"
            + " form.action = location.pathname + '/' + action; document.body.append(form); form.submit(); }", action);
        assertThat(person.said()).hasText(said);
    }

    /** Some of the file that Taro hasn't had yet, as a program would that resumes. */
    private void takesPieces(String link) throws Exception {
        try (var taro = new Visitor(house, "taro")) {
            var files = Pattern.compile("/files/([0-9a-f-]{36})").matcher(taro.opens(link).html()).results().map(found -> found.group(1)).distinct().toList();
            var ticket = taro.ticket(link.split("/")[2], files.getLast());
            for (var range : List.of("bytes=0-999", "bytes=2000-2999")) {
                assertThat(taro.gets(ticket, HttpResponse.BodyHandlers.ofByteArray(), "Range", range).statusCode()).isEqualTo(206);
            }
        }
    }

    @Test
    void thePagesForTheConsole() throws Exception {
        var delivery = slipped("コンソール用 " + LONG_SUBJECT);
        var link = "/d/" + inbox.token(inbox.await(TARO, "コンソール用")) + "/files";
        try (var taro = Person.onAPhone(house, "taro", "en"); var responder = Person.atADesk(house, "responder", "en");
                var auditor = Person.atADesk(house, "auditor", "en"); var admin = Person.atADesk(house, "admin", "en")) {
            taro.signsInFor(link);
            assertThat(downloads(taro, Messages.JAPANESE_NAME).failure()).isNull();
            responder.signsInFor("/admin");
            looksAt(responder, "/admin/deliveries/" + delivery, "console-sheet");
            assertThat(responder.page().getByText("This is not partner.example")).hasCount(1);
            takesPieces(link);
            looksAt(responder, "/admin/deliveries?subject=final_v2", "console-search");
            looksAt(responder, "/admin/deliveries?from=yesterday", "console-search-wrong");
            looksAt(responder, "/admin/deliveries/" + delivery, "console-sheet-ranges");
            assertThat(responder.page().locator("main")).containsText("Bytes 0–999, 2000–2999");
            auditor.signsInFor("/admin");
            looksAt(auditor, "/admin/log", "console-log");
            assertThat(auditor.page().locator("main")).not().containsText(Pattern.compile(" = |\\d{4}-\\d\\d-\\d\\dT\\d\\d:"));
            looksAt(auditor, "/admin/policy", "console-forbidden");
            assertThat(auditor.page().locator(".who")).isVisible();
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
