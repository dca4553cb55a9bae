package sekisho.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sekisho.gateway.people.EmailAddress;
import sekisho.inspection.FileType;
import sekisho.inspection.Protection;
import sekisho.inspection.clamav.Verdict;

/** What comes of a message by what is in it. */
class DecisionTest {

    private static final Optional<EmailAddress> HANAKO = EmailAddress.parse("hanako@example.co.jp");
    private static final EmailAddress TARO = EmailAddress.parse("taro@partner.example").orElseThrow();
    private static final AttachmentFacts OPEN = Judged.file("open.zip", FileType.ZIP, Protection.NONE);
    private static final AttachmentFacts LOCKED = Judged.file("locked.zip", FileType.ZIP, Protection.PASSWORD);
    private static final AttachmentFacts DEEP = Judged.file("deep.zip", FileType.ZIP, Protection.UNKNOWN);
    private static final AttachmentFacts OPAQUE = Judged.file("a.lzh", FileType.UNKNOWN, Protection.OPAQUE);
    private static final AttachmentFacts UNSEEN = Judged.file("unseen.zip", "application/zip");

    private static Policy then(String then) {
        return PolicyFile.read("policy.yaml", "inside: [example.co.jp]\nrules:\n  - name: one\n    then: " + then);
    }

    private static Decision decide(String then, AttachmentFacts... attachments) {
        return then(then).decide(Judged.message(HANAKO, attachments), TARO);
    }

    private static AttachmentFacts scanned(Verdict verdict) {
        return Judged.file("a.zip", FileType.ZIP, Protection.NONE, verdict);
    }

    @ParameterizedTest
    @CsvSource({"link, LINK", "pass, PASS"})
    void whatAsksForAPasswordIsNothingSpecialUnlessARuleSaysSo(String attachments, Attachments way) {
        assertThat(decide("{ attachments: " + attachments + " }", OPEN, LOCKED, DEEP).attachments()).isEqualTo(way);
    }

    @Test
    void whatAsksForAPasswordIsRefusedWithItsOwnObjection() {
        var then = "{ attachments: link, password-protected: refuse }";
        assertThat(decide(then, OPEN, LOCKED).objection()).contains(Objection.PASSWORD_PROTECTED);
        assertThat(decide(then, OPEN, LOCKED).attachments()).isEqualTo(Attachments.REFUSE);
        assertThat(decide(then, OPEN).objection()).isEmpty();
        assertThat(decide("{ attachments: refuse, password-protected: pass }", LOCKED).objection()).contains(Objection.ATTACHMENTS);
    }

    /** To some readers it is what it is as it stands, to others what it is decoded. */
    @Test
    void ofAFileInTwoReadingsTheStrongerProtectionCountsAndNoneIsSure() {
        for (var reading : List.of(LOCKED, DEEP, OPEN)) {
            var expected = reading.equals(LOCKED) ? Protection.PASSWORD : Protection.UNKNOWN;
            assertThat(OPEN.examined().orDecoded(reading.examined()).protection()).contains(expected);
            assertThat(reading.examined().orDecoded(OPEN.examined()).protection()).contains(expected);
        }
        assertThat(OPEN.examined().orDecoded(Examined.NOT).protection()).contains(Protection.UNKNOWN);
        assertThat(Examined.NOT.orDecoded(LOCKED.examined()).protection()).as("nobody asked").isEmpty();
    }

    @Test
    void whoRestrictsProtectedFilesGetsALinkForWhatCanNotBeTold() {
        for (var doubtful : List.of(DEEP, OPAQUE, UNSEEN)) {
            assertThat(decide("{ attachments: pass, password-protected: refuse }", doubtful).attachments()).isEqualTo(Attachments.LINK);
            assertThat(decide("{ attachments: pass, password-protected: link }", doubtful).attachments()).isEqualTo(Attachments.LINK);
            assertThat(decide("{ attachments: pass, password-protected: refuse, unknown-protection: refuse }", doubtful).objection())
                .contains(Objection.UNKNOWN_PROTECTION);
            assertThat(decide("{ attachments: pass, password-protected: refuse, unknown-protection: pass }", doubtful).attachments())
                .isEqualTo(Attachments.PASS);
        }
    }

