package sekisho.mailhook.outgoing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.gateway.delivery.InMail;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.outbox.OutboxItem.Kind;
import sekisho.gateway.outbox.Report;
import sekisho.gateway.outbox.Settlement;
import sekisho.mailhook.mime.PgpText;
import sekisho.mailhook.mime.SplitMessage;
import sekisho.mailhook.trace.TraceField.Trace;
import sekisho.mailhook.relay.Destination;
import sekisho.mailhook.relay.HopSettings;
import sekisho.mailhook.relay.Hosts;
import sekisho.mailhook.relay.ScriptedHop;

/** What leaves, and what becomes of each row when the next hop or our own part fails. */
class OutgoingTest {

    private static final String SECRET = "c2VjcmV0";
    /** So short that a copy cut anywhere shows one, so long that none is there by chance. */
    private static final int PIECE = 8;
    private static final String TO_TARO = "< MAIL FROM:<hanako@example.co.jp>\n> 250 ok\n< RCPT TO:<taro@partner.example>\n> 250 ok\n";
    private static final String BROKEN_TLS = ScriptedHop.offering("STARTTLS") + "< STARTTLS\n> 454 4.7.0 not now\nhang\n";
    private static final String IN_CLEAR = ScriptedHop.offering("STARTTLS", "8BITMIME") + TO_TARO + "< DATA\n> 354 go\ndata\n> 250 ok\nhang\n";
    private static final Pattern LINK = Pattern.compile("https://files\\.example\\.co\\.jp/d/[A-Za-z0-9_-]{22}");
    private static final Settlement.Reply OURS = new Settlement.Reply("550 5.6.7 the next hop takes no such addresses", "hop.example:25", false);

    @TempDir
    Path folder;
    private Copies copies;

    @BeforeEach
    void open() throws IOException {
        copies = new Copies(folder);
    }

    private OutboxItem linked() throws IOException {
        return copies.item(Kind.LINKED, copies.mail(null), copies.linkRow());
    }

    /** A base64 body, decoded. */
    private static String body(String message) {
        var text = message.substring(message.indexOf("\r\n\r\n") + 4);
        return new String(Base64.getMimeDecoder().decode(text), StandardCharsets.UTF_8);
    }

    /** A message with its base64 parts decoded. */
    private static String readable(String message) {
        return Pattern.compile("(?m)^(?:[A-Za-z0-9+/=]{4,76}\r\n)+").matcher(message).replaceAll(block -> Matcher.quoteReplacement(
            new String(Base64.getMimeDecoder().decode(block.group()), StandardCharsets.UTF_8)));
    }

    private static List<String> links(String text) {
        return LINK.matcher(text).results().map(m -> m.group()).toList();
    }

    @Test
    void aCopyThatIsSentAgainIsTheSame() throws IOException {
        var item = linked();
        var first = copies.text(item);
        assertThat(first).isEqualTo(copies.text(item));
        assertThat(readable(first)).contains("Message-ID: <m1@example.co.jp>", "Dear Taro", "plan.pdf").doesNotContain("secret", SECRET);
        assertThat(links(readable(first))).hasSize(1);
    }

