package sekisho.mailhook.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.people.EmailAddress;
import sekisho.mailhook.smtp.RefusedException;
import sekisho.mailhook.trace.TraceField;
import sekisho.storage.KeyFiles;
import sekisho.storage.OpeningKey;

/** Which messages are refused for being in a loop: ours, to somebody who had them. */
class LoopGuardTest {

    private static final Instant QUEUED = Instant.parse("2026-11-22T01:05:00Z");
    private static final UUID DELIVERY = UUID.randomUUID();
    private static final EmailAddress TARO = new EmailAddress("taro", "partner.example");
    private static final EmailAddress JIRO = new EmailAddress("jiro", "other.example");

    @TempDir
    Path folder;
    private TraceField traces;
    private final List<UUID> asked = new ArrayList<>();

    @BeforeEach
    void aKey() {
        KeyFiles.generate(folder, "spool");
        traces = new TraceField(OpeningKey.load(folder.resolve("spool.private")), Clock.fixed(QUEUED.plus(Duration.ofMinutes(1)), ZoneOffset.UTC));
    }

    private String mark() {
        return traces.compose(OutboxItem.Kind.LINKED, DELIVERY, QUEUED, "<m1@example.co.jp>") + "\r\n";
    }

    /** Taro had a copy of the one delivery. @param piece how many octets come at one time */
    private void passes(String message, int piece, EmailAddress... recipients) throws IOException {
        var guard = new LoopGuard(traces, (delivery, _, to) -> {
            asked.add(delivery);
            return delivery.equals(DELIVERY) && to.contains(TARO);
        }, List.of(recipients));
        byte[] octets = message.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < octets.length; i += piece) {
            guard.feed(octets, i, Math.min(piece, octets.length - i));
        }
        guard.end();
    }

    private void refuses(String message, EmailAddress... recipients) {
        for (int piece : new int[] {1, 7, 16384}) {
            assertThatThrownBy(() -> passes(message, piece, recipients)).isInstanceOf(RefusedException.class)
                .asInstanceOf(InstanceOfAssertFactories.type(RefusedException.class)).satisfies(refused -> assertThat(refused.reply().oneLine()).startsWith("550 5.4.6"));
        }
    }

    @Test
    void whatWasSentToARecipientIsRefusedWhenItComesBackForThem() {
        var rest = "Subject: plans\r\nMessage-ID: <m1@example.co.jp>\r\n\r\nDear Taro\r\n";
        refuses("Received: from a by b; Sun, 22 Nov 2026 01:06:00 +0000\r\n" + mark() + rest, TARO);
        refuses("message-id:\r\n <m1@example.co.jp>\r\nSubject: x\r\n" + mark().replace("X-Sekisho-Trace: ", "x-sekisho-trace:\r\n\t"), JIRO, TARO);
        refuses("X-Sekisho-Trace: v1; nonsense\r\n" + mark() + rest, TARO);
    }

    @Test
    void whatIsForwardedToSomebodyElseIsAMessageLikeAnyOther() {
        assertThatCode(() -> passes(mark() + "Message-ID: <m1@example.co.jp>\r\n\r\nx\r\n", 16384, JIRO)).doesNotThrowAnyException();
        assertThat(asked).containsExactly(DELIVERY);
    }

    @Test
    void aMarkOnAnotherMessageOrInABodyIsNoneAndNobodyIsAsked() {
        for (var message : List.of(mark() + "Message-ID: <m2@example.co.jp>\r\n\r\nx\r\n", mark() + "Subject: no id\r\n\r\nx\r\n",
                "Message-ID: <m1@example.co.jp>\r\n\r\n" + mark(), "Message-ID: <m1@example.co.jp>\r\nX-Other: a\r\n " + mark() + "\r\nx",
                mark().replace("kind=linked", "kind=original") + "Message-ID: <m1@example.co.jp>\r\n\r\n")) {
            assertThatCode(() -> passes(message, 16384, TARO)).as(message).doesNotThrowAnyException();
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void aHeaderFullOfMarksCostsTwentyQuestionsAtMost() {
        assertThatCode(() -> passes(mark().repeat(5000) + "Message-ID: <m1@example.co.jp>\r\n\r\n", 16384, JIRO)).doesNotThrowAnyException();
        assertThat(asked).hasSize(20);
    }
}