    @Test
    void protectedFilesPassOnlyWhenNothingElseGoesWithThem() {
        var then = "{ attachments: link, password-protected: pass }";
        assertThat(decide(then, LOCKED).attachments()).isEqualTo(Attachments.PASS);
        assertThat(decide(then, LOCKED, LOCKED).attachments()).isEqualTo(Attachments.PASS);
        assertThat(decide(then, LOCKED, OPEN).attachments()).as("nobody carries an open file out in the shadow of a locked one").isEqualTo(Attachments.LINK);
        assertThat(decide(then, LOCKED, DEEP).attachments()).isEqualTo(Attachments.LINK);
        assertThat(decide("{ attachments: link, password-protected: pass, unknown-protection: pass }", LOCKED, DEEP).attachments())
            .isEqualTo(Attachments.PASS);
    }

    @Test
    void malwareIsRefusedWhateverTheRuleSays() {
        var infected = scanned(new Verdict.Infected("Eicar-Signature"));
        for (var then : List.of("{}", "{ attachments: pass }", "{ attachments: refuse, signed: refuse, password-protected: refuse }")) {
            assertThat(decide(then, LOCKED, infected).objection()).contains(Objection.INFECTED);
        }
    }

    @Test
    void whatWasNotScannedWaitsUnlessARuleLetsItGo() {
        var unscanned = scanned(new Verdict.Unavailable("away"));
        assertThat(decide("{ hold: none }", unscanned).untilScanned()).isTrue();
        assertThat(decide("{ hold: none }", unscanned).held()).isTrue();
        assertThat(decide("{ unscanned: pass, hold: none }", unscanned).held()).isFalse();
        assertThat(decide("{ unscanned: hold, hold: none }", scanned(new Verdict.Clean()), OPEN).held()).isFalse();
    }

    private static MessageFacts signed(List<Examined> shown, AttachmentFacts... enclosed) {
        return new MessageFacts(new MessageFacts.Envelope(HANAKO, Set.of(), Judged.AT), new MessageFacts.Content(Map.of(), true, false, List.of(), List.of(enclosed), shown),
            Set.of());
    }

    private static Examined found(Verdict verdict) {
        return new Examined(Optional.empty(), Optional.empty(), Optional.of(verdict));
    }

    /** To whoever takes links it goes as it is: what is signed can't be changed. */
    @Test
    void filesInsideSomethingSignedStayUnlessARuleRefusesThem() {
        var open = signed(List.of(), OPEN);
        assertThat(then("{ attachments: link }").decide(open, TARO).attachments()).isEqualTo(Attachments.PASS);
        assertThat(then("{ attachments: link }").decide(open, TARO).objection()).isEmpty();
        assertThat(then("{ attachments: refuse }").decide(open, TARO).objection()).contains(Objection.ATTACHMENTS);
        assertThat(then("{ password-protected: refuse }").decide(open, TARO).objection()).isEmpty();
        var locked = signed(List.of(), OPEN, LOCKED);
        assertThat(then("{ password-protected: refuse }").decide(locked, TARO).objection()).contains(Objection.PASSWORD_PROTECTED);
        assertThat(then("{ password-protected: link }").decide(locked, TARO).attachments()).isEqualTo(Attachments.PASS);
        assertThat(then("{ unknown-protection: refuse }").decide(signed(List.of(), OPAQUE), TARO).objection()).contains(Objection.UNKNOWN_PROTECTION);
        assertThat(then("{}").decide(open, TARO).hold()).as("there is something to stop").isEqualTo(Duration.ofMinutes(5));
        assertThat(then("{}").decide(signed(List.of()), TARO).hold()).isZero();
    }

