package sekisho.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.gateway.people.EmailAddress;
import sekisho.inspection.FileType;
import sekisho.inspection.Protection;

/** Which messages a condition of the policy file means. */
class ConditionTest {

    private static final Optional<EmailAddress> HANAKO = EmailAddress.parse("hanako@example.co.jp");
    private static final EmailAddress TARO = EmailAddress.parse("taro@partner.example").orElseThrow();

    private static Policy rule(String when) {
        return PolicyFile.read("policy.yaml", """
            inside: [example.co.jp]
            zone: Asia/Tokyo
            groups:
              sales: [hanako@example.co.jp, "@sales.example.co.jp"]
              managers: { account: /managers }
            rules:
              - name: meant
                when: %s
                then: { attachments: refuse }
            """.formatted(when));
    }

    private static boolean meant(String when, MessageFacts facts) {
        return rule(when).decide(facts, TARO).rule().equals("meant");
    }

    private static boolean meant(String when, AttachmentFacts... attachments) {
        return meant(when, Judged.message(HANAKO, attachments));
    }

    private static AttachmentFacts sized(long octets) {
        return new AttachmentFacts("a.bin", List.of(), "application/octet-stream", octets, Examined.NOT);
    }

    @ParameterizedTest
    @CsvSource({"over 1M, 1048576, false", "over 1M, 1048577, true", "under 1K, 1023, true", "under 1K, 1024, false", "1K to 2K, 1024, true",
        "1K to 2K, 2048, true", "1K to 2K, 2049, false", "over 0, 0, false", "0, 0, true"})
    void sizesCountAtTheirEdges(String span, long octets, boolean meant) {
        assertThat(meant("{ attachment-size: " + span + " }", sized(octets))).isEqualTo(meant);
        assertThat(meant("{ total-size: " + span + " }", sized(octets))).isEqualTo(meant);
    }

    @Test
    void attachmentsAreCountedAndAddedUp() {
        assertThat(meant("{ attachment-count: over 1 }", sized(1))).isFalse();
        assertThat(meant("{ attachment-count: over 1 }", sized(1), sized(1))).isTrue();
        assertThat(meant("{ attachment-count: 2 }", sized(1), sized(1))).isTrue();
        assertThat(meant("{ attachment-size: over 1K }", sized(600), sized(600))).isFalse();
        assertThat(meant("{ total-size: over 1K }", sized(600), sized(600))).isTrue();
    }

    @Test
    void theConditionsOnAnAttachmentMeanOneAttachment() {
        var small = new AttachmentFacts("a.exe", List.of(), "application/octet-stream", 10, Examined.NOT);
        var when = "{ attachment-name: '*.exe', attachment-size: over 1K }";
        assertThat(meant(when, small, sized(5000))).isFalse();
        assertThat(meant(when, new AttachmentFacts("b.exe", List.of(), "application/octet-stream", 5000, Examined.NOT), small)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"*.exe, SETUP.EXE, true", "*.exe, setup.exe.txt, false", "*.exe, ｓｅｔｕｐ．ＥＸＥ, true", "report-20??.pdf, report-2026.pdf, true",
        "report-20??.pdf, report-206.pdf, false", "?.pdf, 𠮷.pdf, true", "?.exe, 😀.exe, true", "?.pdf, 𠮷𠮷.pdf, false", "*見積*, 御見積書.xlsx, true", "'*', anything, true", "a*a*a*b, aaaaaaaaaaaaaaaa, false"})
    void namesAreComparedAsPeopleReadThem(String pattern, String name, boolean meant) {
        assertThat(meant("{ attachment-name: '" + pattern + "' }", Judged.file(name, "x/y"))).isEqualTo(meant);
    }

    @Test
    void aFileWithTwoNamesIsJudgedByBoth() {
        var two = new AttachmentFacts("a.pdf", List.of("a.exe"), "application/pdf", 10, Examined.NOT);
        assertThat(meant("{ attachment-name: '*.exe' }", two)).isTrue();
        assertThat(meant("{ attachment-name: '*.pdf' }", two)).isTrue();
    }

    @Test
    void aRenamedFileIsKnownByItsContent() {
        var renamed = new AttachmentFacts("minutes.txt", List.of(), "text/plain", 10,
            new Examined(Optional.of(FileType.ZIP), Optional.of(Protection.NONE), Optional.empty()));
        assertThat(meant("{ attachment-type: application/zip }", renamed)).isTrue();
        assertThat(meant("{ attachment-type: zip }", renamed)).isTrue();
        assertThat(meant("{ attachment-type: text/* }", renamed)).as("the declared type counts too").isTrue();
        assertThat(meant("{ attachment-type: pdf }", renamed)).isFalse();
    }

