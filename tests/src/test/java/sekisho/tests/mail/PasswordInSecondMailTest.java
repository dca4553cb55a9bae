package sekisho.tests.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;

import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.demo.mailbox.StoredMessage;
import sekisho.embedded.Tools;
import sekisho.tests.Installation;
import sekisho.tests.Messages;

/** The habit as people have it: a ZIP with a password, which policy lets out as it is, and a second mail with the password. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PasswordInSecondMailTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String WARNED = "taro@warned.example";
    private static final String STOPPED = "jiro@stopped.example";
    private static final String EXCEPTED = "rokuro@stopped.example";
    private static final String LINKED = "saburo@linked.example";

    private Installation installation;

    @BeforeAll
    void anInstallationThatLetsProtectedFilesOut() {
        installation = Installation.alone("""
            inside: [example.co.jp]
            rules:
              - name: excepted
                when: { recipient: "rokuro@stopped.example" }
                then: { hold: none, notice: false, password-protected: pass, password-mail: pass }
              - name: warned
                when: { recipient: "@warned.example" }
                then: { hold: none, notice: false, password-protected: pass, password-mail: warn }
              - name: stopped
                when: { recipient: "@stopped.example" }
                then: { hold: none, notice: false, password-protected: pass, password-mail: hold }
              - name: behind a link
                when: { recipient: "@linked.example" }
                then: { hold: none, notice: false, password-mail: warn }
            """);
        installation.start("mail", Map.of());
    }

    @AfterAll
    void theInstallationGoes() {
        installation.close();
    }

    private void sendsTheZip(String to) throws IOException {
        var message = Files.readAllBytes(CaseFolders.root().resolve("58-protected-files/message.eml"));
        assertThat(installation.mailServer().submits(HANAKO, List.of(to), message)).startsWith("250 2.6.0");
    }

    private void sendsThePassword(String to, String subject) throws IOException {
        assertThat(installation.mailServer().submits(HANAKO, List.of(to), Messages.plain(subject, "先ほどのファイルのパスワードです。\n\nXk7#pq29")))
            .startsWith("250 2.6.0");
    }

    private List<String> holds(String subject) {
        return installation.data().texts("select r.hold from recipient r join delivery d on d.id = r.delivery_id where d.subject = '" + subject + "'");
    }

    private long seen(String subject) {
        return installation.data().number("select count(*) from audit_event e join delivery d on d.id = e.delivery_id where e.type = 'PASSWORD_MAIL_SEEN'"
            + " and d.subject = '" + subject + "'");
    }

    private String advice(String subject) throws Exception {
        StoredMessage advice = installation.inbox().await(HANAKO, "[パスワード不要 / No password needed] " + subject);
        return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(installation.inbox().octets(advice))).getContent().toString();
    }

    @Test
    void behindAZipThatWentAsItCameItsSenderIsWarned() throws Exception {
        sendsTheZip(WARNED);
        assertThat(installation.data().texts("select r.attachments from recipient r where r.address = '" + WARNED + "'")).containsExactly("PASS");
        assertThat(installation.data().number("select count(*) from file f join recipient r on r.delivery_id = f.delivery_id where r.address = '" + WARNED + "'"))
            .as("nothing was kept").isZero();
        sendsThePassword(WARNED, "Its password, warned");
        installation.inbox().await(WARNED, "Its password, warned");
        assertThat(holds("Its password, warned")).containsExactly("RELEASED");
        assertThat(seen("Its password, warned")).isEqualTo(1);
        assertThat(advice("Its password, warned")).contains("/help/password-protected");
    }

    @Test
    void behindAZipThatWentAsItCameItIsHeld() throws Exception {
        sendsTheZip(STOPPED);
        sendsThePassword(STOPPED, "Its password, held");
        assertThat(holds("Its password, held")).containsExactly("HELD");
        assertThat(seen("Its password, held")).isEqualTo(1);
        assertThat(advice("Its password, held")).contains("/help/password-protected");
        assertThat(installation.inbox().count(STOPPED, "Its password, held")).isZero();
    }

    @Test
    void whereARuleSaysPassItPassesAndNobodyIsTold() throws Exception {
        sendsTheZip(EXCEPTED);
        sendsThePassword(EXCEPTED, "Its password, passed");
        installation.inbox().await(EXCEPTED, "Its password, passed");
        await().atMost(PATIENCE).until(() -> installation.data().number("select count(*) from outbox o join delivery d on d.id = o.delivery_id"
            + " where o.state in ('DUE', 'CLAIMED') and d.subject = 'Its password, passed'") == 0);
        assertThat(holds("Its password, passed")).containsExactly("RELEASED");
        assertThat(seen("Its password, passed")).isZero();
        assertThat(installation.inbox().count(HANAKO, "Its password, passed")).as("advice").isZero();
    }

    /** Each in a message of {@code src/test/resources/password-mail}: in Japanese charsets, behind tags, cut by a soft line break, in the subject alone. */
    @ParameterizedTest
    @ValueSource(strings = {"iso-2022-jp", "html-alone", "quoted-printable", "subject"})
    void howeverItIsWrittenItIsSeen(String name) throws IOException {
        var to = name + "@stopped.example";
        sendsTheZip(to);
        var message = Files.readAllBytes(Tools.repository().resolve("tests/src/test/resources/password-mail").resolve(name + ".eml"));
        assertThat(installation.mailServer().submits(HANAKO, List.of(to), message)).startsWith("250 2.6.0");
        assertThat(installation.data().texts("select r.hold from recipient r join audit_event e on e.delivery_id = r.delivery_id"
            + " where e.type = 'PASSWORD_MAIL_SEEN' and r.address = '" + to + "'")).containsExactly("HELD");
    }

    @Test
    void behindALongLetterThePasswordIsSeenToo() throws Exception {
        var other = "goro@linked.example";
        sendsTheZip(other);
        var letter = "ながいてがみの".repeat(10).concat("\n").repeat(20);
        assertThat(installation.mailServer().submits(HANAKO, List.of(other), Messages.plain("A letter and its password", letter + "\nPW: Xk7#pq29")))
            .startsWith("250 2.6.0");
        assertThat(seen("A letter and its password")).isEqualTo(1);
    }

    @Test
    void behindALinkItsSenderIsWarned() throws Exception {
        sendsTheZip(LINKED);
        sendsThePassword(LINKED, "Its password, linked");
        assertThat(seen("Its password, linked")).isEqualTo(1);
    }

    @Test
    void behindAMessageWithoutAttachmentsItIsAMailLikeAnyOther() throws Exception {
        var other = "shiro@stopped.example";
        assertThat(installation.mailServer().submits(HANAKO, List.of(other), Messages.plain("Good day", "Nothing attached."))).startsWith("250 2.6.0");
        sendsThePassword(other, "No file before");
        installation.inbox().await(other, "No file before");
        assertThat(seen("No file before")).isZero();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(holds("No file before")).containsExactly("RELEASED"));
    }
}