    @Test
    void filesInsideSomethingSignedMeetTheConditionsOfARule() {
        for (var when : List.of("attachments: present", "attachment-type: zip", "attachment-name: open.zip", "attachment-count: 1")) {
            var policy = PolicyFile.read("policy.yaml", "inside: [example.co.jp]\nrules:\n  - name: one\n    when: { " + when + " }\n    then: { attachments: refuse }");
            assertThat(policy.decide(signed(List.of(), OPEN), TARO).objection()).as(when).contains(Objection.ATTACHMENTS);
            assertThat(policy.decide(signed(List.of(found(new Verdict.Clean()))), TARO).objection()).as(when).isEmpty();
        }
    }

    @Test
    void malwareIsRefusedWhereverInAMessageItStays() {
        var infected = new Verdict.Infected("Eicar");
        for (var facts : List.of(signed(List.of(found(infected))), signed(List.of(), scanned(infected)))) {
            assertThat(then("{ attachments: pass, unscanned: pass }").decide(facts, TARO).objection()).contains(Objection.INFECTED);
            assertThat(facts.content().find()).contains("Eicar");
        }
    }

    /** It can't be held for the scanner: nothing of it is stored that could be read again. */
    @Test
    void whatStaysAndWasNotScannedIsPutOffUnlessARuleLetsItGo() {
        for (var facts : List.of(signed(List.of(found(new Verdict.Unavailable("away")))), signed(List.of(), scanned(new Verdict.Unavailable("away"))))) {
            assertThat(then("{ hold: none }").decide(facts, TARO).notYet()).isTrue();
            assertThat(then("{ hold: none }").decide(facts, TARO).objection()).isEmpty();
            assertThat(then("{ hold: none }").decide(facts, TARO).untilScanned()).isFalse();
            assertThat(then("{ unscanned: pass, hold: none }").decide(facts, TARO).notYet()).isFalse();
        }
        var tooLarge = signed(List.of(found(new Verdict.Unavailable("too large", true))));
        assertThat(then("{ hold: none }").decide(tooLarge, TARO).objection()).as("trying again won't help").contains(Objection.UNSCANNED);
        assertThat(then("{ unscanned: pass }").decide(tooLarge, TARO).objection()).isEmpty();
        assertThat(then("{}").decide(signed(List.of(Examined.NOT)), TARO).notYet()).as("without a scanner").isFalse();
    }

    @Test
    void signedAndEncryptedMailIsRefusedWhereARuleSaysSo() {
        var envelope = new MessageFacts.Envelope(HANAKO, Set.of(), Judged.AT);
        var signed = new MessageFacts(envelope, new MessageFacts.Content(Map.of(), true, false, List.of()), Set.of());
        var encrypted = new MessageFacts(envelope, new MessageFacts.Content(Map.of(), false, true, List.of()), Set.of());
        assertThat(then("{ signed: refuse }").decide(signed, TARO).objection()).contains(Objection.SIGNED);
        assertThat(then("{ signed: refuse }").decide(encrypted, TARO).objection()).isEmpty();
        assertThat(then("{ encrypted: refuse }").decide(encrypted, TARO).objection()).contains(Objection.ENCRYPTED);
        assertThat(then("{ signed: pass, encrypted: pass }").decide(signed, TARO).objection()).isEmpty();
        assertThat(then("{}").decide(encrypted, TARO).objection()).isEmpty();
    }

    private static MessageFacts whole(MessageFacts facts, Verdict verdict, boolean readThrough) {
        var content = facts.content();
        return new MessageFacts(facts.envelope(), new MessageFacts.Content(content.headers(), content.signed(), content.encrypted(), content.attachments(),
            content.enclosed(), content.shown(), Optional.of(new MessageFacts.Whole(found(verdict), readThrough))), facts.passwordFor());
    }

