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
import sekisho.gateway.people.EmailAddress;

class PolicyFileTest {

    private static final Optional<EmailAddress> HANAKO = EmailAddress.parse("hanako@example.co.jp");

    private static EmailAddress to(String address) {
        return EmailAddress.parse(address).orElseThrow();
    }

    private static Policy read(String text) {
        return PolicyFile.read("policy.yaml", text);
    }

    @Test
    void withoutRulesInsidersGetTheOriginalAndOutsidersALink() {
        var policy = read("inside: [example.co.jp]");
        assertThat(policy.decide(HANAKO, to("ichiro@EXAMPLE.co.jp"), true))
            .isEqualTo(new Decision(Attachments.PASS, Duration.ZERO, Duration.ofDays(14), 5, true, "built-in"));
        assertThat(policy.decide(HANAKO, to("taro@partner.example"), true))
            .isEqualTo(new Decision(Attachments.LINK, Duration.ofMinutes(5), Duration.ofDays(14), 5, true, "built-in"));
        assertThat(policy.decide(HANAKO, to("taro@partner.example"), false).hold()).isZero();
        assertThat(policy.decide(HANAKO, to("taro@sub.example.co.jp"), true).attachments()).as("a subdomain is not inside").isEqualTo(Attachments.LINK);
    }

    @Test
    void whatComesFromNobodyIsNeverHeldSinceNobodyCouldStopIt() {
        assertThat(read("inside: [example.co.jp]").decide(Optional.empty(), to("taro@partner.example"), true))
            .isEqualTo(new Decision(Attachments.LINK, Duration.ZERO, Duration.ofDays(14), 5, true, "built-in"));
        var holding = read("""
            inside: [example.co.jp]
            rules:
              - name: all
                then: { hold: 1h }
            """);
        assertThat(holding.decide(Optional.empty(), to("taro@partner.example"), true).hold()).isZero();
        assertThat(holding.decide(HANAKO, to("taro@partner.example"), true).hold()).isEqualTo(Duration.ofHours(1));
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
                then: { attachments: pass }
            """);
        assertThat(policy.decide(EmailAddress.parse("BOSS@example.co.jp"), to("x@eu.partner.example"), true))
            .isEqualTo(new Decision(Attachments.LINK, Duration.ZERO, Duration.ofDays(30), 1, false, "boss to partner"));
        assertThat(policy.decide(HANAKO, to("x@partner.example"), true).attachments()).isEqualTo(Attachments.PASS);
        assertThat(policy.decide(Optional.empty(), to("x@eu.partner.example"), true).rule()).isEqualTo("built-in");
        assertThat(policy.decide(HANAKO, to("x@notpartner.example"), true).rule()).isEqualTo("built-in");
        assertThat(policy.anyGets(Attachments.PASS, HANAKO, List.of(to("x@partner.example")))).isTrue();
        assertThat(policy.rules()).containsExactly("boss to partner", "partner");
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
            Arguments.of("inside: [a.example]\nrules:\n  - name: x\n    when: { recipient: [] }\n    then: {}", "matches nobody"),
            Arguments.of("inside: [a.example]\nrules:\n  - { name: x, then: {} }\n  - { name: x, then: {} }", "policy.yaml:4: there are two rules named"),
            Arguments.of("inside: [a.example]\nrules:\n  - name: x\n    then: {}\n    then: {}", "twice"),
            Arguments.of("inside: [a.example\nrules:", "not YAML"),
            Arguments.of("inside: &a [*a]", "policy.yaml:1"),
            Arguments.of("- a", "is made of keys and values"));
    }

    @Test
    void theVersionChangesWithTheFile() {
        assertThat(read("inside: [a.example]").version()).hasSize(12).isNotEqualTo(read("inside: [b.example]").version());
    }
}
