package sekisho.mailhook.outgoing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.outbox.OutboxItem.HeldLine;
import sekisho.gateway.policy.Policy;
import sekisho.gateway.policy.PolicyFile;

/** Whoever trusts the notice must not come too late. */
class NoticeTextTest {

    private static final Instant SOON = Instant.parse("2026-11-22T03:02:00Z");
    private static final Instant LATER = Instant.parse("2026-11-22T03:10:00Z");

    private static final Policy POLICY = PolicyFile.read("policy.yaml", "inside: [example.co.jp]\npartners: [partner.example]\n");

    private static String hold(HeldLine... held) {
        var item = new OutboxItem(UUID.randomUUID(), OutboxItem.Kind.NOTICE, List.of(), "hop", 1, SOON, UUID.randomUUID(), Optional.empty(), "plans",
            "<m1@example.co.jp>", SOON.minusSeconds(120), null, null, false, null, List.of(), List.of(held));
        return NoticeText.hold(item, POLICY, NoticeText.Names.UNKNOWN, URI.create("https://files.example.co.jp/sent/1"), ZoneOffset.UTC);
    }

    @Test
    void theFirstCopyThatLeavesCountsAndEachRecipientHasATime() {
        assertThat(hold(new HeldLine("jiro@other.example", true, LATER, false), new HeldLine("taro@partner.example", true, SOON, false)))
            .contains("最初の送信は 11月22日(日) 03:02:00 です。", "The first copy leaves on Sunday 22 November, 03:02:00 Z.",
                "jiro@other.example (2026-11-22 03:10:00)\r\n", "taro@partner.example (2026-11-22 03:02:00)\r\n");
    }

    @Test
    void whatWaitsForTheScannerHasNoTime() {
        assertThat(hold(new HeldLine("jiro@other.example", true, SOON, true), new HeldLine("taro@partner.example", true, LATER, false)))
            .contains("The first copy leaves on Sunday 22 November, 03:10:00 Z.", "jiro@other.example (ウイルス検査待ち / waits for the malware scan)\r\n");
        assertThat(hold(new HeldLine("jiro@other.example", true, SOON, true))).contains("It is sent when the malware scan is done.").doesNotContain("03:02:00");
    }

    @Test
    void whoseDomainLooksLikeAnotherOneIsPointedOut() {
        assertThat(hold(new HeldLine("taro@partner.example", true, SOON, false), new HeldLine("taro@partnar.example", true, SOON, false),
            new HeldLine("taro@GMAI.com", true, SOON, false), new HeldLine("taro@аbc-group.test", true, SOON, false)))
            .contains("taro@partner.example (2026-11-22 03:02:00)\r\n  [社外", "taro@partnar.example (2026-11-22 03:02:00)\r\n    注意: partner.example に似た別のドメインです"
                + " / Note: this is not partner.example, though it looks like it\r\n", "Note: this is not gmail.com", "Note: the domain mixes letters of several scripts");
    }

    @Test
    void aNoticeThatComesTooLateDoesNotPromiseThatAnythingCanBeStopped() {
        assertThat(hold()).contains("すでに送信されたか、取り消されました", "By now it has been sent or cancelled", "https://files.example.co.jp/sent/1")
            .doesNotContain("has not been sent", "まだ送信されていません", "Recipients");
    }
}
