package sekisho.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.gateway.people.EmailAddress;

class PolicyFileTest {

    private static final Optional<EmailAddress> HANAKO = EmailAddress.parse("hanako@example.co.jp");

    private static EmailAddress to(String address) {
        return EmailAddress.parse(address).orElseThrow();
    }

    private static Policy read(String text) {
        return PolicyFile.read("policy.yaml", text);
    }

    private static Decision decide(Policy policy, Optional<EmailAddress> sender, String recipient, AttachmentFacts... attachments) {
        return policy.decide(Judged.message(sender, attachments), to(recipient));
    }

    private static Decision decide(Policy policy, String recipient, AttachmentFacts... attachments) {
        return decide(policy, HANAKO, recipient, attachments);
    }

    private static Decision linked(Duration hold, Duration expires, int downloads, boolean notice, String rule) {
        return new Decision(Attachments.LINK, false, Optional.empty(), hold, false, false, expires, downloads, notice, false, Optional.empty(), rule);
    }

    @Test
    void withoutRulesInsidersGetTheOriginalAndOutsidersALink() {
        var policy = read("inside: [example.co.jp]");
        var pdf = Judged.file("a.pdf", "application/pdf");
        assertThat(decide(policy, "ichiro@EXAMPLE.co.jp", pdf)).isEqualTo(new Decision(Attachments.PASS, false, Optional.empty(), Duration.ZERO, false, false,
            Duration.ofDays(14), 5, true, false, Optional.empty(), "built-in"));
        assertThat(decide(policy, "taro@partner.example", pdf)).isEqualTo(linked(Duration.ofMinutes(5), Duration.ofDays(14), 5, true, "built-in"));
        assertThat(decide(policy, "taro@partner.example").hold()).isZero();
        assertThat(decide(policy, "taro@partner.example").attachments()).isEqualTo(Attachments.PASS);
        assertThat(decide(policy, "taro@sub.example.co.jp", pdf).attachments()).as("a subdomain is not inside").isEqualTo(Attachments.LINK);
    }