    @Test
    void aSignedMessageGoesWholeBehindALinkWhereARuleSaysSo() {
        var policy = then("{ signed: link-whole }");
        for (var facts : List.of(signed(List.of()), signed(List.of(), OPEN))) {
            assertThat(policy.decide(facts, TARO)).satisfies(decision -> {
                assertThat(decision.attachments()).isEqualTo(Attachments.LINK);
                assertThat(decision.whole()).isTrue();
                assertThat(decision.hold()).as("there is something to stop").isEqualTo(Duration.ofMinutes(5));
            });
        }
        assertThat(then("{ signed: link-whole, attachments: pass, password-protected: pass, hold: none }").decide(signed(List.of(), LOCKED), TARO).whole()).isTrue();
        assertThat(then("{ signed: link-whole, attachments: refuse }").decide(signed(List.of(), OPEN), TARO)).satisfies(decision -> {
            assertThat(decision.objection()).contains(Objection.ATTACHMENTS);
            assertThat(decision.whole()).isFalse();
        });
        assertThat(then("{ signed: link-whole, password-protected: refuse }").decide(signed(List.of(), LOCKED), TARO).objection()).contains(Objection.PASSWORD_PROTECTED);
        for (var value : List.of("pass", "refuse")) {
            assertThat(then("{ signed: " + value + " }").decide(signed(List.of(), OPEN), TARO).whole()).isFalse();
        }
    }

    @Test
    void whatIsNotSignedIsTheSameWithLinkWholeAsWithout() {
        var envelope = new MessageFacts.Envelope(HANAKO, Set.of(), Judged.AT);
        for (var content : List.of(MessageFacts.Content.TEXT, new MessageFacts.Content(Map.of(), false, true, List.of()),
                new MessageFacts.Content(Map.of(), false, false, List.of(OPEN)))) {
            var facts = new MessageFacts(envelope, content, Set.of());
            assertThat(then("{ signed: link-whole }").decide(facts, TARO)).isEqualTo(then("{}").decide(facts, TARO));
        }
    }

    /** Unlike a part of it, the message is a file that can be scanned later, if the scanner gets to all that is in it. */
    @Test
    void aMessageThatGoesWholeWaitsForTheScannerAsAFileDoes() {
        var away = new Verdict.Unavailable("away");
        var tooLarge = new Verdict.Unavailable("too large", true);
        var policy = then("{ signed: link-whole, hold: none }");
        for (var facts : List.of(signed(List.of()), signed(List.of(found(away))), signed(List.of(), scanned(away)), signed(List.of(found(tooLarge))))) {
            assertThat(policy.decide(whole(facts, away, true), TARO)).satisfies(decision -> {
                assertThat(decision.untilScanned()).isTrue();
                assertThat(decision.notYet()).isFalse();
                assertThat(decision.objection()).isEmpty();
            });
            assertThat(then("{ signed: link-whole, hold: none, unscanned: pass }").decide(whole(facts, away, true), TARO).held()).isFalse();
        }
        assertThat(policy.decide(whole(signed(List.of(), scanned(away)), away, false), TARO).notYet()).as("inside what the scanner doesn't unpack").isTrue();
        assertThat(policy.decide(whole(signed(List.of(), scanned(tooLarge)), away, false), TARO).objection()).contains(Objection.UNSCANNED);
        assertThat(then("{ hold: none }").decide(whole(signed(List.of()), away, true), TARO).held()).as("who gets it as it came").isFalse();
        assertThat(then("{ hold: none }").decide(whole(signed(List.of(), scanned(away)), away, true), TARO).notYet()).isTrue();
        for (var then : List.of("{ signed: link-whole, unscanned: pass }", "{ attachments: pass }")) {
            assertThat(then(then).decide(whole(signed(List.of()), new Verdict.Infected("Eicar"), true), TARO).objection()).contains(Objection.INFECTED);
        }
    }