    @Test
    void aFileThatSomeReadersDecodeIsJudgedByBothTypes() {
        var both = new AttachmentFacts("a.bin", List.of(), "application/octet-stream", 10, new Examined(Optional.of(FileType.TEXT), Optional.of(Protection.NONE), Optional.empty()),
            Optional.of(FileType.ZIP));
        assertThat(meant("{ attachment-type: zip }", both)).isTrue();
        assertThat(meant("{ attachment-type: text/plain }", both)).isTrue();
        assertThat(meant("{ attachment-type: rar }", both)).isFalse();
    }

    @Test
    void headersAreThereOrLookLikeSomething() {
        var envelope = new MessageFacts.Envelope(HANAKO, Set.of(), Judged.AT);
        var facts = Judged.message(envelope, Map.of("x-classification", List.of("public", "社外秘 Secret")));
        assertThat(meant("{ header: X-Classification }", facts)).isTrue();
        assertThat(meant("{ header: X-Other }", facts)).isFalse();
        assertThat(meant("{ header: { X-CLASSIFICATION: '*secret*' } }", facts)).as("any field of that name").isTrue();
        assertThat(meant("{ header: { X-Classification: [top, '社外秘*'] } }", facts)).isTrue();
        assertThat(meant("{ header: { X-Classification: secret } }", facts)).isFalse();
        assertThat(meant("{ header: { X-Classification: public, X-Other: '*' } }", facts)).as("all that are named").isFalse();
    }