    @Test
    void whatComesFromNobodyIsNeverHeldSinceNobodyCouldStopIt() {
        var pdf = Judged.file("a.pdf", "application/pdf");
        var taro = to("taro@partner.example");
        var decision = read("inside: [example.co.jp]").decide(Judged.message(Optional.empty(), pdf), taro);
        assertThat(decision.attachments()).isEqualTo(Attachments.LINK);
        assertThat(decision.hold()).isZero();
        var holding = read("""
            inside: [example.co.jp]
            rules:
              - name: all
                then: { hold: 1h }
            """);
        assertThat(holding.decide(Judged.message(Optional.empty(), pdf), taro).hold()).isZero();
        assertThat(holding.decide(Judged.message(HANAKO, pdf), taro).hold()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void theFirstMatchingRuleDecidesForEachRecipient() {
        var policy = read("""
            inside: example.co.jp
            rules:
              - name: boss to partner
                when: { sender: boss@example.co.jp, recipient: ["@partner.example", "@*.partner.example"] }
                then: { hold: none, expires: 30d, downloads: 1, notice: false }
              - name: partner
                when: { recipient: "@partner.example" }
                then: { attachments: pass, names: count }
            """);
        var pdf = Judged.file("a.pdf", "application/pdf");
        assertThat(decide(policy, EmailAddress.parse("BOSS@example.co.jp"), "x@eu.partner.example", pdf))
            .isEqualTo(linked(Duration.ZERO, Duration.ofDays(30), 1, false, "boss to partner"));
        assertThat(decide(policy, "x@partner.example", pdf).attachments()).isEqualTo(Attachments.PASS);
        assertThat(decide(policy, "x@partner.example", pdf).names()).contains(Names.COUNT);
        assertThat(decide(policy, Optional.empty(), "x@eu.partner.example", pdf).rule()).isEqualTo("built-in");
        assertThat(decide(policy, "x@notpartner.example", pdf).rule()).isEqualTo("built-in");
        assertThat(policy.rules()).containsExactly("boss to partner", "partner");
    }

    /** The message ends in a log. */
    @ParameterizedTest
    @ValueSource(strings = {"inside: [Taro@secret.example]", "inside: a.example\nTaro@secret.example: 1", "inside: a.example\nzone: Taro@secret.example",
        "inside: a.example\ngroups: { Taro@secret.example: [ x@a.example ], Taro@secret.example: [ x@a.example ] }",
        "inside: a.example\ngroups: { sales: [ 'Taro@secret.example;' ] }", "inside: a.example\ngroups: { sales: \"o'Taro@secret.example\" }",
        "inside: a.example\nrules: [ { name: a, when: { recipient: 'Taro@secret.example, x' }, then: {} } ]",
        "inside: a.example\nrules: [ { name: a, when: { sender-group: Taro@secret.example }, then: {} } ]",
        "inside: a.example\nrules: [ { name: a, when: { header: { 'Taro@secret.example x': '*' } }, then: {} } ]",
        "inside: a.example\nrules: [ { name: a, when: { header: 'Taro@secret.example x' }, then: {} } ]",
        "inside: a.example\nrules: [ { name: a, when: { time: Taro@secret.example }, then: {} } ]",
        "inside: a.example\nrules: [ { name: a, when: { direction: Taro@secret.example }, then: {} } ]",
        "inside: a.example\nzone: Asia/Tokyo\nrules: [ { name: a, when: { weekday: Taro@secret.example }, then: {} } ]",
        "inside: a.example\nrules: [ { name: a, when: { total-size: Taro@secret.example }, then: {} } ]",
        "inside: a.example\nrules: [ { name: a, when: { attachment-type: Taro@secret.example }, then: {} } ]",
        "inside: a.example\nrules: [ { name: a, then: { hold: Taro@secret.example } } ]",
        "inside: a.example\nrules: [ { name: a, then: { attachments: Taro@secret.example } } ]"})
    void anAddressInAFaultIsForWhoeverAsksAndNotForTheLog(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOfSatisfying(PolicyFileException.class, fault -> {
            assertThat(fault.getMessage()).startsWith("policy.yaml:").contains("what stands there", "policy check").doesNotContainIgnoringCase("taro");
            assertThat(fault.whole()).startsWith("policy.yaml:").containsIgnoringCase("Taro@secret.example");
        });
    }

    @ParameterizedTest
    @MethodSource
    void aFaultyFileIsRefusedWithLineAndReason(String text, String reason) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(PolicyFileException.class).hasMessageStartingWith("policy.yaml:").hasMessageContaining(reason);
    }

    static Stream<Arguments> aFaultyFileIsRefusedWithLineAndReason() {
        return Stream.of(
            Arguments.of("inside: [example.co.jp]\nrulez: []", "policy.yaml:2: unknown key 'rulez'"),
            Arguments.of("rules: []", "the key 'inside' is missing"),
            Arguments.of("", "the file is empty"),
            Arguments.of("inside: [a b]", "not a domain"),
            Arguments.of("inside: [a.example]\nrules:\n  - name: x", "policy.yaml:3: the key 'then' is missing"),
            Arguments.of("inside: [a.example]\nrules:\n  - then: {}", "the key 'name' is missing"),
            Arguments.of("inside: [a.example]\nrules:\n  - name: x\n    then: { hold: approval }", "reserved"),
            Arguments.of("inside: [a.example]\nrules:\n  - name: x\n    then:\n      hold: 8d", "policy.yaml:5: '8d' is out of range"),
            Arguments.of("inside: [a.example]\nrules:\n  - name: x\n    then: { hold: soon }", "is not a time"),
            Arguments.of("inside: [a.example]\nrules:\n  - name: x\n    then: { attachments: strip }", "'strip' is not one of link, pass, refuse"),
            Arguments.of("inside: [a.example]\nrules:\n  - name: x\n    then: { downloads: 0 }", "from 1 to 9999"),
            Arguments.of("inside: [a.example]\nrules:\n  - name: x\n    when: { recipient: partner.example }\n    then: {}", "is no pattern"),
            Arguments.of("inside: [a.example]\nrules:\n  - name: x\n    when: { recipient: \"*@partner.example\" }\n    then: {}", "is no pattern"),
            Arguments.of("inside: [a.example]\nrules:\n  - name: x\n    when: { sender: \"c?o@partner.example\" }\n    then: {}", "is no pattern"),
            Arguments.of("inside: [a.example]\nrules:\n  - name: x\n    when: { recipient: [] }\n    then: {}", "matches nobody"),
            Arguments.of("inside: [a.example]\nrules:\n  - { name: x, then: {} }\n  - { name: x, then: {} }", "policy.yaml:4: there are two rules named"),
            Arguments.of("inside: [a.example]\nrules:\n  - name: x\n    then: {}\n    then: {}", "twice"),
            faulty("when: { size: 5 }", "unknown key 'size' in 'when'"),
            faulty("then: { tls: dane }", "unknown key 'tls' in 'then'"),
            faulty("when: { direction: inbound }", "policy.yaml:4: 'direction: inbound' is reserved"),
            faulty("when: { direction: up }", "is not one of internal, outbound"),
            faulty("when: { sender-group: sales }", "there is no group 'sales'"),
            faulty("when: { time: 9-18 }", "is no time of day"),
            faulty("when: { time: '25:00-26:00' }", "is no time of day"),
            faulty("when: { time: '09:00-09:00' }", "is no time of day"),
            faulty("when: { time: '09:00-18:00' }", "need the key 'zone'"),
            faulty("when: { weekday: mon-fri }", "need the key 'zone'"),
            faulty("when: { weekday: someday }", "is no weekday"),
            faulty("when: { header: 'not a name' }", "is no name of a header field"),
            faulty("when: { header: {} }", "names at least one field"),
            faulty("when: { header: { Subject: '' } }", "a pattern has 1 to 200 characters"),
            faulty("when: { attachment-size: '> 5M' }", "is no range"),
            faulty("when: { attachment-size: over 9999999T }", "is no range"),
            faulty("when: { attachment-count: 5 to 2 }", "is no range"),
            faulty("when: { attachment-type: 'a b/c' }", "is no type"),
            faulty("when: { attachment-name: [] }", "an empty list"),
            faulty("then: { signed: link }", "'link' is not one of link-whole, pass, refuse"),
            faulty("then: { encrypted: link-whole }", "'link-whole' is not one of pass, refuse"),
            faulty("then: { infected: pass }", "always refused"),
            faulty("then: { unscanned: refuse }", "'refuse' is not one of hold, pass"),
            faulty("then: { password-mail: link }", "is not one of hold, pass, warn"),
            faulty("then: { forwarded: link }", "is not one of inside, whole"),
            faulty("then: { names: none }", "is not one of count, list"),
            Arguments.of("inside: [a.example]\nzone: Tokio", "policy.yaml:2: 'Tokio' is no time zone"),
            Arguments.of("inside: [a.example]\ngroups: { sales: sales.txt }", "policy.yaml:2: the list sales.txt can't be read"),
            Arguments.of("inside: [a.example]\ngroups: { sales: ../../etc/passwd }", "is no name of a file beside this one"),
            Arguments.of("inside: [a.example]\ngroups: { sales: [inside] }", "is no member of a group"),
            Arguments.of("inside: [a.example]\ngroups: { sales: { oidc: x } }", "unknown key 'oidc'"),
            Arguments.of("inside: [a.example\nrules:", "not YAML"), Arguments.of("inside: @a.example", "found character '@' that cannot start"),
            Arguments.of("inside: &a [*a]", "policy.yaml:1: '*a' stands for more than a single value"),
            Arguments.of("inside: [a.example]\nrules:\n  - { name: x, then: &t { hold: 5m } }\n  - { name: y, then: *t }", "policy.yaml:4: '*t' stands for more"),
            Arguments.of("inside: [a.example]\n\nzone: 'Asia\u0007/Tokyo'", "policy.yaml:3: a control character, U+0007"),
            Arguments.of("inside: [a.example]\r\n# \0\r\n", "policy.yaml:2: a control character, U+0000"),
            Arguments.of("inside: [a.example]\nrules:\n" + "[".repeat(60), "policy.yaml:3: brackets, or lists in lists, are more than 50 deep"),
            Arguments.of("- a", "is made of keys and values"));
    }

    private static Arguments faulty(String line, String reason) {
        return Arguments.of("inside: [a.example]\nrules:\n  - name: x\n    " + line + (line.startsWith("when") ? "\n    then: {}" : ""), reason);
    }

    @Test
    void whatSignedMaySayIsReadAndTold() {
        for (var value : List.of("pass", "link-whole", "refuse")) {
            assertThat(read("inside: [a.example]\nrules:\n  - { name: x, then: { signed: " + value + " } }").texts().getFirst().then())
                .containsExactly("signed: " + value);
        }
    }

    @Test
    void theVersionChangesWithTheFile() {
        assertThat(read("inside: [a.example]").version()).hasSize(12).isNotEqualTo(read("inside: [b.example]").version());
    }
}
