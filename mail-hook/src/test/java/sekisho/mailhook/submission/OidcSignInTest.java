package sekisho.mailhook.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.keys.HmacKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sekisho.gateway.people.EmailAddress;
import sekisho.mailhook.intake.HookSettings;
import sekisho.mailhook.smtp.Client;
import sekisho.mailhook.smtp.SignIn.Mechanism;
import sekisho.mailhook.smtp.SignIn.Outcome;
import sekisho.mailhook.smtp.SignIn.Proof;
import sekisho.mailhook.smtp.Submitter;

/** Signing in against an issuer that may do anything. Keycloak itself is asked in the end-to-end tests. */
@Timeout(120)
class OidcSignInTest {

    private static final String PASSWORD = "secret &=+%";
    private static final EmailAddress HANAKO = new EmailAddress("hanako", "example.co.jp");

    @TempDir
    Path folder;
    private TestIssuer issuer;
    private OidcSignIn signIn;

    @BeforeEach
    void anIssuerAnswers() throws IOException {
        issuer = new TestIssuer();
        signIn = signIn();
    }

    @AfterEach
    void itGoes() {
        signIn.close();
        issuer.close();
    }

    private OidcSignIn signIn(String... keysAndValues) throws IOException {
        var secret = Files.writeString(folder.resolve("client-secret"), issuer.clientSecret + "\n");
        var all = new ArrayList<>(List.of("submission.issuer", issuer.name(), "submission.client-secret-file", secret.toString(),
            "submission.mailboxes.\"sales@example.co.jp\"", "hanako@example.co.jp,ichiro@example.co.jp",
            "submission.mailboxes.\"press@example.co.jp\"", "ichiro@example.co.jp"));
        all.addAll(List.of(keysAndValues));
        return new OidcSignIn(HookSettings.of(all.toArray(String[]::new)).submission(), Duration.ofSeconds(3));
    }

    private static Client client(String address) {
        return new Client("session", InetAddress.ofLiteral(address), 1, true, "laptop", true, null, null, null);
    }

    private Outcome shows(Proof proof) {
        return signIn.signIn(client("192.0.2.7"), proof);
    }

    private Outcome password(String user, String password) {
        return shows(new Proof.Password(user, password, ""));
    }

    private Outcome token(String token) {
        return shows(new Proof.Token(token, ""));
    }