    /** A thousand policies, a thousand signed messages: none that must be kept whole isn't. */
    @Test
    void itIsForeseenThatAMessageMayGoWhole() {
        var random = new Random(20261130);
        int wholes = 0;
        for (int i = 0; i < 1000; i++) {
            var text = policy(random);
            var policy = PolicyFile.read("policy.yaml", text);
            var content = message(random).content();
            boolean inside = random.nextBoolean();
            var facts = new MessageFacts(new MessageFacts.Envelope(HANAKO, Set.of(), Judged.AT), new MessageFacts.Content(content.headers(), true, false,
                inside ? List.of() : content.attachments(), inside ? content.attachments() : List.of(), List.of()), Set.of());
            for (var recipient : List.of(TARO, EmailAddress.parse("ichiro@example.co.jp").orElseThrow())) {
                if (policy.decide(facts, recipient).whole()) {
                    wholes++;
                    assertThat(policy.outlook(facts.envelope(), List.of(recipient)).mayLinkWhole()).as(text).isTrue();
                }
            }
        }
        assertThat(wholes).isPositive();
        var passes = PolicyFile.read("policy.yaml", "inside: [example.co.jp]\nrules:\n  - { name: a, then: {} }\n  - { name: b, then: { signed: link-whole } }");
        assertThat(passes.outlook(new MessageFacts.Envelope(HANAKO, Set.of(), Judged.AT), List.of(TARO)).mayLinkWhole()).as("behind a rule that always holds").isFalse();
    }

    @Test
    void aPasswordMailIsWarnedOfOrHeldForThoseWhoGotTheFiles() {
        var facts = new MessageFacts(new MessageFacts.Envelope(HANAKO, Set.of(), Judged.AT), MessageFacts.Content.TEXT, Set.of(TARO.key()));
        assertThat(then("{}").decide(facts, TARO).warn()).isFalse();
        assertThat(then("{ password-mail: pass }").decide(facts, TARO).warn()).isFalse();
        assertThat(then("{ password-mail: warn }").decide(facts, TARO)).satisfies(d -> {
            assertThat(d.warn()).isTrue();
            assertThat(d.held()).isFalse();
        });
        assertThat(then("{ password-mail: hold }").decide(facts, TARO)).satisfies(d -> {
            assertThat(d.warn()).isTrue();
            assertThat(d.hold()).isEqualTo(Duration.ofMinutes(15));
        });
        assertThat(then("{ password-mail: hold, hold: 1h }").decide(facts, TARO).hold()).isEqualTo(Duration.ofHours(1));
        assertThat(then("{ password-mail: hold }").decide(facts, EmailAddress.parse("jiro@partner.example").orElseThrow()).held()).isFalse();
    }

    /** Else whoever wants to send an attached message to somebody who may have none would add a recipient for whom only what is in it counts. */
    @Test
    void attachedMessagesAreLookedIntoUnlessARuleThatTakesOutOrRefusesWantsThemWhole() {
        var policy = PolicyFile.read("policy.yaml", """
            inside: [example.co.jp]
            rules:
              - { name: cut, when: { recipient: "@cut.example" }, then: { forwarded: inside } }
              - { name: pass, when: { recipient: "@pass.example" }, then: { attachments: pass } }
              - { name: locked, when: { recipient: "@locked.example" }, then: { attachments: pass, password-protected: link } }
              - { name: closed, when: { recipient: "@closed.example" }, then: { attachments: pass, unknown-protection: refuse } }
              - { name: none, when: { recipient: "@none.example", attachments: present }, then: { attachments: refuse } }
            """);
        for (var other : List.of("a@cut.example", "a@pass.example", "a@example.co.jp")) {
            assertThat(forwarded(policy, "taro@cut.example", other)).as(other).isEqualTo(Forwarded.INSIDE);
        }
        for (var other : List.of("a@link.example", "a@locked.example", "a@closed.example", "a@none.example")) {
            assertThat(forwarded(policy, "taro@cut.example", other)).as(other).isEqualTo(Forwarded.WHOLE);
        }
    }