    @Test
    void whateverWeSendCarriesOneMarkOfOursAndNoneThatItCameWith() throws IOException {
        var marked = Copies.MAIL.replace("Subject:", "X-Sekisho-Trace: v1; t=1; id=x;\r\n\tmac=forged\r\nx-sekisho-TRACE: another\r\nSubject:");
        for (var item : List.of(copies.item(Kind.LINKED, copies.mail(marked, null), copies.linkRow()),
                copies.item(Kind.ORIGINAL, copies.mail(marked, null), copies.linkRow()),
                copies.item(Kind.ORIGINAL, copies.portal("plans", "see there"), copies.linkRow()), copies.item(Kind.NOTICE, null, copies.linkRow()),
                copies.report(copies.mail(null), new Report(Report.Action.FAILED, OURS, "5.6.7", null)))) {
            var header = copies.text(item).split("\r\n\r\n", 2)[0].replaceAll("\r\n[ \t]", " ");
            var marks = header.lines().filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("x-sekisho-trace:")).toList();
            assertThat(marks).as(item.kind().name()).singleElement().satisfies(mark ->
                assertThat(copies.traces.read(mark.substring(mark.indexOf(':') + 1), "<m1@example.co.jp>")).contains(new Trace(copies.delivery(), item.kind())));
        }
    }

    /** Copies of the tests are queued five minutes after their message was taken. */
    @Test
    void aCopyThatWaitedSaysHowLongAndNothingElseDoes() throws IOException {
        var forged = Copies.MAIL.replace("Subject:", "X-Sekisho-Held: from=1999-01-01T00:00:00Z; until=2000-01-01T00:00:00Z\r\nx-sekisho-HELD: never\r\nSubject:");
        for (var item : List.of(copies.item(Kind.LINKED, copies.mail(forged, null), copies.linkRow()),
                copies.item(Kind.ORIGINAL, copies.mail(forged, null), copies.linkRow()), copies.item(Kind.ORIGINAL, copies.portal("plans", "see there"), copies.linkRow()))) {
            assertThat(held(item)).as(item.kind().name()).containsExactly("X-Sekisho-Held: from=2026-11-22T01:00:00Z; until=2026-11-22T01:05:00Z");
            var atOnce = new OutboxItem(item.claim(), item.kind(), item.rows(), item.destination(), 2, item.acceptedAt(), item.delivery(), item.sender(), item.subject(),
                item.messageId(), item.acceptedAt(), item.ret(), item.envid(), item.smtpUtf8(), item.spool(), item.files(), item.held());
            assertThat(held(atOnce)).as(item.kind().name()).isEmpty();
        }
        assertThat(held(copies.item(Kind.NOTICE, null, copies.linkRow()))).isEmpty();
        assertThat(held(copies.report(copies.mail(null), new Report(Report.Action.FAILED, OURS, "5.6.7", null)))).isEmpty();
    }

    private List<String> held(OutboxItem item) throws IOException {
        return copies.text(item).lines().filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("x-sekisho-held:")).toList();
    }

    @Test
    void ofAMessageThatWasConvertedNoSignatureGoesOnThatNoLongerFits() throws IOException {
        var signed = "DKIM-Signature: v=1; d=example.co.jp;\r\n\tb=AbCd\r\nARC-Seal: i=1\r\n" + Copies.MAIL;
        assertThat(copies.text(copies.item(Kind.ORIGINAL, copies.mail(signed, false, null), copies.linkRow()))).endsWith(signed);
        assertThat(copies.text(copies.item(Kind.ORIGINAL, copies.mail(signed, true, null), copies.linkRow()))).endsWith("\r\n" + Copies.MAIL)
            .doesNotContain("DKIM", "AbCd", "ARC");
    }

    /** Else it would go to her a second time. */
    @Test
    void whatTheNextHopSaidIsKeptWhenThereIsNoMemoryForItJustThen() throws Exception {
        var missing = new AtomicInteger(3);
        var clock = new Clock() {
            @Override
            public Instant instant() {
                if (missing.getAndDecrement() > 0) {
                    throw new InternalError("asked for");
                }
                return Copies.QUEUED;
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
        var item = copies.item(Kind.ORIGINAL, copies.mail(null), copies.row(Copies.TARO, null), copies.row("jiro@partner.example", null));
        try (var hop = new ScriptedHop(ScriptedHop.offering() + TO_TARO + "< RCPT\n> 450 4.2.1 later\n< DATA\n> 354 go\ndata\n> 250 ok\nhang\n")) {
            var settlements = copies.attempt(item, hop, clock);
            assertThat(settlements.getFirst()).isInstanceOf(Settlement.Sent.class);
            assertThat(settlements.getLast()).isInstanceOfSatisfying(Settlement.Later.class, later -> assertThat(later.reply().text()).isEqualTo("450 4.2.1 later"));
        }
        missing.set(3);
        Hosts noMemory = () -> {
            throw new InternalError("asked for");
        };
        try (var destination = new Destination(noMemory, HopSettings.DEFAULT)) {
            assertThat(copies.attempt(item, destination, clock).settlements()).as("nothing was sent").hasSize(2).allSatisfy(each ->
                assertThat(each).isInstanceOf(Settlement.Later.class));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"452 4.5.3 too many recipients", "452 too many", "552 too many recipients"})
    void whoWasOneTooManyIsNextAtOnceWhereOthersWereTaken(String reply) throws Exception {
        var item = copies.item(Kind.ORIGINAL, copies.mail(null), copies.row(Copies.TARO, null), copies.row("jiro@partner.example", null));
        try (var hop = new ScriptedHop(ScriptedHop.offering() + TO_TARO + "< RCPT\n> " + reply + "\n< DATA\n> 354 go\ndata\n> 250 ok\nhang\n")) {
            var settlements = copies.attempt(item, hop, Duration.ofHours(5));
            assertThat(settlements.getFirst()).isInstanceOf(Settlement.Sent.class);
            assertThat(settlements.getLast()).isInstanceOfSatisfying(Settlement.Later.class, later -> {
                assertThat(later.at()).isEqualTo(Copies.QUEUED.plus(Duration.ofHours(5)));
                assertThat(later.late()).as("it goes on").isFalse();
                assertThat(later.reply().text()).isEqualTo(reply);
            });
        }
        try (var hop = new ScriptedHop(ScriptedHop.offering() + "< MAIL\n> 250 ok\n< RCPT\n> " + reply + "\n< RCPT\n> " + reply + "\n< RSET\n> 250 ok\nhang\n")) {
            assertThat(copies.attempt(item, hop, Duration.ofHours(5))).as("nobody was taken").hasSize(2).allSatisfy(each ->
                assertThat(each).isInstanceOfSatisfying(Settlement.Later.class, later -> assertThat(later.at()).isAfter(Copies.QUEUED.plus(Duration.ofHours(5)))));
        }
    }

    @Test
    void aFullMailboxIsNoneTooMany() throws Exception {
        var item = copies.item(Kind.ORIGINAL, copies.mail(null), copies.row(Copies.TARO, null), copies.row("jiro@partner.example", null));
        try (var hop = new ScriptedHop(ScriptedHop.offering() + TO_TARO + "< RCPT\n> 452 4.2.2 mailbox full\n< DATA\n> 354 go\ndata\n> 250 ok\nhang\n")) {
            assertThat(copies.attempt(item, hop, Duration.ZERO).getLast()).isInstanceOfSatisfying(Settlement.Later.class, later ->
                assertThat(later.at()).isAfter(Copies.QUEUED));
        }
    }

    @Test
    void aCopyThatCannotBePutTogetherNeverLeavesAsItCame() throws Exception {
        var layout = SplitMessage.keeping(Copies.MAIL.getBytes(StandardCharsets.US_ASCII)).layout().toJson();
        var plain = SplitMessage.of("Subject: x\r\n\r\nno attachment\r\n").layout().toJson();
        var broken = List.of("nonsense", "{}", plain, layout.replaceAll("\"from\":(\\d+)", "\"from\":9$1"), layout.replaceAll("\"to\":(\\d+)", "\"to\":9$1"));
        for (String each : broken) {
            var item = copies.item(Kind.LINKED, copies.mail(each), copies.linkRow());
            var hop = new ScriptedHop(ScriptedHop.offering() + TO_TARO + "< DATA\n> 354 go\nhang\n");
            try (hop) {
                assertThat(copies.attempt(item, hop, Duration.ZERO)).as(each).singleElement().isInstanceOfSatisfying(Settlement.Later.class,
                    later -> assertThat(later.reply().saidByRemote()).isFalse());
            }
            hop.join();
            assertThat(pieces(String.join("\n", hop.received), Copies.MAIL)).as("of the attachment, that left with " + each).isEmpty();
        }
    }

    /** The pieces of the attachment of {@code mail}, of eight octets each as it is encoded, that stand in {@code sent}. */
    private static List<String> pieces(String sent, String mail) {
        String encoded = mail.lines().filter(line -> line.startsWith(SECRET)).findFirst().orElseThrow();
        return IntStream.rangeClosed(0, encoded.length() - PIECE).mapToObj(i -> encoded.substring(i, i + PIECE)).filter(sent::contains).toList();
    }

    @Test
    void aPieceFromTheMiddleOfAnAttachmentIsSeen() {
        assertThat(pieces(Copies.MAIL.replace("c2VjcmV0IHNl", ""), Copies.MAIL)).isNotEmpty();
        assertThat(pieces("Dear Taro", Copies.MAIL)).isEmpty();
    }

    @Test
    void aCopyThatCanNeverBePutTogetherIsGivenUpAfterItsLife() throws Exception {
        var item = copies.item(Kind.LINKED, copies.mail("nonsense"), 90, null, copies.linkRow());
        try (var hop = new ScriptedHop()) {
            assertThat(copies.attempt(item, hop, Duration.ofHours(3))).singleElement()
                .isInstanceOfSatisfying(Settlement.Later.class, later -> assertThat(later.late()).isFalse());
            assertThat(copies.attempt(item, hop, Duration.ofHours(4))).singleElement().isInstanceOfSatisfying(Settlement.Later.class, later -> {
                assertThat(later.late()).isTrue();
                assertThat(later.giveUpAt()).isEqualTo(Copies.QUEUED.plus(Duration.ofDays(5)));
            });
            assertThat(copies.attempt(item, hop, Duration.ofDays(5))).singleElement()
                .isInstanceOfSatisfying(Settlement.Failed.class, failed -> assertThat(failed.status()).isEqualTo("5.4.7"));
        }
    }

    @Test
    void aSpoolThatWasTamperedWithIsNotSentAndItsSenderIsToldAllTheSame() throws Exception {
        var spool = copies.mail(null);
        var other = new OutboxItem.Spool(spool.kind(), spool.sealed(), new sekisho.storage.Place(copies.delivery(), java.util.UUID.randomUUID()),
            spool.messageOctets());
        try (var hop = new ScriptedHop()) {
            assertThat(copies.attempt(copies.item(Kind.LINKED, other, copies.linkRow()), hop, Duration.ofDays(6))).singleElement()
                .isInstanceOf(Settlement.Failed.class);
            assertThat(copies.text(copies.report(other, new Report(Report.Action.FAILED, OURS, "5.6.7", null)))).contains("Action: failed");
        }
    }

    /** Another node may be sending it: behind the end nobody could take it back. */
    @Test
    void aNodeThatWasNotHeardBreaksOffBeforeTheEnd() throws Exception {
        copies.held = false;
        try (var hop = new ScriptedHop(ScriptedHop.offering() + TO_TARO + "< DATA\n> 354 go\nhang\n")) {
            assertThat(copies.attempt(linked(), hop, Duration.ofHours(5))).singleElement().isInstanceOfSatisfying(Settlement.Later.class, later -> {
                assertThat(later.at()).isEqualTo(Copies.QUEUED.plus(Duration.ofHours(5)));
                assertThat(later.late()).isFalse();
                assertThat(later.reply().saidByRemote()).isFalse();
            });
            hop.join();
            assertThat(hop.received.getLast()).doesNotContain("\r\n.\r\n");
        }
    }

    /** It is nobody's fault: neither the message waits for it nor what else goes there. */
    /** It counts as no answer, by which the destination would be given all its connections. */
    @Test
    void silenceBehindStartTlsIsNoAnswer() throws Exception {
        var soon = HopSettings.DEFAULT.withTimeouts(new HopSettings.Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1)));
        try (var hop = new ScriptedHop(ScriptedHop.offering("STARTTLS") + "< STARTTLS\n> 220 go\nhang\n"); var destination = new Destination(hop.hosts(), soon)) {
            assertThat(copies.attempt(linked(), destination, Duration.ZERO)).isInstanceOfSatisfying(Attempts.Attempt.TlsFailed.class, failed ->
                assertThat(failed.settlements()).singleElement().isInstanceOfSatisfying(Settlement.Later.class, later -> assertThat(later.reply().text()).startsWith("451 4.7.5")));
        }
    }

    /** The next message begins with TLS, where the host may be silent: it would be given all its connections. */
    @Test
    void whatWentInClearIsNoAnswerToTheNextMessage() throws Exception {
        try (var hop = new ScriptedHop(BROKEN_TLS, BROKEN_TLS, IN_CLEAR); var destination = new Destination(hop.hosts(), HopSettings.DEFAULT)) {
            var first = copies.attempt(again(null), destination, Duration.ofHours(1));
            assertThat(copies.attempt(again(first.settlements().getFirst().reply().text()), destination, Duration.ofHours(2)))
                .isInstanceOfSatisfying(Attempts.Attempt.TlsFailed.class, sent -> assertThat(sent.settlements()).singleElement().isInstanceOf(Settlement.Sent.class));
        }
    }

    /** Attempts that came to nothing here, before any host was talked to, are counted and were none. */
    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"451 4.3.2 the gateway is stopping", "451 4.3.0 the gateway could not put the message together", "451 4.4.1 cannot open hop.example:25: refused",
        "451 4.7.5 the host says so, of whatever it means by it"})
    void aMessageGoesInClearOnlyWhenTlsHasFailedItBefore(String reply) throws Exception {
        try (var hop = new ScriptedHop(BROKEN_TLS, BROKEN_TLS, IN_CLEAR); var destination = new Destination(hop.hosts(), HopSettings.DEFAULT)) {
            var first = copies.attempt(again(reply), destination, Duration.ofHours(1));
            assertThat(first).isInstanceOf(Attempts.Attempt.TlsFailed.class);
            var said = first.settlements().getFirst().reply().text();
            assertThat(copies.attempt(again(said), destination, Duration.ofHours(2)).settlements()).singleElement().isInstanceOf(Settlement.Sent.class);
        }
    }

    private OutboxItem again(@Nullable String lastReply) throws IOException {
        var row = copies.linkRow();
        return copies.item(Kind.LINKED, copies.mail(null), 2, null,
            new OutboxItem.Row(row.id(), row.recipient(), row.address(), row.about(), null, null, row.expiresAt(), row.names(), lastReply, null));
    }

    @Test
    void whatIsBrokenOffAtTheStopIsDueAtOnce() throws Exception {
        try (var hop = new ScriptedHop(); var destination = new Destination(hop.hosts(), HopSettings.DEFAULT)) {
            destination.abort();
            assertThat(copies.attempt(linked(), destination, Duration.ofHours(5))).isInstanceOfSatisfying(Attempts.Attempt.Failed.class, failed ->
                assertThat(failed.settlements()).singleElement().isInstanceOfSatisfying(Settlement.Later.class, later -> {
                    assertThat(later.at()).isEqualTo(Copies.QUEUED.plus(Duration.ofHours(5)));
                    assertThat(later.late()).isFalse();
                }));
        }
    }

    @Test
    void silenceAfterTheEndIsNoRefusal() throws Exception {
        try (var hop = new ScriptedHop(ScriptedHop.offering() + TO_TARO + "< DATA\n> 354 go\ndata\n")) {
            var item = linked();
            assertThat(copies.attempt(item, hop, Duration.ZERO)).singleElement().isInstanceOfSatisfying(Settlement.Unanswered.class,
                unanswered -> assertThat(unanswered.again()).isEqualTo(Copies.QUEUED.plus(Duration.ofMinutes(5))));
        }
        try (var hop = new ScriptedHop(ScriptedHop.offering() + TO_TARO + "< DATA\n> 354 go\ndata\n")) {
            assertThat(copies.attempt(linked(), hop, Duration.ofDays(5))).singleElement()
                .isInstanceOfSatisfying(Settlement.Unanswered.class, unanswered -> assertThat(unanswered.again()).isNull());
        }
    }

    @Test
    void eachRowHasItsOwnFateAndOurWordsAreNotTheRemotes() throws Exception {
        var rows = new OutboxItem.Row[] {copies.row("a@x.example", null), copies.row("b@x.example", null), copies.row("c@x.example", null)};
        var script = "< MAIL\n> 250 ok\n< RCPT\n> 250 ok\n< RCPT\n> 450 4.2.1 busy\n< RCPT\n> 550 5.1.1 who?\n< DATA\n> 354 go\ndata\n> 250 2.0.0 taken\nhang\n";
        try (var hop = new ScriptedHop(ScriptedHop.offering() + script)) {
            var fates = copies.attempt(copies.item(Kind.ORIGINAL, copies.mail(null), rows), hop, Duration.ZERO);
            assertThat(fates).extracting(Settlement::row).containsExactly(rows[0].id(), rows[1].id(), rows[2].id());
            assertThat(fates.get(0)).isEqualTo(new Settlement.Sent(rows[0].id(), reply("250 2.0.0 taken", hop), false));
            assertThat(fates.get(1)).isInstanceOf(Settlement.Later.class);
            assertThat(fates.get(2)).isEqualTo(new Settlement.Failed(rows[2].id(), reply("550 5.1.1 who?", hop), "5.1.1"));
            assertThat(String.join("", hop.received)).as("the original is whole").contains(SECRET);
        }
        try (var hop = new ScriptedHop(ScriptedHop.offering() + "hang\n")) {
            var item = copies.item(Kind.ORIGINAL, copies.mail(null), copies.row("太郎@x.example", null));
            assertThat(copies.attempt(item, hop, Duration.ZERO)).singleElement().isInstanceOfSatisfying(Settlement.Failed.class, failed -> {
                assertThat(failed.status()).isEqualTo("5.6.7");
                assertThat(failed.reply().saidByRemote()).isFalse();
            });
        }
    }

    private static Settlement.Reply reply(String text, ScriptedHop hop) {
        return new Settlement.Reply(text, "127.0.0.1:" + hop.port(), true);
    }

    @Test
    void aNextHopThatTakesDsnWishesIsSaidToHaveTakenThem() throws Exception {
        for (String extension : List.of("DSN", "SIZE")) {
            try (var hop = new ScriptedHop(ScriptedHop.offering(extension) + TO_TARO + "< DATA\n> 354 go\ndata\n> 250 ok\nhang\n")) {
                assertThat(copies.attempt(linked(), hop, Duration.ZERO)).singleElement()
                    .isInstanceOfSatisfying(Settlement.Sent.class, sent -> assertThat(sent.dsnHandedOn()).isEqualTo(extension.equals("DSN")));
            }
        }
    }

    private OutboxItem wishing(String notify, String orcpt, OutboxItem.Kind kind) throws IOException {
        var item = copies.item(kind, copies.mail(null), copies.linkRow(), copies.row("jiro@partner.example", null));
        var taro = item.rows().getFirst();
        var wishing = new OutboxItem.Row(taro.id(), taro.recipient(), taro.address(), taro.about(), notify, orcpt, taro.expiresAt());
        return new OutboxItem(item.claim(), kind, List.of(wishing, item.rows().getLast()), item.destination(), 1, item.createdAt(), item.delivery(), item.sender(),
            item.subject(), item.messageId(), item.acceptedAt(), "HDRS", "Q1+2B", false, item.spool(), item.files(), List.of());
    }

    @Test
    void dsnWishesOfEachRecipientGoOnAsTheyCame() throws Exception {
        var item = wishing("SUCCESS,FAILURE", "rfc822;old+2Btaro@partner.example", Kind.ORIGINAL);
        try (var hop = new ScriptedHop(ScriptedHop.offering("DSN") + "< MAIL FROM:<hanako@example.co.jp> RET=HDRS ENVID=Q1+2B\n> 250 ok\n"
                + "< RCPT TO:<taro@partner.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;old+2Btaro@partner.example\n> 250 ok\n"
                + "< RCPT TO:<jiro@partner.example>\n> 250 ok\n< DATA\n> 354 go\ndata\n> 250 ok\nhang\n")) {
            assertThat(copies.attempt(item, hop, Duration.ZERO)).hasSize(2).allSatisfy(fate ->
                assertThat(fate).isInstanceOfSatisfying(Settlement.Sent.class, sent -> assertThat(sent.dsnHandedOn()).isTrue()));
            assertThat(hop.faults).isEmpty();
            assertThat(hop.received).as("no wish where there was none").contains("RCPT TO:<jiro@partner.example>");
        }
        try (var hop = new ScriptedHop(ScriptedHop.offering("SIZE") + "< MAIL FROM:<hanako@example.co.jp>\n> 250 ok\n< RCPT TO:<taro@partner.example>\n> 250 ok\n"
                + "< RCPT\n> 250 ok\n< DATA\n> 354 go\ndata\n> 250 ok\nhang\n")) {
            assertThat(copies.attempt(item, hop, Duration.ZERO)).allSatisfy(fate ->
                assertThat(fate).isInstanceOfSatisfying(Settlement.Sent.class, sent -> assertThat(sent.dsnHandedOn()).as("so we say relayed").isFalse()));
            assertThat(hop.received).contains("MAIL FROM:<hanako@example.co.jp>", "RCPT TO:<taro@partner.example>");
        }
    }

    @Test
    void theNullReversePathStaysOne() throws Exception {
        var item = copies.item(Kind.ORIGINAL, copies.mail(null), copies.linkRow());
        var bounce = new OutboxItem(item.claim(), item.kind(), item.rows(), item.destination(), 1, item.createdAt(), item.delivery(), Optional.empty(),
            item.subject(), item.messageId(), item.acceptedAt(), null, null, false, item.spool(), item.files(), List.of());
        try (var hop = new ScriptedHop(ScriptedHop.offering("DSN") + "< MAIL FROM:<>\n> 250 ok\n< RCPT\n> 250 ok\n< DATA\n> 354 go\ndata\n> 250 ok\nhang\n")) {
            assertThat(copies.attempt(bounce, hop, Duration.ZERO)).singleElement().isInstanceOf(Settlement.Sent.class);
            assertThat(hop.received).contains("MAIL FROM:<>");
        }
        var report = copies.report(copies.mail(null), new Report(Report.Action.FAILED, OURS, "5.6.7", null));
        try (var hop = new ScriptedHop(ScriptedHop.offering("DSN") + "< MAIL FROM:<>\n> 250 ok\n< RCPT\n> 250 ok\n< DATA\n> 354 go\ndata\n> 250 ok\nhang\n")) {
            assertThat(copies.attempt(report, hop, Duration.ZERO)).singleElement().isInstanceOf(Settlement.Sent.class);
            assertThat(hop.received).as("nobody reports about a report").contains("MAIL FROM:<>", "RCPT TO:<hanako@example.co.jp> NOTIFY=NEVER");
        }
    }

    @Test
    void namesOfRevokedFilesAreNotToldAndTheLinkIs() throws Exception {
        var item = linked();
        var revoked = new OutboxItem(item.claim(), item.kind(), item.rows(), item.destination(), 1, item.createdAt(), item.delivery(), item.sender(), item.subject(),
            item.messageId(), item.acceptedAt(), null, null, false, item.spool(),
            List.of(new OutboxItem.FileLine(20, false)), List.of());
        var text = readable(copies.text(revoked));
        assertThat(text).contains("revoked file").doesNotContain("plan.pdf", SECRET);
        assertThat(links(text)).hasSize(1);
    }

    private OutboxItem withFiles(OutboxItem item, OutboxItem.FileLine... files) {
        return new OutboxItem(item.claim(), item.kind(), item.rows(), item.destination(), item.attempt(), item.createdAt(), item.delivery(), item.sender(), item.subject(),
            item.messageId(), item.acceptedAt(), null, null, false, item.spool(), List.of(files), item.held());
    }

    private String notice(OutboxItem.@Nullable Spool spool, InMail inMail, OutboxItem.FileLine... files) throws Exception {
        var item = copies.item(Kind.NOTICE, copies.mail(null), copies.linkRow());
        return body(copies.text(new OutboxItem(item.claim(), item.kind(), item.rows(), item.destination(), item.attempt(), item.createdAt(), item.delivery(), item.sender(),
            item.subject(), item.messageId(), item.acceptedAt(), null, null, false, spool, List.of(files), inMail, item.held())));
    }

    @Test
    void theNoticeNamesWhatLeavesInTheMailItself() throws Exception {
        var heading = "メールに添付のまま送るファイル / Attachments in the mail itself";
        var signed = "Subject: plans\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: multipart/signed; boundary=s; protocol=\"application/pgp-signature\"\r\n\r\n"
            + "--s\r\nContent-Type: application/pdf; name=\"signed plan.pdf\"\r\n\r\n%PDF-1.7 signed\r\n--s\r\nContent-Type: application/pgp-signature; name=signature.asc\r\n\r\n"
            + PgpText.SIGNATURE + "\r\n--s--\r\n"
            + "--m\r\nContent-Type: application/pdf; name=plain.pdf\r\n\r\n%PDF-1.7\r\n--m--\r\n";
        assertThat(notice(copies.mail(null), new InMail(true, 1, 20))).contains(heading + " (1, 20 B):\r\n  plan.pdf (20 B)\r\n").doesNotContain("ファイル / Files:");
        assertThat(notice(copies.mail(signed, null), new InMail(true, 2, 2048)))
            .contains(heading + " (2, 2 KiB):\r\n  plain.pdf (8 B)\r\n  signed plan.pdf (15 B)\r\n").doesNotContain("signature.asc");
        assertThat(notice(copies.mail(signed, null), new InMail(true, 1, 15), new OutboxItem.FileLine(8, true))).as("the other one gets a link")
            .contains("ファイル / Files:\r\n  plain.pdf (8 B)\r\n", heading + " (1, 15 B):\r\n  signed plan.pdf (15 B)\r\n");
        assertThat(notice(copies.mail(null), new InMail(true, 0, 0))).as("from before they were counted").contains(heading + ":\r\n  plan.pdf (20 B)\r\n");
        assertThat(notice(null, new InMail(true, 2, 2048))).as("its spool is gone").contains(heading + " (2, 2 KiB)\r\n").doesNotContain("plan.pdf");
        assertThat(notice(copies.mail(null), new InMail(true, 3, 60))).as("of others than its spool has").contains(heading + " (3, 60 B)\r\n").doesNotContain("plan.pdf");
        assertThat(notice(copies.mail(null), InMail.NONE, new OutboxItem.FileLine(20, true))).contains("plan.pdf (20 B)").doesNotContain(heading);
    }

    @Test
    void whoGetsTheMessageAsAFileIsSentALinkToItInItsPlace() throws Exception {
        var whole = new OutboxItem.FileLine(2000, true, true);
        var item = withFiles(linked(), whole);
        var copy = copies.text(item);
        assertThat(copy).isEqualTo(copies.text(item));
        assertThat(readable(copy)).contains("Message-ID: <m1@example.co.jp>", "signed-message.eml", "This message is signed")
            .doesNotContain("Dear Taro", "plan.pdf", "secret", SECRET);
        assertThat(links(readable(copy)).stream().distinct()).hasSize(1);
        var attachment = new OutboxItem.FileLine(20, true);
        assertThat(readable(copies.text(withFiles(linked(), attachment)))).contains("plan.pdf", "Dear Taro").doesNotContain("signed-message.eml", "This message is signed");
        var notice = copies.item(Kind.NOTICE, copies.mail(null), copies.linkRow());
        assertThat(body(copies.text(withFiles(notice, attachment, whole)))).contains("plan.pdf (20 B)", "signed-message.eml (2 KiB)");
        assertThat(body(copies.text(withFiles(notice, whole)))).contains("signed-message.eml").doesNotContain("plan.pdf");
    }

    @Test
    void aMessageFromThePortalIsTheSameEachTimeAndNamesItsOneRecipient() throws Exception {
        var spool = copies.portal("図面です", "お世話になります。<b>");
        for (String to : List.of(Copies.TARO, "jiro@other.example")) {
            var item = copies.item(Kind.LINKED, spool, copies.row(to, Instant.parse("2026-12-06T01:00:00Z")));
            var text = copies.text(item);
            assertThat(text).isEqualTo(copies.text(item));
            assertThat(Copies.field(text, "Message-ID")).hasValue("Message-ID: <m1@example.co.jp>");
            assertThat(Copies.field(text, "Date")).hasValue("Date: Sun, 22 Nov 2026 01:00:00 +0000");
            assertThat(Copies.field(text, "To")).hasValue("To: <" + to + ">");
            assertThat(Copies.field(text, "From")).hasValue("From: <hanako@example.co.jp>");
            assertThat(new java.util.HashSet<>(links(readable(text)))).as("one link").hasSize(1);
            var alternatives = alternatives(text);
            assertThat(alternatives.get("text/plain; charset=utf-8")).contains("お世話になります。<b>\r\n").satisfies(t -> assertThat(links(t)).hasSize(1));
            var html = org.jsoup.Jsoup.parse(alternatives.get("text/html; charset=utf-8"));
            assertThat(links(html.body().text())).hasSize(1);
            assertThat(html.select("a[href]")).hasSize(1);
            assertThat(html.body().text()).contains("お世話になります。<b>").contains("plan.pdf");
            assertThat(html.select("b")).isEmpty();
        }
    }

    private static java.util.Map<String, String> alternatives(String message) throws Exception {
        var mail = new jakarta.mail.internet.MimeMessage(null, new java.io.ByteArrayInputStream(message.getBytes(StandardCharsets.UTF_8)));
        var parts = (jakarta.mail.internet.MimeMultipart) mail.getContent();
        assertThat(parts.getContentType()).startsWith("multipart/alternative");
        assertThat(parts.getPreamble()).isNull();
        var texts = new java.util.LinkedHashMap<String, String>();
        for (int i = 0; i < parts.getCount(); i++) {
            texts.put(parts.getBodyPart(i).getContentType(), (String) parts.getBodyPart(i).getContent());
        }
        return texts;
    }

    @Test
    void aReportGivesBackTheHeaderOfAPortalMessage() throws Exception {
        var reply = new Settlement.Reply("550 5.1.1 no such user", "hop.example:25", true);
        var text = copies.text(copies.report(copies.portal("plans", "x"), new Report(Report.Action.FAILED, reply, "5.1.1", null)));
        var header = text.substring(text.indexOf("text/rfc822-headers"));
        assertThat(header).contains("Date: Sun, 22 Nov 2026 01:00:00 +0000\r\nFrom: <hanako@example.co.jp>\r\nTo: <taro@partner.example>\r\n"
            + "Subject: plans\r\nMessage-ID: <m1@example.co.jp>\r\n");
        assertThat(text).contains("Remote-MTA: dns; hop.example\r\n", "Diagnostic-Code: smtp; 550 5.1.1 no such user");
    }

    /** One that nobody answered goes out twice. */
    @Test
    void aReportThatIsSentAgainIsTheSame() throws Exception {
        var report = copies.report(copies.mail(null), new Report(Report.Action.FAILED, OURS, "5.6.7", null));
        assertThat(copies.text(report)).isEqualTo(copies.text(report)).contains("Message-ID: <" + report.rows().getFirst().id() + "@");
        assertThat(copies.text(copies.report(copies.mail(null), new Report(Report.Action.FAILED, OURS, "5.6.7", null)))).isNotEqualTo(copies.text(report));
    }

    @Test
    void aReportAboutTwoSaysOfEachWhatHappenedAndSettlesBoth() throws Exception {
        var taro = copies.report(copies.mail(null), new Report(Report.Action.FAILED, new Settlement.Reply("550 5.1.1 no such user", "hop.example:25", true), "5.1.1", null));
        var jiro = copies.item(Kind.DSN, null, 1, new Report(Report.Action.FAILED, OURS, "5.6.7", null), copies.about("jiro@partner.example"));
        var both = new OutboxItem(taro.claim(), Kind.DSN, List.of(taro.rows().getFirst(), jiro.rows().getFirst()), taro.destination(), 1, taro.createdAt(), taro.delivery(),
            taro.sender(), taro.subject(), taro.messageId(), taro.acceptedAt(), null, null, false, taro.spool(), List.of(), List.of());
        assertThat(copies.text(both)).isEqualTo(copies.text(both)).containsSubsequence("Final-Recipient: rfc822; taro@partner.example", "Status: 5.1.1",
            "Diagnostic-Code: smtp; 550 5.1.1 no such user", "Final-Recipient: rfc822; jiro@partner.example", "Status: 5.6.7");
        assertThat(Copies.field(copies.text(both), "Message-ID")).as("it says more").isNotEqualTo(Copies.field(copies.text(taro), "Message-ID"));
        try (var hop = new ScriptedHop(ScriptedHop.offering() + "< MAIL FROM:<>\n> 250 ok\n< RCPT TO:<hanako@example.co.jp>\n> 250 ok\n< DATA\n> 354 go\ndata\n> 250 ok\nhang\n")) {
            assertThat(copies.attempt(both, hop, Duration.ZERO)).hasSize(2).allSatisfy(each -> assertThat(each).isInstanceOf(Settlement.Sent.class))
                .extracting(Settlement::row).containsExactlyElementsOf(both.rows().stream().map(OutboxItem.Row::id).toList());
            assertThat(hop.faults).isEmpty();
        }
    }

    @Test
    void aReportSaysWhatHappenedInItsOwnWords() throws Exception {
        var spool = copies.mail(null);
        var failed = copies.text(copies.report(spool, new Report(Report.Action.FAILED, OURS, "5.6.7", null)));
        assertThat(failed).contains("Action: failed", "Status: 5.6.7", "Final-Recipient: rfc822; taro@partner.example", "Message-ID: <m1@example.co.jp>")
            .doesNotContain("Diagnostic-Code", "Remote-MTA", "Dear Taro", SECRET);
        var until = Instant.parse("2026-11-27T01:05:00Z");
        var busy = new Settlement.Reply("451 4.3.0 busy", "hop.example:25", true);
        assertThat(copies.text(copies.report(spool, new Report(Report.Action.DELAYED, busy, "4.0.0", until))))
            .contains("Action: delayed", "Status: 4.3.0", "Will-Retry-Until: Fri, 27 Nov 2026 01:05:00 +0000", "Diagnostic-Code: smtp; 451 4.3.0 busy");
        var ok = new Settlement.Reply("250 queued", "hop.example:25", true);
        assertThat(copies.text(copies.report(spool, new Report(Report.Action.RELAYED, ok, "2.0.0", null)))).contains("Action: relayed", "Status: 2.0.0");
        var odd = new Settlement.Reply("went away", "", false);
        assertThat(copies.text(copies.report(null, new Report(Report.Action.FAILED, odd, "5.4.7", null)))).contains("Action: failed", "Status: 5.4.7");
    }

    @Test
    void aSenderIsToldInWordsThatNobodyConfirmed() throws Exception {
        var silence = new Settlement.Reply("451 4.4.2 no answer", "hop.example:25", false);
        var item = copies.report(copies.mail(null), new Report(Report.Action.UNCONFIRMED, silence, "4.4.2", null));
        var text = copies.text(item);
        assertThat(text).isEqualTo(copies.text(item)).contains("To: <hanako@example.co.jp>", "Auto-Submitted: auto-generated");
        assertThat(body(text).lines().collect(Collectors.joining(" "))).contains("<taro@partner.example>", "never said that it had it", "お確かめください");
    }

    @Test
    void aSenderIsToldOfAFileThatWasShutAndOfAPasswordThatNobodyNeeds() throws Exception {
        var shut = copies.report(copies.mail(null), new Report(Report.Action.WITHDRAWN, Settlement.Reply.ours("550 5.7.1 Eicar-Signature"), "5.7.1", null));
        assertThat(body(copies.text(shut))).contains("(Eicar-Signature)", "Nobody can open that file any more", "もう誰も開けません");
        var erased = copies.report(copies.mail(null), new Report(Report.Action.WITHDRAWN, Settlement.Reply.ours("550 5.7.1 Eicar-Signature").erased(), "5.7.1", null));
        assertThat(body(copies.text(erased))).as("shredded meanwhile").contains("Malware was found later in a file of a message that had been sent.", "もう誰も開けません")
            .doesNotContain("Eicar", "erased");
        var password = copies.report(copies.mail(null), new Report(Report.Action.PASSWORD, Settlement.Reply.ours("250 2.0.0 accepted"), "2.0.0", null));
        assertThat(body(copies.text(password))).contains("there is no need for a password", "/help/password-protected", "/sent/" + password.delivery());
        assertThat(copies.text(password)).contains("To: <hanako@example.co.jp>", "Auto-Submitted: auto-generated");
    }

    /** Whoever opened it would find it shut, and nobody would hear of that. */
    @Test
    void aCopyWhoseLinkHasClosedIsReportedAndNotSent() throws Exception {
        var closes = Copies.QUEUED.plus(Duration.ofDays(3));
        var item = copies.item(Kind.LINKED, copies.mail(null), copies.row(Copies.TARO, closes));
        var later = ScriptedHop.offering() + "< MAIL\n> 250 ok\n< RCPT\n> 450 4.2.0 later\n< RSET\n> 250 ok\nhang\n";
        try (var hop = new ScriptedHop(later)) {
            assertThat(copies.attempt(item, hop, Duration.ofDays(3).minusMinutes(1))).singleElement().isInstanceOfSatisfying(Settlement.Later.class, put -> {
                assertThat(put.at()).as("once more at its end").isEqualTo(closes);
                assertThat(put.giveUpAt()).isEqualTo(closes);
            });
        }
        try (var hop = new ScriptedHop()) {
            assertThat(copies.attempt(item, hop, Duration.ofDays(3))).singleElement().isInstanceOfSatisfying(Settlement.Failed.class, failed -> {
                assertThat(failed.status()).isEqualTo("5.4.7");
                assertThat(failed.reply().text()).contains("the link closed");
                assertThat(failed.reply().saidByRemote()).isFalse();
            });
        }
        try (var hop = new ScriptedHop(later)) {
            var original = copies.item(Kind.ORIGINAL, copies.mail(null), copies.row(Copies.TARO, closes));
            assertThat(copies.attempt(original, hop, Duration.ofDays(4))).as("what needs no link").singleElement().isInstanceOf(Settlement.Later.class);
        }
    }
}
