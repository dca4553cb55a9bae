package sekisho.tests.realm;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import sekisho.embedded.FormBrowser;

/** What somebody tries who wants to be known by another person's address. */
class AddressTheftTest extends Realm {
    @Test
    void nobodyChangesTheirOwnAddressInTheAccountConsole() throws Exception {
        try (var mallory = new FormBrowser()) {
            for (String client : List.of("account-console", "account")) {
                String account = keycloak.issuer() + "/account/";
                var page = mallory.open(authorization(account, client), back);
                assertThat(page.status()).as(client).isEqualTo(400);
            }
            String token = accessToken(mallory, code(signIn(mallory, "mallory", "mallory")));
            assertThat(claims(token)).doesNotContain("manage-account", "view-profile");
            assertThat(account(mallory, token, HttpRequest.newBuilder().GET())).isIn(401, 403);
            assertThat(account(mallory, token, HttpRequest.newBuilder()
                    .POST(HttpRequest.BodyPublishers.ofString("{\"username\":\"mallory\",\"email\":\"taro@partner.example\"}"))))
                    .isIn(401, 403);
        }
    }

    @Test
    void nobodyAsksForAPageThatChangesTheirAddress() throws Exception {
        for (String action : List.of("UPDATE_PROFILE", "UPDATE_EMAIL", "VERIFY_PROFILE", "delete_account")) {
            try (var mallory = new FormBrowser()) {
                var login = mallory.open(URI.create(authorization(back, "sekisho-web") + "&kc_action=" + action), back);
                var page = mallory.submit(login, Map.of("username", "mallory", "password", "mallory"), back);
                assertThat(page.html()).as(action).doesNotContain("name=\"email\"");
                assertThat(page.address().toString()).as(action).startsWith(back);
            }
        }
    }

    @Test
    void aScannerThatOpensTheProofOfAnotherAccountProvesNothing() throws Exception {
        try (var eve = new FormBrowser()) {
            signIn(eve, "eve", "eve");
            scan(linkIn(mailTo("taro@partner.example")));
            assertThat(eve.open(authorization(back, "sekisho-web"), back).address().toString()).doesNotStartWith(back);
        }
        try (var eve = new FormBrowser()) {
            assertThat(signIn(eve, "eve", "eve").address().toString()).contains("VERIFY_EMAIL").doesNotStartWith(back);
        }
    }

    @Test
    void aForgottenPasswordSendsNoMailThatProvesAnAddress() throws Exception {
        try (var eve = new FormBrowser()) {
            var login = eve.open(authorization(back, "sekisho-web"), back);
            assertThat(login.html()).doesNotContain("reset-credentials");
            var reset = URI.create(login.formAddress().toString().replace("/authenticate", "/reset-credentials"));
            assertThat(eve.open(reset, back).html()).doesNotContain("name=\"username\"");
        }
    }

    @Test
    void whoRegisteredAStrangersAddressGainsNothingWhenTheStrangerOpensTheLink() throws Exception {
        try (var thief = new FormBrowser()) {
            var waiting = register(thief, "patient-thief", "shiro@other.example");
            assertThat(waiting.address().toString()).as(waiting.html()).contains("VERIFY_EMAIL");
            scan(linkIn(mailTo("shiro@other.example")));
            assertThat(thief.open(waiting.address(), back).html()).doesNotContain("password-new");
            assertThat(signIn(thief, "patient-thief", "correct horse").address().toString()).doesNotStartWith(back);
        }
    }

    @Test
    void theLogNamesNobody() throws Exception {
        try (var browser = new FormBrowser()) {
            register(browser, "taro", "log-test@other.example");
            signIn(browser, "log-test-user", "wrong");
            signIn(browser, "jiro", "wrong");
        }
        assertThat(Files.readString(house.all().log().resolveSibling("keycloak.log")))
                .doesNotContain("log-test", "jiro", "partner.example", "other.example", "REGISTER_ERROR", "LOGIN_ERROR");
    }

    /** Opens a link without cookies, and every link and form of the page behind it. */
    private void scan(URI link) throws Exception {
        var start = open(link);
        var targets = Pattern.compile("(?:href|action)=\"([^\"]+)\"").matcher(start);
        while (targets.find()) {
            var target = link.resolve(targets.group(1).replace("&amp;", "&"));
            if (target.toString().contains("action-token")) {
                open(target);
            }
        }
        open(link);
    }

    private String open(URI address) throws Exception {
        try (var scanner = new FormBrowser()) {
            return scanner.open(address, back).html();
        }
    }

    private int account(FormBrowser browser, String token, HttpRequest.Builder request) throws Exception {
        return browser.client().send(
                request.uri(URI.create(keycloak.issuer() + "/account/"))
                        .header("Authorization", "Bearer " + token)
                        .header("Accept", "application/json")
                        .header("Content-Type", "application/json")
                        .build(),
                HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    private static String claims(String token) {
        return new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8);
    }
}
