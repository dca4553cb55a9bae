package sekisho.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyCommandTest {

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private Path policy;

    @BeforeEach
    void write() throws IOException {
        policy = folder.resolve("policy.yaml");
        Files.writeString(policy, """
            inside: [example.co.jp]
            zone: Asia/Tokyo
            rules:
              - name: no programs
                when: { recipient: outside, attachment-type: zip, header: { X-Class: secret } }
                then: { attachments: refuse }
              - name: no passwords
                when: { recipient: "@partner.example" }
                then: { password-protected: refuse }
              - name: at night
                when: { recipient: outside, time: "22:00-06:00" }
                then: { hold: 8h, names: count }
            """);
    }

    private int run(String... arguments) throws CommandException {
        return new PolicyCommand().run(List.of(arguments), new PrintStream(out, true, StandardCharsets.UTF_8));
    }

    @Test
    void whatTheListenerRefusesForItsTextNeedsNoPolicy() throws Exception {
        var message = Files.write(folder.resolve("nul.eml"), "Subject: x\n\na\0b\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(tries(message, "--to", "taro@partner.example")).isEqualTo(1);
        assertThat(said()).contains("refused, whatever the policy: 5.6.11 NUL in the message");
    }

    @Test
    void aFaultIsShownWithWhatStandsInTheFileForTheLogNeverSaysIt() throws Exception {
        Files.writeString(policy, "inside: example.co.jp\ngroups: { sales: sales.txt }\n");
        Files.writeString(folder.resolve("sales.txt"), "taro@partner.example;\n");
        assertThat(run("check", policy.toString())).isNotZero();
        assertThat(said()).contains("WRONG: sales.txt:1: 'taro@partner.example;' is no member");
    }

    private int tries(Path message, String... more) throws CommandException {
        var arguments = new ArrayList<>(List.of("try", message.toString(), "--policy", policy.toString(), "--from", "hanako@example.co.jp"));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private static byte[] zip(boolean encryptedSecond) throws IOException {
        var octets = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(octets)) {
            zip.putNextEntry(new ZipEntry("read-me.txt"));
            zip.write("open".getBytes(StandardCharsets.US_ASCII));
            zip.putNextEntry(new ZipEntry("secret.txt"));
            zip.write("more than twelve octets of it".getBytes(StandardCharsets.US_ASCII));
        }
        var archive = octets.toByteArray();
        if (encryptedSecond) {   // bit 0 of the flags, in the second entry's local and central header
            int local = 0;
            int central = 0;
            for (int i = 0; i + 4 < archive.length; i++) {
                if (archive[i] == 'P' && archive[i + 1] == 'K' && archive[i + 2] == 3 && archive[i + 3] == 4 && ++local == 2) {
                    archive[i + 6] |= 1;
                } else if (archive[i] == 'P' && archive[i + 1] == 'K' && archive[i + 2] == 1 && archive[i + 3] == 2 && ++central == 2) {
                    archive[i + 8] |= 1;
                }
            }
        }
        return archive;
    }

    /** Called minutes.txt, whatever it is. */
    private Path message(String header, byte[] attachment) throws IOException {
        var file = folder.resolve("message.eml");
        Files.writeString(file, header + """
            Subject: x
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=b

            --b

            Please see the file.
            --b
            Content-Type: text/plain; name=minutes.txt
            Content-Disposition: attachment; filename=minutes.txt
            Content-Transfer-Encoding: base64

            %s
            --b--
            """.formatted(Base64.getMimeEncoder().encodeToString(attachment)));
        return file;
    }

    @Test
    void eachRecipientsShareIsSaidWithItsRuleAndWhatWasFound() throws Exception {
        int status = tries(message("", zip(false)), "--to", "taro@partner.example", "--to", "ichiro@example.co.jp", "--to", "x@other.example",
            "--at", "2026-11-25T23:00+09:00");
        assertThat(said()).contains("minutes.txt  text/plain", "content: zip none off",
            "to taro@partner.example: a link for 14d, 5 downloads of each file, held for 5m  [rule no passwords]",
            "to ichiro@example.co.jp: the message with its attachments, not held  [rule built-in]",
            "to x@other.example: a link for 14d, 5 downloads of each file, names untold, held for 8h  [rule at night]");
        assertThat(status).isZero();
    }

    @Test
    void whoseDomainLooksLikeAnotherOneIsSaid() throws Exception {
        assertThat(tries(message("", zip(false)), "--to", "taro@gmai.com", "--to", "taro@exarnple.co.jp", "--to", "taro@аbc-group.test", "--to", "taro@gmail.com")).isZero();
        assertThat(said()).containsSubsequence("to taro@gmai.com", "its domain looks like gmail.com (free-mail)", "to taro@exarnple.co.jp",
            "its domain looks like example.co.jp (inside)", "its domain mixes letters of several scripts (mixed-scripts)");
        assertThat(said().lines().toList().getLast()).startsWith("to taro@gmail.com");
    }

    @Test
    void anEncryptedEntryThatComesSecondIsFoundInARenamedFile() throws Exception {
        int status = tries(message("", zip(true)), "--to", "taro@partner.example", "--to", "x@other.example");
        assertThat(said()).contains("content: zip password off", "to taro@partner.example: refused, an attachment asks for a password  [rule no passwords]",
            "refused to one is refused to all");
        assertThat(status).isEqualTo(1);
    }

    @Test
    void aRenamedFileIsJudgedByWhatItIs() throws Exception {
        assertThat(tries(message("X-Class: SECRET\n", zip(false)), "--to", "x@other.example")).isEqualTo(1);
        assertThat(said()).contains("refused, it has attachments  [rule no programs]");
    }

    @Test
    void groupsOfTheAccountAreThoseThatAreGiven() throws Exception {
        Files.writeString(policy, """
            inside: [example.co.jp]
            groups:
              managers: { account: /managers }
              interns: { account: /interns }
            rules:
              - name: interns send no files
                when: { sender-group: interns, attachments: present }
                then: { attachments: refuse }
              - name: managers wait not
                when: { sender-group: managers }
                then: { hold: none }
            """);
        var message = message("", zip(false));
        assertThat(tries(message, "--to", "x@other.example")).isZero();
        assertThat(said()).contains("held for 5m  [rule built-in]");
        out.reset();
        assertThat(tries(message, "--to", "x@other.example", "--group", "/sales", "--group", "/managers")).isZero();
        assertThat(said()).contains("not held  [rule managers wait not]");
        out.reset();
        assertThat(tries(message, "--to", "x@other.example", "--group", "/managers", "--group", "/interns")).isEqualTo(1);
        assertThat(said()).contains("refused, it has attachments  [rule interns send no files]");
        out.reset();
        assertThat(tries(message, "--to", "x@other.example", "--group", "managers")).as("its name in the policy is not that of the account's").isZero();
        assertThat(said()).contains("[rule built-in]");
    }

    @Test
    void whatAMailWithThePasswordWouldGetIsSaidOfEachRecipient() throws Exception {
        Files.writeString(policy, """
            inside: [example.co.jp]
            rules:
              - name: stop
                when: { recipient: "@partner.example" }
                then: { password-mail: hold }
              - name: stopped for longer anyway
                when: { recipient: "@slow.example" }
                then: { password-mail: hold, hold: 1h }
              - name: tell
                when: { recipient: "@other.example" }
                then: { password-mail: warn }
            """);
        var password = Files.writeString(folder.resolve("password.eml"), "Subject: second mail\n\nThe password is: Xk7#pq29\n");
        assertThat(tries(password, "--to", "taro@partner.example", "--to", "x@slow.example", "--to", "x@other.example", "--to", "ichiro@example.co.jp")).isZero();
        assertThat(said()).contains(
            "to taro@partner.example: the message, not held; held for 15m, and its sender told that no password is needed, if files went to them less than 15 minutes before"
                + "  [rule stop]",
            "to x@slow.example: the message, held for 1h; its sender is told that no password is needed if files went to them less than 15 minutes before",
            "to x@other.example: the message, not held; its sender is told that no password is needed if files went to them less than 15 minutes before  [rule tell]",
            "to ichiro@example.co.jp: the message, not held  [rule built-in]");
        out.reset();
        var text = Files.writeString(folder.resolve("text.eml"), "Subject: second mail\n\nSee you on Monday.\n");
        assertThat(tries(text, "--to", "taro@partner.example")).isZero();
        assertThat(said()).contains("to taro@partner.example: the message, not held  [rule stop]");
        out.reset();
        assertThat(run("try", password.toString(), "--policy", policy.toString(), "--from", "<>", "--to", "taro@partner.example")).isZero();
        assertThat(said()).as("nobody sent files").contains("to taro@partner.example: the message, not held  [rule stop]");
    }

    @Test
    void theLimitsAreThoseOfTheRunnableThatIsNamed() throws Exception {
        var message = message("", zip(false));
        var settings = Files.writeString(folder.resolve("application.properties"), "mail-hook.host-name=hook.example.co.jp\nmail-hook.limits.parts=2\n");
        assertThat(tries(message, "--to", "x@other.example", "--settings", settings.toString())).isEqualTo(1);
        assertThat(said()).contains("refused, whatever the policy: 5.6.0 more than 2 parts");
        out.reset();
        Files.writeString(settings, "mail-hook.limits.parts=3\n");
        assertThat(tries(message, "--to", "x@other.example", "--settings", settings.toString())).isZero();
        var travelled = Files.writeString(folder.resolve("travelled.eml"), "Received: x\n".repeat(6) + "Subject: x\n\n" + "a".repeat(2000) + "\n");
        for (var refused : List.of("hops=5 5.4.6 too many Received fields", "line=1000 5.6.0 a line of the message", "message=1K 5.3.4 message larger than 1024 octets")) {
            out.reset();
            var words = refused.split(" ", 2);
            Files.writeString(settings, "mail-hook.limits." + words[0] + "\n");
            assertThat(tries(travelled, "--to", "x@other.example", "--settings", settings.toString())).isEqualTo(1);
            assertThat(said()).contains("refused, whatever the policy: " + words[1]);
        }
        Files.writeString(settings, "mail-hook.limits.hops=6\n");
        assertThat(tries(travelled, "--to", "x@other.example", "--settings", settings.toString())).isZero();
        for (var wrong : List.of("mail-hook.limits.parts=many", "mail-hook.limits.parts=0", "mail-hook.limits.partz=3")) {
            Files.writeString(settings, wrong);
            assertThatThrownBy(() -> tries(message, "--to", "x@other.example", "--settings", settings.toString())).as(wrong).isInstanceOf(CommandException.class)
                .hasMessageContaining("--settings: " + settings);
        }
        assertThatThrownBy(() -> tries(message, "--to", "x@other.example", "--settings", folder.resolve("none").toString())).isInstanceOf(CommandException.class)
            .hasMessageContaining("cannot read");
    }

    @Test
    void aMessageThatIsRefusedWhateverThePolicySaysSo() throws Exception {
        var file = Files.writeString(folder.resolve("bad.eml"), "Content-Type: multipart/mixed; boundary=a; boundary=b\n\nx\n");
        assertThat(tries(file, "--to", "x@other.example")).isEqualTo(1);
        assertThat(said()).contains("refused, whatever the policy: 5.6.0");
    }

    @Test
    void whoGetsASignedMessageAsAFileIsSaid() throws Exception {
        Files.writeString(policy, "inside: [example.co.jp]\nrules:\n  - { name: whole, when: { recipient: '@partner.example' }, then: { signed: link-whole } }\n");
        var message = Files.writeString(folder.resolve("signed.eml"), "Subject: x\n\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nx\n-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n");
        assertThat(tries(message, "--to", "taro@partner.example", "--to", "jiro@other.example", "--to", "ichiro@example.co.jp")).isZero();
        assertThat(said()).contains("to taro@partner.example: a link to the whole message as one file for 14d, 5 downloads of each file, held for 5m  [rule whole]",
            "to jiro@other.example: the message, not held  [rule built-in]", "to ichiro@example.co.jp: the message, not held  [rule built-in]");
    }

    @Test
    void aScannerThatIsAwayIsNeverClean() throws Exception {
        tries(message("", zip(false)), "--to", "x@other.example", "--scanner", "127.0.0.1:1");
        assertThat(said()).contains("unscanned", "held until scanned");
    }

    @Test
    void whatIsPutOffForOneIsPutOffForAllAndNotAccepted() throws Exception {
        Files.writeString(policy, "inside: [example.co.jp]\nrules:\n  - { name: lax, when: { recipient: '@partner.example' }, then: { unscanned: pass } }\n");
        var shown = Files.writeString(folder.resolve("shown.eml"), """
            Subject: x
            MIME-Version: 1.0
            Content-Type: multipart/related; boundary=r; type="text/html"

            --r
            Content-Type: text/html

            <p>Look: <img src="cid:dot"></p>
            --r
            Content-Type: image/gif
            Content-ID: <dot>
            Content-Transfer-Encoding: base64

            R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7
            --r--
            """);
        assertThat(tries(shown, "--to", "x@other.example", "--to", "taro@partner.example", "--scanner", "127.0.0.1:1")).isEqualTo(1);
        assertThat(said()).contains("to x@other.example: not yet: a part that stays in it could not be scanned  [rule built-in]",
            "to taro@partner.example: the message, not held", "put off for one is put off for all: the message would be answered with 451");
        out.reset();
        assertThat(tries(shown, "--to", "x@other.example", "--scanner", "127.0.0.1:1")).isEqualTo(1);
        assertThat(said()).contains("the message would be answered with 451").doesNotContain("for all");
        out.reset();
        assertThat(tries(shown, "--to", "taro@partner.example", "--scanner", "127.0.0.1:1")).isZero();
        assertThat(said()).doesNotContain("answered with 451");
    }

    @Test
    void whoMayNotSendIsRefusedWhereTheSettingsSayWhoMay() throws Exception {
        var message = message("", zip(false));
        var settings = Files.writeString(folder.resolve("application.properties"), "gateway.senders.domains=example.co.jp,branch.example.com\n").toString();
        var arguments = List.of("try", message.toString(), "--policy", policy.toString(), "--to", "x@other.example", "--settings", settings, "--from");
        for (var from : List.of("hanako@Example.co.jp", "x@branch.example.com", "<>")) {
            assertThat(run(Stream.concat(arguments.stream(), Stream.of(from)).toArray(String[]::new))).as(from).isZero();
        }
        assertThat(said()).doesNotContain("gateway.senders.domains");
        for (var from : List.of("outsider@elsewhere.example", "x@mail.example.co.jp")) {
            out.reset();
            assertThat(run(Stream.concat(arguments.stream(), Stream.of(from)).toArray(String[]::new))).as(from).isEqualTo(1);
            assertThat(said()).contains("refused at MAIL, whatever the policy: 5.7.1 ").doesNotContain("a link for");
        }
        out.reset();
        assertThat(tries(message, "--to", "x@other.example")).isZero();
        assertThat(said()).contains("whether example.co.jp may send at all is not known without gateway.senders.domains");
    }

    @Test
    void aFileIsCheckedAndItsFaultNamedWithItsLine() throws Exception {
        assertThat(run("check", policy.toString())).isZero();
        assertThat(said()).contains("good: version ", "3 rules, inside: example.co.jp");
        Files.writeString(policy, "inside: [example.co.jp]\nrulez: []\n");
        assertThat(run("check", policy.toString())).isEqualTo(1);
        assertThat(said()).contains("WRONG: " + policy + ":2: unknown key 'rulez'");
    }

    @Test
    void whatIsMissingIsSaid() {
        assertThatThrownBy(() -> run("try", "x.eml")).isInstanceOf(CommandException.class).hasMessageContaining("--policy is missing");
        assertThatThrownBy(() -> run("check", folder.resolve("none").toString())).isInstanceOf(CommandException.class).hasMessageContaining("cannot read");
        assertThatThrownBy(() -> run("weigh", "x")).isInstanceOf(CommandException.class).hasMessageContaining("'check' or 'try'");
        assertThatThrownBy(() -> tries(folder.resolve("x.eml"), "--to", "nobody")).isInstanceOf(CommandException.class).hasMessageContaining("not a mail address");
    }

    @Test
    void nobodyIsToldOfTheMessageOfAMachine() throws Exception {
        Files.writeString(policy, """
            inside: [example.co.jp]
            rules:
              - name: stop
                when: { recipient: "@partner.example" }
                then: { password-mail: hold, hold: 5m }
              - name: tell
                when: { recipient: outside }
                then: { password-mail: warn }
            """);
        var answer = Files.writeString(folder.resolve("answer.eml"), "Subject: away\nAuto-Submitted: auto-replied\n\nThe password is: Xk7#pq29\n");
        assertThat(tries(answer, "--to", "taro@partner.example", "--to", "x@other.example")).isZero();
        assertThat(said()).contains("to taro@partner.example: the message, held for 5m without notice; held for 15m without notice if files went to them less than 15 minutes before"
            + "  [rule stop]", "to x@other.example: the message, not held  [rule tell]");
    }

    @Test
    void withoutASenderItIsSaidWhoTakesReportsAlone() throws Exception {
        Files.writeString(policy, "inside: [example.co.jp]\nrules:\n  - name: stop\n    when: { recipient: outside }\n    then: { hold: 5m }\n");
        var text = Files.writeString(folder.resolve("text.eml"), "Subject: x\n\nSee you.\n");
        var alone = List.of("try", text.toString(), "--policy", policy.toString(), "--from", "<>", "--to", "taro@partner.example");
        assertThat(run(alone.toArray(String[]::new))).isZero();
        assertThat(said()).contains("no multipart/report: without a sender's address it is refused (550 5.7.1) by listeners with null-sender=reports or auth=required",
            "to taro@partner.example: the message, not held  [rule stop]");
        out.reset();
        Files.writeString(text, "Subject: x\nContent-Type: multipart/report; boundary=b\n\n--b\n\nRead.\n--b--\n");
        assertThat(run(alone.toArray(String[]::new))).isZero();
        assertThat(said()).doesNotContain("no multipart/report").contains("the message, not held");
    }
}
