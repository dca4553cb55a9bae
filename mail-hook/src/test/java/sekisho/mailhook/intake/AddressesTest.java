package sekisho.mailhook.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.policy.AttachmentFacts;
import sekisho.gateway.policy.Attachments;
import sekisho.gateway.policy.Examined;
import sekisho.gateway.policy.MessageFacts;
import sekisho.gateway.policy.PolicyFile;
import sekisho.mailhook.smtp.Mailbox;

/** Portal, mail, policy and relay mean the same by an address: what one door accepts, so does the other, and the relay can write it. */
class AddressesTest {

    private static final List<String> PIECES = List.of("a", "Z", "7", ".", "..", "-", "_", "+", "\"", "\\", "@", " ", "<", ">", "(", ")", ",", ";", ":",
        "[", "]", "'", "%", "!", "\t", "\r", "\n", "\0", "\u007f", "é", "e\u0301", "太", "𠮷", "ß", "\u00a0", "\u3000", "\u3002", "\uff21", "\u200b",
        "\u200d", "\u202e", "\u2066", "\u00ad", "\u2028", "\ufe0f", "\u3164", "\ud800", "\udc00", "\ue000", "xn--", "x".repeat(63), "漢".repeat(40), "بريد");
    private static final List<String> DOMAINS = List.of("x.example", "partner.example", "例え.example", "xn--r8jz45g.example", "X.Example", "localhost");

    private static final MessageFacts PDF = new MessageFacts(new MessageFacts.Envelope(Optional.empty(), Set.of(), Instant.EPOCH),
        new MessageFacts.Content(Map.of(), false, false, List.of(new AttachmentFacts("a.pdf", List.of(), "application/pdf", 1, Examined.NOT))), Set.of());

    private static Optional<EmailAddress> byMail(String text) {
        try {
            return HookTransactions.address(Mailbox.parse(text));
        } catch (IllegalArgumentException refusedBySmtp) {
            return Optional.empty();
        }
    }

    private static void bothDoorsAgreeOn(String text) {
        var typed = EmailAddress.parse(text);
        assertThat(byMail(text)).as(text).isEqualTo(typed);
        typed.ifPresent(address -> {
            var written = Mailbox.of(address);
            assertThat(Mailbox.parse(written.toString())).as(text).isEqualTo(written);
            assertThat(EmailAddress.parse(written.toString())).as("read back from its row: %s", text).contains(address);
            assertThat(written.toString().codePoints().noneMatch(Character::isISOControl)).as(text).isTrue();
        });
    }

    @Test
    void bothDoorsAcceptTheSameAndTheRelayCanWriteIt() {
        var random = new Random(7);
        int accepted = 0;
        for (int i = 0; i < 20_000; i++) {
            var text = new StringBuilder();
            boolean quoted = random.nextInt(3) == 0;
            text.append(quoted ? "\"" : "");
            for (int n = random.nextInt(5); n >= 0; n--) {
                text.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            text.append(quoted ? "\"@" : "@").append(DOMAINS.get(random.nextInt(DOMAINS.size())));
            if (random.nextInt(3) == 0) {
                text.insert(text.lastIndexOf("@") + 1 + random.nextInt(3), PIECES.get(random.nextInt(PIECES.size())));
            }
            if (text.charAt(0) == '@') {
                continue;   // a source route, which SMTP drops (RFC 5321 appendix F.2)
            }
            bothDoorsAgreeOn(text.toString());
            accepted += EmailAddress.parse(text.toString()).isPresent() ? 1 : 0;
        }
        assertThat(accepted).as("enough of them were addresses").isGreaterThan(2_000);
    }

    @Test
    void aPolicyCanNameWhateverIsAccepted() {
        var addresses = new ArrayList<>(List.of("taro@partner.example", "\"a b\"@x.example", "\"a'\\\"b\"@x.example", "taro.@carrier.example",
            "太郎@例え.example", "taro@xn--r8jz45g.example", "taro@localhost"));
        addresses.add("a".repeat(200) + "@x.example");
        for (var text : addresses) {
            var address = EmailAddress.parse(text).orElseThrow();
            for (var pattern : List.of(address.toString(), "@" + address.domain())) {
                var policy = PolicyFile.read("policy.yaml", "inside: example.co.jp\nrules:\n  - name: them\n    when: { recipient: '"
                    + pattern.replace("'", "''") + "' }\n    then: { attachments: refuse }\n");
                assertThat(policy.decide(PDF, address).attachments()).as(pattern).isEqualTo(Attachments.REFUSE);
            }
        }
    }

    @Test
    void aRuleCantBeEvadedByWritingTheDomainOtherwise() {
        var policy = PolicyFile.read("policy.yaml", """
            inside: [例え.example]
            rules:
              - name: rivals
                when: { recipient: ["@ライバル.example", "@*.xn--r8jz45g.example"] }
                then: { attachments: refuse }
            """);
        for (var text : List.of("taro@ライバル.example", "taro@xn--eckue3ck.example", "taro@sub.例え.example", "taro@SUB.XN--R8JZ45G.example")) {
            assertThat(policy.decide(PDF, EmailAddress.parse(text).orElseThrow()).rule()).as(text).isEqualTo("rivals");
        }
        assertThat(policy.isInside(EmailAddress.parse("taro@xn--r8jz45g.example").orElseThrow())).isTrue();
    }
}