    private static Submitter signedIn(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.SignedIn.class);
        return ((Outcome.SignedIn) outcome).submitter();
    }

    @Test
    void aPersonSignsInWithTheirPasswordAndMaySendAsThemselvesAndTheirTeam() {
        var person = signedIn(password("hanako", PASSWORD));
        assertThat(person.account()).isEqualTo("7d1f");
        assertThat(person.validUntil()).isBetween(Instant.now().plusSeconds(240), Instant.now().plusSeconds(360));
        assertThat(person.maySendAs(HANAKO)).isTrue();
        assertThat(person.maySendAs(new EmailAddress("HANAKO", "EXAMPLE.co.jp"))).isTrue();
        assertThat(person.maySendAs(new EmailAddress("sales", "example.co.jp"))).isTrue();
        assertThat(person.maySendAs(new EmailAddress("press", "example.co.jp"))).as("somebody else's team").isFalse();
        assertThat(person.maySendAs(new EmailAddress("ichiro", "example.co.jp"))).isFalse();
    }

    @Test
    void theGroupsOfTheAccountComeFromTheTokenHoweverItWasGot() {
        assertThat(signedIn(password("hanako", PASSWORD)).groups()).containsExactlyInAnyOrder("/sales", "/managers");
        assertThat(signedIn(token(issuer.token(issuer.claims()))).groups()).containsExactlyInAnyOrder("/sales", "/managers");
        var without = issuer.claims();
        without.unsetClaim("groups");
        assertThat(signedIn(token(issuer.token(without))).groups()).isEmpty();
    }

    @Test
    void aWrongPasswordAndAnUnknownUserMakeTheSameAnswerAndTheSameWork() {
        assertThat(password("hanako", "wrong")).isEqualTo(new Outcome.Refused());
        long asked = issuer.askedFor("token");
        assertThat(password("nobody", "wrong")).isEqualTo(new Outcome.Refused());
        assertThat(asked).isEqualTo(1);
        assertThat(issuer.askedFor("token")).isEqualTo(2);
    }

    @Test
    void aTokenSignsIn() {
        signedIn(token(issuer.token(issuer.claims())));
        var rfc9068 = issuer.claims();
        rfc9068.unsetClaim("typ");
        signedIn(token(TestIssuer.token(rfc9068, "at+jwt", issuer.key)));
        rfc9068.setClaim("scope", "openid email");
        signedIn(token(issuer.token(rfc9068)));
    }

    @Test
    void aTokenThatIsWrongInAnyWayIsRefused() throws Exception {
        Stream<Consumer<JwtClaims>> faults = Stream.of(
            claims -> claims.setIssuer(issuer.name() + "/"),
            claims -> claims.setAudience("account"),
            claims -> claims.unsetClaim("aud"),
            claims -> claims.setExpirationTimeMinutesInTheFuture(-2),
            claims -> claims.unsetClaim("exp"),
            claims -> claims.setNotBeforeMinutesInThePast(-2),
            claims -> claims.unsetClaim("sub"),
            claims -> claims.setClaim("typ", "ID"),
            claims -> claims.setClaim("typ", "Refresh"),
            claims -> claims.unsetClaim("typ"),
            claims -> {
                claims.unsetClaim("typ");
                claims.setClaim("scope", "openid");
                claims.setClaim("nonce", "n");
            },
            claims -> claims.setClaim("cnf", java.util.Map.of("jkt", "x")),
            claims -> claims.unsetClaim("roles"),
            claims -> claims.setStringListClaim("roles", "auditor", "senders"),
            claims -> claims.setClaim("roles", "sender"),
            claims -> claims.setClaim("email_verified", false),
            claims -> claims.setClaim("email_verified", "true"),
            claims -> claims.unsetClaim("email_verified"),
            claims -> claims.unsetClaim("email"),
            claims -> claims.setClaim("email", "hanako"),
            claims -> claims.setClaim("email", List.of("hanako@example.co.jp")),
            claims -> claims.setClaim("preferred_username", List.of("hanako")),
            claims -> claims.setClaim("groups", "/managers"),
            claims -> claims.setClaim("groups", List.of("/managers", 7)),
            claims -> claims.setClaim("groups", java.util.Map.of("/managers", true)),
            claims -> claims.setClaim("groups", java.util.Collections.nCopies(1001, "/managers")),
            claims -> claims.setClaim("groups", List.of("x".repeat(513))),
            claims -> claims.setClaim("_claim_names", java.util.Map.of("groups", "src1")));
        signIn = signIn("submission.failures-per-client", "1000");
        var tokens = new ArrayList<String>();
        faults.forEach(fault -> {
            var claims = issuer.claims();
            fault.accept(claims);
            tokens.add(issuer.token(claims));
        });
        String good = issuer.token(issuer.claims());
        String[] parts = good.split("\\.");
        tokens.add(TestIssuer.token(issuer.claims(), "JWT", TestIssuer.newKey("first")));   // the right name on the wrong key
        tokens.add(base64("{\"alg\":\"none\",\"typ\":\"JWT\"}") + "." + parts[1] + ".");
        tokens.add(parts[0] + "." + base64(issuer.claims().toJson().replace("Hanako", "ichiro")) + "." + parts[2]);
        tokens.add(hmacWithThePublicKey());
        tokens.add(good + ".a.b");
        tokens.add("a.b.c");
        tokens.add("opaque");
        tokens.add("..");
        assertThat(tokens).allSatisfy(token -> assertThat(token(token)).isEqualTo(new Outcome.Refused()));
        signedIn(token(good));
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Who takes the algorithm from the token checks this with the key that everybody knows. */
    private String hmacWithThePublicKey() throws Exception {
        var signature = new JsonWebSignature();
        signature.setPayload(issuer.claims().toJson());
        signature.setKey(new HmacKey(issuer.key.getPublicKey().getEncoded()));
        signature.setKeyIdHeaderValue("first");
        signature.setAlgorithmHeaderValue("HS256");
        return signature.getCompactSerialization();
    }

    @Test
    void theTokenDecidesWhoItIs() {
        String token = issuer.token(issuer.claims());
        for (String own : List.of("", "hanako", "HANAKO", "hanako@example.co.jp", "Hanako@EXAMPLE.co.jp")) {
            signedIn(shows(new Proof.Token(token, own)));
        }
        for (String other : List.of("ichiro@example.co.jp", "ichiro", "sales@example.co.jp", "hanako@evil.example")) {
            assertThat(shows(new Proof.Token(token, other))).as(other).isEqualTo(new Outcome.Refused());
        }
        signedIn(shows(new Proof.Password("hanako", PASSWORD, "hanako")));
        signedIn(shows(new Proof.Password("hanako", PASSWORD, "hanako@example.co.jp")));
        assertThat(shows(new Proof.Password("hanako", PASSWORD, "ichiro"))).isEqualTo(new Outcome.Refused());
    }

    @Test
    void withoutASecretOnlyTokensAreTaken() {
        var tokensOnly = new OidcSignIn(HookSettings.of("submission.issuer", issuer.name()).submission());
        assertThat(tokensOnly.mechanisms()).containsExactlyInAnyOrder(Mechanism.XOAUTH2, Mechanism.OAUTHBEARER);
        assertThat(tokensOnly.signIn(client("192.0.2.7"), new Proof.Password("hanako", PASSWORD, ""))).isEqualTo(new Outcome.Refused());
        signedIn(tokensOnly.signIn(client("192.0.2.7"), new Proof.Token(issuer.token(issuer.claims()), "")));
        assertThat(signIn.mechanisms()).hasSize(4);
        tokensOnly.close();
    }

    @Test
    void whileTheIssuerIsAwayNobodyIsRefusedAndWhenItComesBackPeopleSignIn() {
        issuer.instead = exchange -> TestIssuer.give(exchange, 503, "{}");
        assertThat(password("hanako", PASSWORD)).isEqualTo(new Outcome.Unavailable());
        assertThat(token(issuer.token(issuer.claims()))).isEqualTo(new Outcome.Unavailable());
        issuer.instead = null;
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> signedIn(password("hanako", PASSWORD)));
    }

    @Test
    void anIssuerThatBreaksDownLaterMakesTrouble454AndNotARefusal() {
        signedIn(password("hanako", PASSWORD));
        String good = issuer.token(issuer.claims());
        for (TestIssuer.HttpAnswer answer : List.<TestIssuer.HttpAnswer>of(
                exchange -> TestIssuer.give(exchange, 500, "{\"error\":\"invalid_grant\"}"),
                exchange -> TestIssuer.give(exchange, 429, ""),
                exchange -> TestIssuer.give(exchange, 400, "<html>"),
                exchange -> TestIssuer.give(exchange, 400, "{\"error\":\"unauthorized_client\"}"),
                exchange -> TestIssuer.give(exchange, 200, "{}"),
                exchange -> TestIssuer.give(exchange, 200, "x".repeat(2 << 20)),
                exchange -> {
                    exchange.getResponseHeaders().add("Location", issuer.name() + "/stolen");
                    exchange.sendResponseHeaders(307, -1);
                },
                exchange -> exchange.close())) {
            issuer.instead = answer;
            assertThat(password("hanako", PASSWORD)).isEqualTo(new Outcome.Unavailable());
            signedIn(token(good));   // keys that are known still tell
        }
        assertThat(issuer.askedFor("stolen")).as("a password is not sent where a redirection points").isZero();
    }

    @Test
    void anIssuerThatFallsSilentIsNotWaitedForEndlessly() {
        signedIn(password("hanako", PASSWORD));
        var released = new CountDownLatch(1);
        issuer.instead = exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        assertThat(password("hanako", PASSWORD)).isEqualTo(new Outcome.Unavailable());
        released.countDown();
    }

    @Test
    void anIssuerOfAnotherNameIsNotBelieved() {
        issuer.calledInstead = "http://127.0.0.1/realms/y";
        assertThat(password("hanako", PASSWORD)).isEqualTo(new Outcome.Unavailable());
        assertThat(issuer.askedFor("token")).isZero();
    }

    @Test
    void anIssuerThatDoesNotAcceptUsIsOurFaultAndNotThePersons() {
        issuer.clientSecret = "another";
        assertThat(password("hanako", PASSWORD)).isEqualTo(new Outcome.Unavailable());
    }

    @Test
    void aNewKeyOfTheIssuerIsFoundAndInventedOnesDoNotMakeUsAskEachTime() throws Exception {
        signIn = signIn("submission.failures-per-client", "1000");
        signedIn(token(issuer.token(issuer.claims())));
        var invented = TestIssuer.newKey("invented");
        for (int i = 0; i < 50; i++) {
            assertThat(token(TestIssuer.token(issuer.claims(), "JWT", invented))).isEqualTo(new Outcome.Refused());
        }
        assertThat(issuer.askedFor("keys")).isLessThanOrEqualTo(3);
        issuer.key = TestIssuer.newKey("second");
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> signedIn(token(issuer.token(issuer.claims()))));
    }

    @Test
    void guessingAtOneAccountEndsSoonAndOthersSignInMeanwhile() throws Exception {
        signIn = signIn("submission.failures-per-account", "5", "submission.failures-per-client", "1000");
        int guesses = 60;
        var together = new CountDownLatch(guesses);
        try (var attackers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Outcome>> outcomes = IntStream.range(0, guesses).mapToObj(i -> attackers.submit(() -> {
                together.countDown();
                together.await();
                return signIn.signIn(client("192.0.2." + i), new Proof.Password(i % 2 == 0 ? "ICHIRO" : "ichiro", "guess " + i, ""));
            })).toList();
            int refused = 0;
            for (var outcome : outcomes) {
                refused += outcome.get() instanceof Outcome.Refused ? 1 : 0;
            }
            assertThat(refused).isEqualTo(5);
        }
        assertThat(issuer.askedFor("token")).isEqualTo(5);
        signedIn(password("hanako", PASSWORD));
    }

    /** A service with one account that opens many connections at once. */
    @Test
    void rightPasswordsAtOneTimeAllSignIn() throws Exception {
        for (var limit : List.of("submission.failures-per-account", "submission.failures-per-client")) {
            signIn = signIn(limit, "5");
            signedIn(token(issuer.token(issuer.claims())));   // what the issuer says of itself is known now
            var asked = new CountDownLatch(5);
            issuer.instead = exchange -> {
                asked.countDown();
                try {
                    asked.await();   // as many are under way at one time as may fail
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                TestIssuer.give(exchange, 200, "{\"access_token\":\"" + issuer.token(issuer.claims()) + "\"}");
            };
            try (var service = Executors.newVirtualThreadPerTaskExecutor()) {
                var outcomes = IntStream.range(0, 16).mapToObj(_ -> service.submit(() -> password("hanako", PASSWORD))).toList();
                for (var outcome : outcomes) {
                    signedIn(outcome.get());
                }
            }
            issuer.instead = null;
            for (int i = 0; i < 5; i++) {
                assertThat(password("hanako", "wrong")).as("none was counted").isEqualTo(new Outcome.Refused());
            }
            assertThat(password("hanako", PASSWORD)).isEqualTo(new Outcome.Unavailable());
        }
    }

    @Test
    void guessingFromOneClientEndsSoonAndSuccessesAreNotCounted() throws Exception {
        signIn = signIn("submission.failures-per-client", "3");
        for (int i = 0; i < 10; i++) {
            signedIn(password("hanako", PASSWORD));
        }
        for (int i = 0; i < 3; i++) {
            assertThat(password("user-" + i, "wrong")).isEqualTo(new Outcome.Refused());
        }
        assertThat(password("hanako", PASSWORD)).isEqualTo(new Outcome.Unavailable());
        assertThat(token("a.b.c")).isEqualTo(new Outcome.Unavailable());
        signedIn(signIn.signIn(client("192.0.2.8"), new Proof.Password("hanako", PASSWORD, "")));
    }

    @Test
    void whatIsNotConfiguredRightStopsTheStartAndIsNamed() throws Exception {
        assertThatThrownBy(() -> new OidcSignIn(HookSettings.of().submission())).isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("mail-hook.submission.issuer is missing");
        assertThatThrownBy(() -> signIn("submission.issuer", "http://id.example.co.jp/realms/x")).isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("mail-hook.submission.issuer").hasMessageContaining("https");
        assertThatThrownBy(() -> signIn("submission.client-secret-file", folder.resolve("none").toString()))
            .hasMessageContaining("mail-hook.submission.client-secret-file");
        assertThatThrownBy(() -> signIn("submission.client-secret-file", Files.writeString(folder.resolve("empty"), "\n").toString()))
            .hasMessageContaining("is empty");
        assertThatThrownBy(() -> signIn("submission.mailboxes.\"sales\"", "hanako@example.co.jp"))
            .hasMessageContaining("mail-hook.submission.mailboxes: sales is no address");
        assertThatThrownBy(() -> signIn("submission.mailboxes.\"sales@example.co.jp\"", "hanako@example.co.jp;"))
            .hasMessageContaining("mail-hook.submission.mailboxes: a name with an '@' in it").hasMessageNotContaining("hanako");
    }

    @Test
    void whatWasShownIsInNoText() {
        assertThat(new Proof.Password("hanako", PASSWORD, "").toString() + new Proof.Token("a.b.c", "hanako")).doesNotContain("hanako", "secret", "a.b.c");
    }
}
