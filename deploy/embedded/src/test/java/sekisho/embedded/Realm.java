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
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;

/** The realm on a real Keycloak with a real mailbox, one for all classes, and what a visitor does there. */
abstract class Realm {
    static final String BACK = "http://localhost:1/sign-in";
    static final String VERIFIER = "a-verifier-of-at-least-forty-three-characters-0123456789";

    static final Map<String, String> NEW_PASSWORD = Map.of("password-new", "correct horse", "password-confirm", "correct horse");

    static Path folder;
    static GreenMail mailbox;
    static KeycloakServer keycloak;

    /** Started by the first class that needs it, since a first start takes long; ends with the JVM. */
    @BeforeAll
    static synchronized void start() throws IOException {
        if (keycloak != null) {
            return;
        }
        folder = Files.createTempDirectory("sekisho-realm");
        mailbox = new GreenMail(new ServerSetup(FreePorts.take(), "127.0.0.1", "smtp"));
        mailbox.start();
        var postgres = PostgresServer.start(folder.resolve("postgres"));
        keycloak = KeycloakServer.start(
                KeycloakServer.Settings.forTest(folder.resolve("keycloak"), mailbox.getSmtp().getPort(), "http://localhost:1"),
                postgres);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            keycloak.close();
            postgres.close();
            mailbox.stop();
            FileTree.delete(folder);
        }));
    }

    static FormBrowser.Page signIn(FormBrowser browser, String user, String password) throws Exception {
        var login = browser.open(authorization(BACK, "sekisho-web"), BACK);
        return browser.submit(login, Map.of("username", user, "password", password), BACK);
    }

    static FormBrowser.Page register(FormBrowser browser, String user, String address) throws Exception {
        var uri = URI.create(authorization(BACK, "sekisho-web").toString().replace("/openid-connect/auth", "/openid-connect/registrations"));
        var form = browser.open(uri, BACK);
        return browser.submit(
                form,
                Map.of("username", user, "email", address),
                BACK);
    }

    static URI authorization(String back, String client) throws Exception {
        byte[] challenge = MessageDigest.getInstance("SHA-256").digest(VERIFIER.getBytes(StandardCharsets.US_ASCII));
        return URI.create(keycloak.issuer() + "/protocol/openid-connect/auth?response_type=code&scope=openid&state=s&client_id=" + client
                + "&redirect_uri=" + URLEncoder.encode(back, StandardCharsets.UTF_8)
                + "&code_challenge=" + Base64.getUrlEncoder().withoutPadding().encodeToString(challenge) + "&code_challenge_method=S256");
    }

    static String code(FormBrowser.Page page) {
        assertThat(page.address().toString()).startsWith(BACK);
        var code = Pattern.compile("[?&]code=([^&]+)").matcher(page.address().toString());
        assertThat(code.find()).isTrue();
        return code.group(1);
    }

    /** The claims of the ID token, as JSON. */
    static String idToken(FormBrowser browser, String code) throws Exception {
        return new String(Base64.getUrlDecoder().decode(rawIdToken(browser, code).split("\\.")[1]), StandardCharsets.UTF_8);
    }

    static String rawIdToken(FormBrowser browser, String code) throws Exception {
        return token(browser, code, "id_token");
    }

    static String accessToken(FormBrowser browser, String code) throws Exception {
        return token(browser, code, "access_token");
    }

    private static String token(FormBrowser browser, String code, String kind) throws Exception {
        String secret = Files.readString(keycloak.webSecretFile()).strip();
        var request = HttpRequest.newBuilder(URI.create(keycloak.issuer() + "/protocol/openid-connect/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(("sekisho-web:" + secret).getBytes(StandardCharsets.US_ASCII)))
                .POST(HttpRequest.BodyPublishers.ofString("grant_type=authorization_code&code=" + code + "&code_verifier=" + VERIFIER
                        + "&redirect_uri=" + URLEncoder.encode(BACK, StandardCharsets.UTF_8)))
                .build();
        var answer = browser.client().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        var token = Pattern.compile("\"" + kind + "\":\"([^\"]+)").matcher(answer.body());
        assertThat(token.find()).isTrue();
        return token.group(1);
    }

    static String mailTo(String address) throws Exception {
        for (var message : mailbox.getReceivedMessages()) {
            if (message.getAllRecipients()[0].toString().equals(address)) {
                return GreenMailUtil.getWholeMessage(message);
            }
        }
        throw new AssertionError("no mail to " + address);
    }

    static URI linkIn(String mail) {
        var link = Pattern.compile("http://localhost:\\d+/realms/sekisho/login-actions/action-token\\S+").matcher(
                mail.replaceAll("=\r\n", "").replace("=3D", "="));
        assertThat(link.find()).isTrue();
        return URI.create(link.group().replaceAll("[\"<>].*", ""));
    }
}
