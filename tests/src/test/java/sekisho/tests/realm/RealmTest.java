package sekisho.tests.realm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import sekisho.embedded.FormBrowser;
import sekisho.embedded.Tools;

class RealmTest extends Realm {
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
    void anAccountsGroupsAreInTheIdTokenByTheirPaths() throws Exception {
        try (var browser = new FormBrowser()) {
            assertThat(idToken(browser, code(signIn(browser, "ichiro", "ichiro")))).contains("\"groups\":[\"/managers\"]");
        }
        try (var browser = new FormBrowser()) {
            assertThat(idToken(browser, code(signIn(browser, "hanako", "hanako")))).doesNotContain("managers");
        }
    }

    @Test
    void eveWhoseAddressIsNotProvenDoesNotGetIn() throws Exception {
        try (var browser = new FormBrowser()) {
            var page = signIn(browser, "eve", "eve");
            assertThat(page.address().toString()).contains("VERIFY_EMAIL").doesNotContain("code=");
            assertThat(browser.open(authorization(back, "sekisho-web"), back).address().toString()).doesNotStartWith(back);
        }
    }

    @Test
    void aNewcomerWhoRegistersGetsInOnceTheirMailboxIsProvenAndHasNoRole() throws Exception {
        try (var browser = new FormBrowser()) {
            var page = register(browser, "saburo", "saburo@partner.example");
            assertThat(page.address().toString()).as("not before the proof").contains("VERIFY_EMAIL");

            var choice = browser.open(linkIn(mailTo("saburo@partner.example")), back);
            String token = idToken(browser, code(browser.submit(choice, NEW_PASSWORD, back)));

            assertThat(token)
                    .contains("\"email\":\"saburo@partner.example\"", "\"email_verified\":true")
                    .doesNotContain("sender", "responder", "auditor", "administrator");
        }
    }

    /** RFC 6531: mail to it is taken in, so its link must open. */
    @Test
    void anAddressInJapaneseRegistersToo() throws Exception {
        try (var browser = new FormBrowser()) {
            assertThat(register(browser, "yamada", "\u5c71\u7530@\u4f8b\u3048.example").address().toString()).contains("VERIFY_EMAIL");
        }
    }

    @Test
    void registeringAnAddressOfAnotherAccountNeitherTellsThatItExistsNorGetsIn() throws Exception {
        try (var browser = new FormBrowser()) {
            var page = register(browser, "thief", "jiro@other.example");
            assertThat(page.address().toString()).contains("VERIFY_EMAIL");
            assertThat(page.html()).doesNotContain("already exists");
            assertThat(browser.open(authorization(back, "sekisho-web"), back).address().toString()).doesNotStartWith(back);
        }
    }

    @Test
    void aUserNameThatLooksLikeAnAddressIsRefused() throws Exception {
        try (var browser = new FormBrowser()) {
            var page = register(browser, "taro@partner.example", "x@evil.example");
            assertThat(page.address().getPath()).contains("registration");
            assertThat(page.html()).contains("small letters a to z").doesNotContain("userNamePattern");
        }
    }

    @Test
    void aWrongPasswordIsRefused() throws Exception {
        try (var browser = new FormBrowser()) {
            assertThat(signIn(browser, "jiro", "guess").address().toString()).doesNotStartWith(back);
        }
    }

    @Test
    void signInNeverComesBackToAnAddressThatIsNotOurs() throws Exception {
        try (var browser = new FormBrowser()) {
            for (String elsewhere : List.of("http://localhost:2/sign-in", pages + "/d/x", pages + "/sign-in/../d", pages + "@evil.example/sign-in")) {
                assertThat(browser.open(authorization(elsewhere, "sekisho-web"), back).status()).as(elsewhere).isEqualTo(400);
            }
        }
    }

    @Test
    void withoutAProofKeyThereIsNoSignIn() throws Exception {
        try (var browser = new FormBrowser()) {
            var bare = URI.create(authorization(back, "sekisho-web").toString().replaceAll("&code_challenge[^&]*", ""));
            var page = browser.open(bare, back);
            assertThat(page.address().toString()).startsWith(back).contains("error=invalid_request");
        }
    }

    @Test
    void whoSignsOutComesBackToOurPageAndIsAskedAnew() throws Exception {
        try (var browser = new FormBrowser()) {
            String hint = rawIdToken(browser, code(signIn(browser, "ichiro", "ichiro")));
            String end = keycloak.issuer() + "/protocol/openid-connect/logout?id_token_hint=" + hint + "&post_logout_redirect_uri=";
            assertThat(browser.open(URI.create(end + "http://localhost:2/signed-out"), back).status()).isEqualTo(400);
            var page = browser.open(URI.create(end + pages + "/signed-out"), pages + "/signed-out");
            assertThat(page.address().toString()).startsWith(pages + "/signed-out");
            assertThat(browser.open(authorization(back, "sekisho-web"), back).html()).contains("name=\"password\"");
        }
    }

    @Test
    void theLoginPageSpeaksJapaneseAndWearsOurStyle() throws Exception {
        try (var browser = new FormBrowser()) {
            var page = browser.open(URI.create(authorization(back, "sekisho-web") + "&ui_locales=ja"), back);
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
}
