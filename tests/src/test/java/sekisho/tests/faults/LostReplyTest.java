package sekisho.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.TARO;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.storage.DirectoryStore;
import sekisho.tests.Installation;
import sekisho.tests.MailServer;
import sekisho.tests.Messages;
import sekisho.tests.Policies;
import sekisho.tests.SealedFiles;

/** Our 250 is lost: the client, which can't know that we have the message, sends it again (docs/decisions/0025). */
class LostReplyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Installation installation;

    @BeforeEach
    void theHookListens() {
        installation = Installation.alone(Policies.AT_ONCE);
        installation.start("mail", Map.of());
    }

    @AfterEach
    void theInstallationGoes() {
        installation.close();
    }

    private long deliveries() {
        return installation.data().number("select count(*) from delivery");
    }

    /** The connection ends behind the last octet of the message, before the reply. */
    private void losesTheReply(byte[] message, boolean chunk) throws IOException {
        long before = deliveries();
        try (var connection = new MailServer.Connection(installation.stage().ports().smtp())) {
            for (var line : List.of("EHLO mail.example.co.jp", "MAIL FROM:<" + HANAKO + ">", "RCPT TO:<" + TARO + ">")) {
                assertThat(connection.says(line)).as(line).startsWith("250");
            }
            var text = new String(message, StandardCharsets.ISO_8859_1);
            if (chunk) {
                connection.sends("BDAT " + message.length + " LAST\r\n" + text);
            } else {
                assertThat(connection.says("DATA")).startsWith("354");
                connection.sends(text.replace("\r\n.", "\r\n..") + ".\r\n");
            }
        }
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(deliveries()).as("the message was complete, so it is accepted").isEqualTo(before + 1));
    }

    private void isSentAgainAndArrivesTwice(String subject, boolean chunk) throws Exception {
        var message = Messages.twoAttachments(subject, Messages.octets(3_000, 1), Messages.octets(2_000, 2));
        losesTheReply(message, chunk);
        assertThat(installation.mailServer().submits(HANAKO, List.of(TARO), message)).startsWith("250 2.6.0");

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(installation.inbox().count(TARO, subject)).isEqualTo(2));
        assertThat(installation.data().texts("select message_id from delivery where subject = '" + subject + "'")).as("deliveries").hasSize(2).containsOnly(
            "<" + Integer.toHexString(subject.hashCode()) + "@example.co.jp>");
        var links = new HashSet<String>();
        for (var copy : installation.mailbox().messages()) {
            if (copy.subject().contains(subject)) {
                links.add(installation.inbox().token(copy));
                assertThat(installation.inbox().octets(copy)).asString(StandardCharsets.ISO_8859_1)
                    .as("by its Message-ID most mail systems show one of them").contains("Message-ID: <" + Integer.toHexString(subject.hashCode()) + "@example.co.jp>");
            }
        }
        assertThat(links).as("each with its own link").hasSize(2);
        try (var store = new DirectoryStore(installation.stage().objects())) {
            var files = new SealedFiles(installation, store);
            for (var delivery : installation.data().texts("select id from delivery where subject = '" + subject + "'")) {
                var found = files.of(java.util.UUID.fromString(delivery));
                assertThat(found).hasSize(2);
                assertThat(SealedFiles.sha256(files.octets(found.getFirst()))).as("each has its files").isEqualTo(found.getFirst().sha256());
            }
        }
        assertThat(installation.orphans()).isEmpty();
    }

    @Test
    void afterTheFinalDotBothDeliveriesAreWhole() throws Exception {
        isSentAgainAndArrivesTwice("Lost behind the dot", false);
    }

    @Test
    void afterTheLastChunkToo() throws Exception {
        isSentAgainAndArrivesTwice("Lost behind the chunk", true);
    }
}
