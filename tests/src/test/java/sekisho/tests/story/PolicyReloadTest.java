package sekisho.tests.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.ICHIRO;
import static sekisho.tests.People.TARO;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.embedded.ProductProcess;
import sekisho.gateway.policy.PolicyFile;
import sekisho.tests.Installation;
import sekisho.tests.Messages;

/** The policy file is changed while the product runs: the next message obeys the new one, and a faulty one changes nothing but the log. */
class PolicyReloadTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PASSES = """
        inside: [example.co.jp]
        rules:
          - name: as it came
            then: { attachments: pass, hold: none }
        """;
    private static final String REFUSES = """
        inside: [example.co.jp]
        groups: { careful: careful.txt }
        rules:
          - name: careful people send no files
            when: { sender-group: careful, recipient: outside, attachments: present }
            then: { attachments: refuse }
          - name: at once
            then: { hold: none }
        """;

    private Installation installation;
    private ProductProcess mail;

    @BeforeEach
    void everythingPasses() {
        installation = Installation.alone(PASSES);
        mail = installation.start("mail", Map.of());
    }

    @AfterEach
    void theInstallationGoes() {
        installation.close();
    }

    private Path file() {
        return installation.stage().policyFile();
    }

    /** Whole or not at all, as an operator's editor or configuration management should. */
    private static void replace(Path file, String text) throws IOException {
        var beside = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), text);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** How often the log says this. */
    private long said(String words) throws IOException {
        return Files.readString(mail.log()).lines().filter(line -> line.contains(words)).count();
    }

    private void isSaid(String words, long times) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(said(words)).as(words).isEqualTo(times));
    }

    private String version() throws Exception {
        return PolicyFile.read(file()).version();
    }

    private String submits(String from, String subject) throws IOException {
        return installation.mailServer().submits(from, List.of(TARO), Messages.twoAttachments(subject, new byte[100], new byte[50]));
    }

    private String versionOf(String subject) {
        return installation.data().texts("select policy_version from delivery where subject = '" + subject + "'").getFirst();
    }

    @Test
    void theNextMessageObeysTheNewPolicyAndAFaultyOneLeavesTheOldInForce() throws Exception {
        var first = version();
        isSaid("policy " + first + " in force, 1 rules", 1);
        assertThat(submits(HANAKO, "Before")).startsWith("250");
        assertThat(installation.inbox().octets(installation.inbox().await(TARO, "Before"))).asString().contains("plan.pdf").doesNotContain("/d/");
        assertThat(versionOf("Before")).isEqualTo(first);

        replace(file().resolveSibling("careful.txt"), HANAKO + "\n");
        replace(file(), REFUSES);
        var second = version();
        isSaid("policy " + second + " in force, 2 rules", 1);
        assertThat(submits(HANAKO, "Refused")).startsWith("550-5.7.1").contains("careful people send no files");
        assertThat(submits(ICHIRO, "Linked")).startsWith("250");
        assertThat(installation.inbox().token(installation.inbox().await(TARO, "Linked"))).isNotEmpty();
        assertThat(versionOf("Linked")).isEqualTo(second);

        replace(file(), REFUSES.replace("attachments: refuse", "attachments: refuze"));
        isSaid("the policy file was not taken over, " + second + " stays in force: " + file() + ":6: ", 1);
        assertThat(submits(HANAKO, "Still refused")).startsWith("550-5.7.1");
        assertThat(submits(ICHIRO, "Still linked")).startsWith("250");
        assertThat(versionOf("Still linked")).isEqualTo(second);

        replace(file().resolveSibling("careful.txt"), ICHIRO + "\n");
        replace(file(), REFUSES);
        var third = version();
        assertThat(third).as("another list is another version").isNotEqualTo(second);
        isSaid("policy " + third + " in force, 2 rules", 1);
        assertThat(submits(ICHIRO, "His turn")).startsWith("550-5.7.1");
        assertThat(submits(HANAKO, "Free again")).startsWith("250");

        Files.delete(file());
        await().atMost(PATIENCE).until(() -> said("the policy file was not taken over, " + third + " stays in force: ") > 0);
        assertThat(submits(ICHIRO, "While it is gone")).startsWith("550-5.7.1");
        replace(file(), PASSES);
        isSaid("policy " + first + " in force, 1 rules", 2);
        assertThat(submits(ICHIRO, "As in the beginning")).startsWith("250");
        assertThat(versionOf("As in the beginning")).isEqualTo(first);
    }
}
