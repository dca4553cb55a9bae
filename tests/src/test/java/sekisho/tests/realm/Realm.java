package sekisho.tests.realm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import sekisho.demo.mailbox.StoredMessage;
import sekisho.embedded.FormBrowser;
import sekisho.embedded.KeycloakServer;
import sekisho.tests.House;
import sekisho.tests.UsesTheHouse;

/** The realm of the house, and what a visitor does there. */
@UsesTheHouse
abstract class Realm {
    static final String VERIFIER = "a-verifier-of-at-least-forty-three-characters-0123456789";
    static final Map<String, String> NEW_PASSWORD = Map.of("password-new", "correct horse", "password-confirm", "correct horse");
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    final House house = House.open();
    final KeycloakServer keycloak = house.stage().keycloak();
    /** Where nobody answers: a browser of ours stops before it. */
    final String pages = house.unansweredPage();
    final String back = pages + "/sign-in";

    FormBrowser.Page signIn(FormBrowser browser, String user, String password) throws Exception {
        var login = browser.open(authorization(back, "sekisho-web"), back);
        return browser.submit(login, Map.of("username", user, "password", password), back);
    }

    FormBrowser.Page register(FormBrowser browser, String user, String address) throws Exception {
        var uri = URI.create(authorization(back, "sekisho-web").toString().replace("/openid-connect/auth", "/openid-connect/registrations"));
        var form = browser.open(uri, back);
        return browser.submit(
                form,
                Map.of("username", user, "email", address),
                back);
    }

    URI authorization(String back, String client) throws Exception {
        byte[] challenge = MessageDigest.getInstance("SHA-256").digest(VERIFIER.getBytes(StandardCharsets.US_ASCII));
        return URI.create(keycloak.issuer() + "/protocol/openid-connect/auth?response_type=code&scope=openid&state=s&client_id=" + client
                + "&redirect_uri=" + URLEncoder.encode(back, StandardCharsets.UTF_8)
                + "&code_challenge=" + Base64.getUrlEncoder().withoutPadding().encodeToString(challenge) + "&code_challenge_method=S256");
    }

    String code(FormBrowser.Page page) {
        assertThat(page.address().toString()).startsWith(back);
        var code = Pattern.compile("[?&]code=([^&]+)").matcher(page.address().toString());
        assertThat(code.find()).isTrue();
        return code.group(1);
    }

    /** The claims of the ID token, as JSON. */
    String idToken(FormBrowser browser, String code) throws Exception {
        return new String(Base64.getUrlDecoder().decode(rawIdToken(browser, code).split("\\.")[1]), StandardCharsets.UTF_8);
    }

    String rawIdToken(FormBrowser browser, String code) throws Exception {
        return token(browser, code, "id_token");
    }

    String accessToken(FormBrowser browser, String code) throws Exception {
        return token(browser, code, "access_token");
    }

    private String token(FormBrowser browser, String code, String kind) throws Exception {
        String secret = Files.readString(keycloak.webSecretFile()).strip();
        var request = HttpRequest.newBuilder(URI.create(keycloak.issuer() + "/protocol/openid-connect/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(("sekisho-web:" + secret).getBytes(StandardCharsets.US_ASCII)))
                .POST(HttpRequest.BodyPublishers.ofString("grant_type=authorization_code&code=" + code + "&code_verifier=" + VERIFIER
                        + "&redirect_uri=" + URLEncoder.encode(back, StandardCharsets.UTF_8)))
                .build();
        var answer = browser.client().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        var token = Pattern.compile("\"" + kind + "\":\"([^\"]+)").matcher(answer.body());
        assertThat(token.find()).isTrue();
        return token.group(1);
    }

    /** Its proof of that address. */
    String mailTo(String address) throws Exception {
        return await().atMost(PATIENCE).until(() -> proofs(address).findFirst(), Optional::isPresent).orElseThrow();
    }

    private Stream<String> proofs(String address) {
        return house.mailbox().messages().stream().filter(message -> message.to().contains(address)).map(this::text).filter(text -> text.contains("action-token"));
    }

    private String text(StoredMessage message) {
        try {
            return new String(house.mailbox().octets(message), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI linkIn(String mail) {
        var link = Pattern.compile("http://localhost:\\d+/realms/sekisho/login-actions/action-token\\S+").matcher(
                mail.replaceAll("=\r\n", "").replace("=3D", "="));
        assertThat(link.find()).isTrue();
        return URI.create(link.group().replaceAll("[\"<>].*", ""));
    }
}
