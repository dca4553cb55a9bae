package sekisho.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.JIRO;
import static sekisho.tests.People.TARO;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.Policies;

/** What we sent comes back: by a next hop that is ourselves, by somebody who forwards it, and on purpose with something else in it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LoopTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern MARK = Pattern.compile("X-Sekisho-Trace: [^\r\n]*(\r\n[ \t][^\r\n]*)*\r\n");

    private Installation installation;

    @BeforeAll
    void theHouse() {
        installation = Installation.alone(Policies.AT_ONCE);
        installation.start("mail", Map.of());
    }

    @AfterAll
    void itGoes() {
        installation.close();
    }

    private String arrived(String to, String subject) throws Exception {
        return new String(installation.inbox().octets(installation.inbox().await(to, subject)), StandardCharsets.ISO_8859_1);
    }

    private String submits(String message, String... to) throws Exception {
        return installation.mailServer().submits(HANAKO, List.of(to), message.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String mark(String message) {
        assertThat(MARK.matcher(message).results()).hasSize(1);
        return MARK.matcher(message).results().findFirst().orElseThrow().group();
    }

    @Test
    void aNextHopThatSendsItBackGetsARefusalAndTheSenderOneReport() throws Exception {
        try (var circle = Installation.alone(Policies.AT_ONCE)) {
            circle.start("mail", Map.of("mail-hook.smart-host.port", Integer.toString(circle.stage().ports().smtp()), "mail-hook.retry.first", "1s"));
            assertThat(circle.mailServer().submits(HANAKO, List.of(TARO), Messages.plain("Round and round", "x"))).startsWith("250");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(circle.data().texts(
                "select kind || ' ' || state || ' ' || substring(last_reply for 9) from outbox order by created_at"))
                .containsExactly("ORIGINAL FAILED 550 5.4.6", "DSN FAILED 550 5.4.6"));
            assertThat(circle.data().number("select count(*) from delivery")).isEqualTo(1);
            assertThat(circle.orphans()).as("what was sealed for what came back").isEmpty();
        }
    }

    @Test
    void aCopyIsRefusedForWhoHadItAndTakenAnewForOthers() throws Exception {
        byte[] secret = Messages.octets(60_000, 3);
        var message = new String(Messages.twoAttachments("Twice", secret, secret), StandardCharsets.ISO_8859_1);
        assertThat(submits(message, TARO, "ichiro@example.co.jp")).startsWith("250");
        var linked = arrived(TARO, "Twice");
        var original = arrived("ichiro@example.co.jp", "Twice");
        assertThat(submits(linked, TARO)).startsWith("550-5.4.6");
        assertThat(submits("Received: from a by b; Sun, 22 Nov 2026 10:00:00 +0900\r\n" + linked, "TARO@Partner.Example", TARO)).startsWith("550-5.4.6");
        assertThat(submits(original, "ichiro@example.co.jp")).startsWith("550-5.4.6");
        // ichiro's copy has the attachments: forwarded outside it is stripped like any other
        assertThat(submits(original, TARO)).startsWith("250");
        assertThat(submits(original, JIRO)).startsWith("250");
        var forwarded = arrived(JIRO, "Twice");
        assertThat(installation.inbox().token(installation.inbox().await(JIRO, "Twice"))).as("a link of its own").isNotEmpty();
        assertThat(forwarded).doesNotContain(start(secret));
        assertThat(mark(forwarded)).isNotEqualTo(mark(original));
    }

    /** Taro was written to beside the list; the others have it from the list alone. */
    @Test
    void aListWithOneWhoHadItAlreadyIsNoLoop() throws Exception {
        assertThat(submits(new String(Messages.plain("To a list", "x"), StandardCharsets.ISO_8859_1), TARO, "list@example.co.jp")).startsWith("250");
        var copy = arrived("list@example.co.jp", "To a list");
        arrived(TARO, "To a list");
        assertThat(submits(copy, TARO, JIRO, "saburo@other.example")).startsWith("250");
        arrived(JIRO, "To a list");
        arrived("saburo@other.example", "To a list");
        await().atMost(PATIENCE).until(() -> installation.inbox().count(TARO, "To a list") == 2);
        assertThat(submits(copy, TARO, "list@example.co.jp")).startsWith("550-5.4.6");
    }

    private static String start(byte[] octets) {
        return Base64.getEncoder().encodeToString(octets).substring(0, 60);
    }

    @Test
    void aMarkThatIsCopiedOpensNothing() throws Exception {
        assertThat(submits(new String(Messages.plain("Harmless", "x"), StandardCharsets.ISO_8859_1), TARO)).startsWith("250");
        var harmless = arrived(TARO, "Harmless");
        byte[] secret = Messages.octets(60_000, 4);
        var smuggled = new String(Messages.twoAttachments("Smuggled", secret, secret), StandardCharsets.ISO_8859_1);
        var messageId = Pattern.compile("(?m)^Message-ID: [^\r]*").matcher(harmless).results().findFirst().orElseThrow().group();
        // the whole identity of the harmless one: for its recipient a loop, for others stripped
        var disguised = mark(harmless) + smuggled.replaceFirst("(?m)^Message-ID: [^\r]*", messageId);
        assertThat(submits(disguised, TARO)).startsWith("550-5.4.6");
        assertThat(submits(disguised, JIRO)).startsWith("250");
        // the mark alone, for its recipient: not on this message
        assertThat(submits(mark(harmless) + smuggled, TARO)).startsWith("250");
        assertThat(submits(mark(harmless).replace("original", "linked") + smuggled, "saburo@other.example")).startsWith("250");
        for (var to : List.of(JIRO, TARO, "saburo@other.example")) {
            var arrived = arrived(to, "Smuggled");
            assertThat(arrived).doesNotContain(start(secret));
            assertThat(mark(arrived)).as("the old mark is gone").isNotEqualTo(mark(harmless));
        }
    }
}