    @Test
    void ofALongHeaderFieldAllCounts() {
        var envelope = new MessageFacts.Envelope(HANAKO, Set.of(), Judged.AT);
        for (int others : new int[] {0, 70, 10_000}) {
            var facts = Judged.message(envelope, Map.of("cc", List.of("Somebody Else <somebody.else@partner.example>, ".repeat(others) + "chair@board.example")));
            assertThat(meant("{ header: { Cc: '*@board.example*' } }", facts)).as("behind %d others", others).isTrue();
            assertThat(meant("{ header: { Cc: '*@boards.example*' } }", facts)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"strictly confidential", "strictly\tconfidential", "strictly \t  confidential", "Strictly\u3000 Confidential", "strictly\u00a0confidential"})
    void whiteSpaceIsOneBlankHoweverAFieldWasFolded(String subject) {
        var facts = Judged.message(new MessageFacts.Envelope(HANAKO, Set.of(), Judged.AT), Map.of("subject", List.of("re: " + subject + "!")));
        assertThat(meant("{ header: { Subject: '*strictly confidential*' } }", facts)).isTrue();
        assertThat(meant("{ header: { Subject: '*strictly   confidential*' } }", facts)).isTrue();
        assertThat(meant("{ header: { Subject: '*strictlyconfidential*' } }", facts)).isFalse();
    }

    @Test
    void manyRecipientsAreJudgedAsEachOfThemAlone() {
        var policy = PolicyFile.read("policy.yaml", """
            inside: [example.co.jp]
            rules:
              - { name: secret within, when: { direction: internal, header: { Subject: "*secret*" } }, then: { hold: 1m } }
              - { name: files to taro, when: { recipient: taro@partner.example, attachments: present }, then: { attachments: refuse } }
              - { name: lookalikes, when: { recipient-looks-like: inside, sender: inside }, then: { hold: 2m } }
              - { name: secret, when: { header: { Subject: "*secret*" }, sender: inside }, then: { hold: 3m } }
            """);
        var recipients = Stream.of("taro@partner.example", "ichiro@example.co.jp", "x@exarnple.co.jp", "y@other.example").map(EmailAddress::parse)
            .map(Optional::orElseThrow).toList();
        var envelope = new MessageFacts.Envelope(HANAKO, Set.of(), Judged.AT);
        assertThat(policy.decide(Judged.message(envelope, Map.of("subject", List.of("a secret"))), recipients)).extracting(Decision::rule)
            .containsExactly("secret", "secret within", "lookalikes", "secret");
        assertThat(policy.decide(Judged.message(envelope, Map.of(), sized(1)), recipients)).extracting(Decision::rule)
            .containsExactly("files to taro", "built-in", "lookalikes", "built-in");
        assertThat(policy.decide(Judged.message(envelope, Map.of()), List.of())).isEmpty();
    }

    @Test
    void aGroupIsAListOrWhatTheIdentityProviderSays() {
        assertThat(meant("{ sender-group: sales }")).isTrue();
        assertThat(meant("{ sender-group: sales }", Judged.message(EmailAddress.parse("a@sales.example.co.jp")))).isTrue();
        assertThat(meant("{ sender-group: sales }", Judged.message(EmailAddress.parse("a@example.co.jp")))).isFalse();
        assertThat(meant("{ sender-group: sales }", Judged.message(Optional.empty()))).isFalse();
        assertThat(meant("{ sender-group: managers }")).isFalse();
        var manager = new MessageFacts.Envelope(HANAKO, Set.of("/managers"), Judged.AT);
        assertThat(meant("{ sender-group: [managers, sales] }", Judged.message(manager, Map.of()))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"09:00-18:00, 2026-11-25T00:00:00Z, true", "09:00-18:00, 2026-11-25T09:00:00Z, false", "22:00-06:00, 2026-11-25T13:00:00Z, true",
        "22:00-06:00, 2026-11-25T20:59:59Z, true", "22:00-06:00, 2026-11-25T21:00:00Z, false", "18:00-24:00, 2026-11-25T14:59:59Z, true",
        "18:00-24:00, 2026-11-25T15:00:00Z, false"})
    void theTimeOfDayIsThatOfTheZone(String times, Instant at, boolean meant) {
        var facts = Judged.message(new MessageFacts.Envelope(HANAKO, Set.of(), at), Map.of());
        assertThat(meant("{ time: '" + times + "' }", facts)).isEqualTo(meant);
    }

    @ParameterizedTest
    @CsvSource({"mon-fri, 2026-11-27T14:59:00Z, true", "mon-fri, 2026-11-27T15:00:00Z, false", "sat-sun, 2026-11-27T15:00:00Z, true",
        "fri-mon, 2026-11-29T10:00:00Z, true", "wed, 2026-11-25T01:00:00Z, true", "tue, 2026-11-25T01:00:00Z, false"})
    void theWeekdayIsThatOfTheZone(String days, Instant at, boolean meant) {
        var facts = Judged.message(new MessageFacts.Envelope(HANAKO, Set.of(), at), Map.of());
        assertThat(meant("{ weekday: " + days + " }", facts)).isEqualTo(meant);
    }

    @ParameterizedTest
    @CsvSource({"outbound, hanako@example.co.jp, taro@partner.example, true", "outbound, hanako@example.co.jp, ichiro@example.co.jp, false",
        "outbound, guest@partner.example, taro@partner.example, true", "outbound, , taro@partner.example, true",
        "outbound, hanako@example.co.jp, x@sub.example.co.jp, true", "internal, hanako@example.co.jp, ichiro@example.co.jp, true",
        "internal, hanako@example.co.jp, taro@partner.example, false", "internal, guest@partner.example, ichiro@example.co.jp, false",
        "internal, , ichiro@example.co.jp, false"})
    void theDirectionIsThatOfEachRecipientsCopy(String direction, String sender, String recipient, boolean meant) {
        var facts = Judged.message(Optional.ofNullable(sender).flatMap(EmailAddress::parse), sized(1));
        var decision = rule("{ direction: " + direction + " }").decide(facts, EmailAddress.parse(recipient).orElseThrow());
        assertThat(decision.rule().equals("meant")).isEqualTo(meant);
    }

    @Test
    void theRuleReadsAsItWasWritten() {
        assertThat(rule("{ sender: inside, recipient: '@*.partner.example', sender-group: sales, direction: outbound, time: 09:00-18:00, "
            + "weekday: mon-tue, header: { X-A: b* }, attachments: present, attachment-count: over 2, total-size: under 1G, "
            + "attachment-size: over 10M, attachment-type: [zip, image/*], attachment-name: '*.exe' }").texts().getFirst().when())
            .containsExactly("sender: inside", "recipient: @*.partner.example", "sender-group: sales", "direction: outbound",
                "time: 09:00-18:00 (Asia/Tokyo)", "weekday: mon, tue (Asia/Tokyo)", "header x-a: b*", "attachments: present",
                "attachment-count: over 2", "total-size: under 1G", "attachment-size: over 10M", "attachment-type: zip, image/*",
                "attachment-name: *.exe");
        assertThat(rule("{ direction: internal }").texts().getFirst().when()).containsExactly("direction: internal");
        assertThat(rule("{ attachments: absent }").texts().getFirst().when()).containsExactly("attachments: absent");
    }
}
