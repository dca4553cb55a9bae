package sekisho.tests.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sekisho.tests.House;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.PortalForm;
import sekisho.tests.Visitor;

/** The upload portal is no way around a rule that mail obeys. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PortalRulesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int FLAGS_IN_LOCAL_HEADER = 6;
    private static final int FLAGS_IN_DIRECTORY = 8;

    private final HttpClient client = HttpClient.newHttpClient();
    private Installation installation;
    private String pages;

    @BeforeAll
    void anInstallationWithStrictRules() {
        installation = Installation.inTheHouse("portal_rules", """
            inside: [example.co.jp]
            rules:
              - name: rivals get nothing
                when: { recipient: "@rival.example", attachments: present }
                then: { attachments: refuse }
              - name: inside only
                when: { header: { Subject: "*社外秘*" }, recipient: outside }
                then: { attachments: refuse }
              - name: from somebody to somebody
                when: { header: { From: "*hanako@*", To: "*kei@*" } }
                then: { attachments: refuse }
              - name: within the company
                when: { attachment-name: "*社内限*" }
                then: { attachments: refuse }
              - name: no passwords
                then: { password-protected: refuse }
            """);
        pages = House.open().takePage();
        installation.startPages("web", "web", pages, Map.of());
    }

    @AfterAll
    void theInstallationGoes() {
        installation.close();
    }

    /** A ZIP whose one entry says that it is encrypted, as ZipCrypto does (APPNOTE.TXT §4.4.4, bit 0). */
    private static byte[] zipWithPassword() throws IOException {
        var zip = new ByteArrayOutputStream();
        try (var out = new ZipOutputStream(zip)) {
            out.putNextEntry(new ZipEntry("salaries.xlsx"));
            out.write(new byte[100]);
            out.closeEntry();
        }
        var octets = zip.toByteArray();
        for (int at = 0; at + FLAGS_IN_DIRECTORY < octets.length; at++) {
            if (octets[at] == 'P' && octets[at + 1] == 'K' && octets[at + 2] == 3 && octets[at + 3] == 4) {
                octets[at + FLAGS_IN_LOCAL_HEADER] |= 1;
            } else if (octets[at] == 'P' && octets[at + 1] == 'K' && octets[at + 2] == 1 && octets[at + 3] == 2) {
                octets[at + FLAGS_IN_DIRECTORY] |= 1;
            }
        }
        return octets;
    }

    private HttpResponse<String> sends(Visitor hanako, String language, String recipient, String fileName, byte[] content) throws Exception {
        return sends(hanako, language, recipient, "From the portal", fileName, content);
    }

    private HttpResponse<String> sends(Visitor hanako, String language, String recipient, String subject, String fileName, byte[] content) throws Exception {
        var body = new ByteArrayOutputStream();
        body.write(("--b\r\nContent-Disposition: form-data; name=\"recipients\"\r\n\r\n" + recipient
            + "\r\n--b\r\nContent-Disposition: form-data; name=\"subject\"\r\n\r\n" + subject
            + "\r\n--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"" + fileName
            + "\"\r\nContent-Type: application/octet-stream\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        body.write(content);
        body.write("\r\n--b--\r\n".getBytes(StandardCharsets.US_ASCII));
        return client.send(HttpRequest.newBuilder(URI.create(pages + "/send")).header("Origin", pages).header("Cookie", hanako.cookies(pages + "/send"))
            .header("Accept-Language", language).header("Content-Type", "multipart/form-data; boundary=b")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray())).build(), HttpResponse.BodyHandlers.ofString());
    }

    private void nothingIsKept() throws Exception {
        assertThat(installation.objects()).isEmpty();
        assertThat(installation.unfinishedUploads()).isZero();
        for (var table : List.of("delivery", "recipient", "file", "access_grant", "outbox")) {
            assertThat(installation.data().number("select count(*) from " + table)).as(table).isZero();
        }
    }

    @Test
    void anUploadThatTakesTooLongIsRefusedWhileItComesIn() throws Exception {
        var elsewhere = House.open().takePage();
        try (var web = installation.startPages("web", "web-in-a-hurry", elsewhere, Map.of("gateway.store.orphan-age", "2s"));
                var hanako = new Visitor(elsewhere, "hanako")) {
            assertThat(web.isReady()).isTrue();
            var body = PortalForm.body("", "taro@partner.example", "Late", new byte[64 << 20]);
            int sent = 1_000;
            try (var half = PortalForm.of(hanako, elsewhere).begins(body, sent)) {
                while (half.socket().getInputStream().available() == 0) {
                    half.socket().getOutputStream().write(body, sent++, 1);
                }
                var answer = new StringBuilder();
                var chunk = new byte[1 << 10];
                for (int read = 0; read >= 0 && answer.indexOf("This upload took longer than") < 0; read = half.socket().getInputStream().read(chunk)) {
                    answer.append(new String(chunk, 0, read, StandardCharsets.ISO_8859_1));
                }
                assertThat(answer).startsWith("HTTP/1.1 422").contains("This upload took longer than");
            }
            assertThat(installation.data().number("select count(*) from delivery where subject = 'Late'")).isZero();
            assertThat(installation.orphans()).isEmpty();
            assertThat(installation.unfinishedUploads()).isZero();
        }
    }

    @Test
    void anUploadUnderAPolicyThatIsChangedMeanwhileIsToComeAgain() throws Exception {
        var elsewhere = House.open().takePage();
        var policy = Files.writeString(installation.stage().policyFile().resolveSibling("changing.yaml"), "inside: [example.co.jp]\n");
        try (var web = installation.startPages("web", "web-of-a-changing-policy", elsewhere, Map.of("gateway.policy.file", policy.toString()));
                var hanako = new Visitor(elsewhere, "hanako")) {
            var body = PortalForm.body("", "taro@partner.example", "Meanwhile", new byte[1 << 20]);
            try (var half = PortalForm.of(hanako, elsewhere).begins(body, body.length - 100)) {
                await().atMost(PATIENCE).until(() -> installation.unfinishedUploads() > 0);
                var changed = Files.writeString(policy.resolveSibling("changing.new"), "inside: [example.co.jp]\nrules: [ { name: no passwords, then: { password-protected: refuse } } ]\n");
                Files.move(changed, policy, StandardCopyOption.ATOMIC_MOVE);
                await().atMost(PATIENCE).until(() -> Files.readString(web.log()).contains(" in force, 1 rules"));
                half.socket().getOutputStream().write(half.rest());
                assertThat(new String(half.socket().getInputStream().readAllBytes(), StandardCharsets.UTF_8)).startsWith("HTTP/1.1 503")
                    .contains("rules were changed while this was uploaded. Nothing was sent.", "taro@partner.example", "Meanwhile");
            }
            assertThat(installation.data().number("select count(*) from delivery where subject = 'Meanwhile'")).isZero();
            assertThat(installation.orphans()).isEmpty();
            assertThat(installation.unfinishedUploads()).isZero();
        }
    }

    /** The policy may well call inside what isn't to send. */
    @Test
    void whoMayNotSendByMailMayNotFromThePortalEither() throws Exception {
        long before = installation.data().number("select count(*) from delivery");
        var others = Map.of("gateway.senders.domains", "other.example");
        var elsewhere = House.open().takePage();
        try (var mail = installation.start("mail", others); var web = installation.startPages("web", "web-of-others", elsewhere, others);
                var hanako = new Visitor(elsewhere, "hanako")) {
            assertThat(List.of(mail.isReady(), web.isReady())).containsOnly(true);
            assertThat(installation.mailServer().submits(HANAKO, List.of("taro@partner.example"), Messages.plain("By mail", "text"))).startsWith("550 5.7.1");
            var form = PortalForm.of(hanako, elsewhere);
            assertThat(form.posts(PortalForm.body("", "taro@partner.example", "From the portal", new byte[10])).statusCode()).isEqualTo(403);
            assertThat(installation.data().number("select count(*) from delivery")).isEqualTo(before);
            assertThat(installation.orphans()).isEmpty();
        }
    }

    @Test
    void whatPolicyRefusesByMailIsRefusedHereAndThePageSaysWhy() throws Exception {
        try (var hanako = new Visitor(pages, "hanako")) {
            hanako.opens("/send");
            for (var language : List.of("en", "ja")) {
                boolean english = language.equals("en");
                var rival = sends(hanako, language, "spy@rival.example", "plan.txt", "a plan".getBytes(StandardCharsets.US_ASCII));
                assertThat(rival.statusCode()).isEqualTo(422);
                assertThat(rival.body()).contains("lang=\"" + language + "\"", "spy@rival.example", "From the portal", english
                    ? "The company&#39;s rule “rivals get nothing” doesn&#39;t allow sending to one of these recipients."
                    : "「rivals get nothing」");
                nothingIsKept();

                for (var header : Map.of("taro@partner.example", "計画（社外秘）", "kei@brief.example", "For Kei").entrySet()) {
                    var headed = sends(hanako, language, header.getKey(), header.getValue(), "plan.txt", "a plan".getBytes(StandardCharsets.US_ASCII));
                    assertThat(headed.statusCode()).as(header.getValue()).isEqualTo(422);
                    assertThat(headed.body()).contains(header.getKey().startsWith("taro") ? "inside only" : "from somebody to somebody");
                    nothingIsKept();
                }

                for (var name : List.of("\u793e\u5185\u9650.txt", "\u793e\u5185\u9650\\plan.txt", "a".repeat(190) + "\u793e\u5185\u9650.txt")) {   // also as it isn't saved
                    var named = sends(hanako, language, "taro@partner.example", name, "a plan".getBytes(StandardCharsets.US_ASCII));
                    assertThat(named.statusCode()).as(name).isEqualTo(422);
                    assertThat(named.body()).contains("within the company");
                    nothingIsKept();
                }

                var locked = sends(hanako, language, "taro@partner.example", "salaries.zip", zipWithPassword());
                assertThat(locked.statusCode()).isEqualTo(422);
                assertThat(locked.body()).contains("lang=\"" + language + "\"", "taro@partner.example", english
                    ? "The company&#39;s rule “no passwords” doesn&#39;t allow files with a password. Remove the password"
                    : "「no passwords」").contains(english ? "password" : "パスワード");
                nothingIsKept();
            }
            assertThat(installation.data().texts("select convert_from(payload, 'UTF8') from audit_event where type = 'DELIVERY_REFUSED' order by id"))
                .hasSize(14).allMatch(refusal -> Stream.of("rivals get nothing", "inside only", "within the company", "from somebody to somebody").anyMatch(refusal::contains)
                    ? refusal.contains("ATTACHMENTS") : refusal.contains("no passwords") && refusal.contains("PASSWORD_PROTECTED"));

            var allowed = sends(hanako, "en", "taro@partner.example", "plan.txt", "a plan".getBytes(StandardCharsets.US_ASCII));
            assertThat(allowed.statusCode()).as("the same form without anything against it").isEqualTo(303);
            assertThat(installation.data().texts("select sender from delivery")).containsExactly(HANAKO);
        }
    }
}