    private static Forwarded forwarded(Policy policy, String... recipients) {
        return policy.outlook(new MessageFacts.Envelope(HANAKO, Set.of(), Judged.AT),
            Arrays.stream(recipients).map(each -> EmailAddress.parse(each).orElseThrow()).toList()).forwarded();
    }

    /** A thousand policies, a thousand messages: nothing is decided that was not foreseen. */
    @Test
    void whatIsForeseenCoversWhatIsDecided() {
        var random = new Random(20261125);
        for (int i = 0; i < 1000; i++) {
            var text = policy(random);
            var policy = PolicyFile.read("policy.yaml", text);
            var facts = message(random);
            for (var recipient : List.of(TARO, EmailAddress.parse("ichiro@example.co.jp").orElseThrow())) {
                var outlook = policy.outlook(facts.envelope(), List.of(recipient));
                var decision = policy.decide(facts, recipient);
                if (!facts.content().attachments().isEmpty()) {
                    switch (decision.attachments()) {
                        case LINK -> assertThat(outlook.mayLink()).as(text).isTrue();
                        case PASS -> assertThat(outlook.mayPass()).as(text).isTrue();
                        case REFUSE -> { }
                    }
                    if (!outlook.inspects()) {
                        var unseen = facts.content().attachments().stream()
                            .map(a -> new AttachmentFacts(a.name(), a.otherNames(), a.declaredType(), a.octets(), Examined.NOT)).toArray(AttachmentFacts[]::new);
                        assertThat(policy.decide(new MessageFacts(facts.envelope(), Judged.message(facts.envelope(), facts.content().headers(), unseen)
                            .content(), facts.passwordFor()), recipient)).as(text).isEqualTo(decision);
                    }
                }
                if (decision.warn()) {
                    assertThat(outlook.text()).as(text).isTrue();
                }
            }
        }
    }

    private static String policy(Random random) {
        var text = new StringBuilder("inside: [example.co.jp]\nzone: UTC\nrules:\n");
        for (int rule = 0; rule < 1 + random.nextInt(4); rule++) {
            text.append("  - name: rule ").append(rule).append("\n    when: {")
                .append(pick(random, "", "sender: inside", "recipient: outside", "recipient: inside", "time: 09:00-18:00")).append(", ")
                .append(pick(random, "", "attachments: present", "attachments: absent", "attachment-count: over 1", "header: X-A")).append(", ")
                .append(pick(random, "", "attachment-type: zip", "attachment-name: '*.zip'", "attachment-size: over 1K", "total-size: over 1K"))
                .append("}\n    then: {").append(pick(random, "", "attachments: link", "attachments: pass", "attachments: refuse")).append(", ")
                .append(pick(random, "", "", "password-protected: link", "password-protected: pass", "password-protected: refuse")).append(", ")
                .append(pick(random, "", "", "unknown-protection: link", "unknown-protection: pass", "unknown-protection: refuse")).append(", ")
                .append(pick(random, "", "password-mail: warn", "password-mail: hold")).append(", ")
                .append(pick(random, "", "signed: pass", "signed: link-whole")).append("}\n");
        }
        return text.toString().replaceAll("\\{[, ]+", "{").replaceAll("[, ]+}", "}").replaceAll("(, )+", ", ");
    }

    private static MessageFacts message(Random random) {
        var attachments = new ArrayList<AttachmentFacts>();
        for (int i = random.nextInt(3); i > 0; i--) {
            attachments.add(List.of(OPEN, LOCKED, DEEP, OPAQUE).get(random.nextInt(4)));
        }
        return new MessageFacts(new MessageFacts.Envelope(HANAKO, Set.of(), Judged.AT), new MessageFacts.Content(
            random.nextBoolean() ? Map.of() : Map.of("x-a", List.of("b")), false, false, attachments),
            random.nextBoolean() ? Set.of() : Set.of(TARO.key()));
    }

    private static String pick(Random random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
