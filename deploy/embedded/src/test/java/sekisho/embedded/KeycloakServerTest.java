package sekisho.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeycloakServerTest {
    private static final String BACK = "http://localhost:1/sign-in";
    private static final String VERIFIER = "a-verifier-of-at-least-forty-three-characters-0123456789";

    private static final Map<String, String> NEW_PASSWORD = Map.of("password-new", "correct horse", "password-confirm", "correct horse");

    @TempDir
    static Path folder;

    static GreenMail mailbox;
    static PostgresServer postgres;
    static KeycloakServer keycloak;

    @BeforeAll
    static void start() {
        mailbox = new GreenMail(new ServerSetup(LocalProcess.freePort(), "127.0.0.1", "smtp"));
        mailbox.start();
        postgres = PostgresServer.start(folder.resolve("postgres"));
        keycloak = KeycloakServer.start(
                KeycloakServer.Settings.forTest(folder.resolve("keycloak"), mailbox.getSmtp().getPort(), "http://localhost:1"),
                postgres);
    }

    @AfterAll
    static void stop() {
        keycloak.close();
        postgres.close();
        mailbox.stop();
    }

    @Test
    void taroSignsInByHisUserNameAndHasAProvenAddressAndNoRole() throws Exception {
        try (var browser = new FormBrowser()) {
            String token = idToken(browser, code(signIn(browser, "taro", "taro")));
            assertThat(token)
                    .contains("\"email\":\"taro@partner.example\"", "\"email_verified\":true", "\"iss\":\"" + keycloak.issuer() + "\"")
                    .doesNotContain("sender", "responder", "auditor", "administrator");
        }
    }

    @Test
    void aSendersRoleIsInTheIdToken() throws Exception {
        try (var browser = new FormBrowser()) {
            assertThat(idToken(browser, code(signIn(browser, "hanako", "hanako")))).contains("\"roles\":[\"sender\"]");
        }
    }

    @Test
    void eveWhoseAddressIsNotProvenDoesNotGetIn() throws Exception {
        try (var browser = new FormBrowser()) {
            var page = signIn(browser, "eve", "eve");
            assertThat(page.address().toString()).contains("VERIFY_EMAIL").doesNotContain("code=");
            assertThat(browser.open(authorization(BACK, "sekisho-web"), BACK).address().toString()).doesNotStartWith(BACK);
        }
    }

    @Test
    void aNewcomerWhoRegistersGetsInOnceTheirMailboxIsProvenAndHasNoRole() throws Exception {
        try (var browser = new FormBrowser()) {
            var page = register(browser, "saburo", "saburo@partner.example");
            assertThat(page.address().toString()).as("not before the proof").contains("VERIFY_EMAIL");

            var choice = browser.open(linkIn(mailTo("saburo@partner.example")), BACK);
            String token = idToken(browser, code(browser.submit(choice, NEW_PASSWORD, BACK)));

            assertThat(token)
                    .contains("\"email\":\"saburo@partner.example\"", "\"email_verified\":true")
                    .doesNotContain("sender", "responder", "auditor", "administrator");
        }
    }

    @Test
    void registeringAnAddressOfAnotherAccountNeitherTellsThatItExistsNorGetsIn() throws Exception {
        try (var browser = new FormBrowser()) {
            var page = register(browser, "thief", "jiro@other.example");
            assertThat(page.address().toString()).contains("VERIFY_EMAIL");
            assertThat(page.html()).doesNotContain("already exists");
            assertThat(browser.open(authorization(BACK, "sekisho-web"), BACK).address().toString()).doesNotStartWith(BACK);
        }
    }

    @Test
    void whoRegisteredAStrangersAddressGainsNothingWhenTheStrangerOpensTheLink() throws Exception {
        try (var thief = new FormBrowser();
                var owner = new FormBrowser()) {
            var waiting = register(thief, "patient-thief", "shiro@other.example");

            var question = owner.open(linkIn(mailTo("shiro@other.example")), BACK);
            owner.open(question.linkTo("action-token"), BACK);

            assertThat(thief.open(waiting.address(), BACK).html()).doesNotContain("password-new");
            assertThat(signIn(thief, "patient-thief", "correct horse").address().toString()).doesNotStartWith(BACK);
        }
    }

    @Test
    void aUserNameThatLooksLikeAnAddressIsRefused() throws Exception {
        try (var browser = new FormBrowser()) {
            var page = register(browser, "taro@partner.example", "x@evil.example");
            assertThat(page.address().getPath()).contains("registration");
        }
    }

    @Test
    void aWrongPasswordIsRefused() throws Exception {
        try (var browser = new FormBrowser()) {
            assertThat(signIn(browser, "jiro", "guess").address().toString()).doesNotStartWith(BACK);
        }
    }

    @Test
    void signInNeverComesBackToAnAddressThatIsNotOurs() throws Exception {
        try (var browser = new FormBrowser()) {
            for (String elsewhere : List.of("http://localhost:2/sign-in", "http://localhost:1/d/x", "http://localhost:1/sign-in/../d",
                    "http://localhost:1@evil.example/sign-in")) {
                assertThat(browser.open(authorization(elsewhere, "sekisho-web"), BACK).status()).as(elsewhere).isEqualTo(400);
            }
        }
    }

    @Test
    void withoutAProofKeyThereIsNoSignIn() throws Exception {
        try (var browser = new FormBrowser()) {
            var bare = URI.create(authorization(BACK, "sekisho-web").toString().replaceAll("&code_challenge[^&]*", ""));
            var page = browser.open(bare, BACK);
            assertThat(page.address().toString()).startsWith(BACK).contains("error=invalid_request");
        }
    }

    @Test
    void whoSignsOutComesBackToOurPageAndIsAskedAnew() throws Exception {
        try (var browser = new FormBrowser()) {
            String hint = rawIdToken(browser, code(signIn(browser, "ichiro", "ichiro")));
            String end = keycloak.issuer() + "/protocol/openid-connect/logout?id_token_hint=" + hint + "&post_logout_redirect_uri=";
            assertThat(browser.open(URI.create(end + "http://localhost:2/signed-out"), BACK).status()).isEqualTo(400);
            var page = browser.open(URI.create(end + "http://localhost:1/signed-out"), "http://localhost:1/signed-out");
            assertThat(page.address().toString()).startsWith("http://localhost:1/signed-out");
            assertThat(browser.open(authorization(BACK, "sekisho-web"), BACK).html()).contains("name=\"password\"");
        }
    }

    @Test
    void theLoginPageSpeaksJapaneseAndWearsOurStyle() throws Exception {
        try (var browser = new FormBrowser()) {
            var page = browser.open(URI.create(authorization(BACK, "sekisho-web") + "&ui_locales=ja"), BACK);
            assertThat(page.html()).contains("lang=\"ja\"", "ユーザー名", "css/sekisho.css");
        }
    }

    @Test
    void secretsAreNotInTheRepositorysFile() throws IOException {
        String template = Files.readString(Tools.repository().resolve("deploy/keycloak/sekisho-realm.json"));
        assertThat(template)
                .doesNotContain(Files.readString(keycloak.webSecretFile()).strip())
                .doesNotContain(Files.readString(keycloak.adminSecretFile()).strip());
        assertThat(Files.readString(keycloak.webSecretFile())).isNotEqualTo(Files.readString(keycloak.adminSecretFile()));
    }

    private static FormBrowser.Page signIn(FormBrowser browser, String user, String password) throws Exception {
        var login = browser.open(authorization(BACK, "sekisho-web"), BACK);
        return browser.submit(login, Map.of("username", user, "password", password), BACK);
    }

    private static FormBrowser.Page register(FormBrowser browser, String user, String address) throws Exception {
        var uri = URI.create(authorization(BACK, "sekisho-web").toString().replace("/openid-connect/auth", "/openid-connect/registrations"));
        var form = browser.open(uri, BACK);
        return browser.submit(
                form,
                Map.of("username", user, "email", address),
                BACK);
    }

    private static URI authorization(String back, String client) throws Exception {
        byte[] challenge = MessageDigest.getInstance("SHA-256").digest(VERIFIER.getBytes(StandardCharsets.US_ASCII));
        return URI.create(keycloak.issuer() + "/protocol/openid-connect/auth?response_type=code&scope=openid&state=s&client_id=" + client
                + "&redirect_uri=" + URLEncoder.encode(back, StandardCharsets.UTF_8)
                + "&code_challenge=" + Base64.getUrlEncoder().withoutPadding().encodeToString(challenge) + "&code_challenge_method=S256");
    }

    private static String code(FormBrowser.Page page) {
        assertThat(page.address().toString()).startsWith(BACK);
        var code = Pattern.compile("[?&]code=([^&]+)").matcher(page.address().toString());
        assertThat(code.find()).isTrue();
        return code.group(1);
    }

    /** The claims of the ID token, as JSON. */
    private static String idToken(FormBrowser browser, String code) throws Exception {
        return new String(Base64.getUrlDecoder().decode(rawIdToken(browser, code).split("\\.")[1]), StandardCharsets.UTF_8);
    }

    private static String rawIdToken(FormBrowser browser, String code) throws Exception {
        String secret = Files.readString(keycloak.webSecretFile()).strip();
        var request = HttpRequest.newBuilder(URI.create(keycloak.issuer() + "/protocol/openid-connect/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(("sekisho-web:" + secret).getBytes(StandardCharsets.US_ASCII)))
                .POST(HttpRequest.BodyPublishers.ofString("grant_type=authorization_code&code=" + code + "&code_verifier=" + VERIFIER
                        + "&redirect_uri=" + URLEncoder.encode(BACK, StandardCharsets.UTF_8)))
                .build();
        var answer = browser.client().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        var token = Pattern.compile("\"id_token\":\"([^\"]+)").matcher(answer.body());
        assertThat(token.find()).isTrue();
        return token.group(1);
    }

    private static String mailTo(String address) throws Exception {
        for (var message : mailbox.getReceivedMessages()) {
            if (message.getAllRecipients()[0].toString().equals(address)) {
                return GreenMailUtil.getWholeMessage(message);
            }
        }
        throw new AssertionError("no mail to " + address);
    }

    private static URI linkIn(String mail) {
        var link = Pattern.compile("http://localhost:\\d+/realms/sekisho/login-actions/action-token\\S+").matcher(
                mail.replaceAll("=\r\n", "").replace("=3D", "="));
        assertThat(link.find()).isTrue();
        return URI.create(link.group().replaceAll("[\"<>].*", ""));
    }
}
