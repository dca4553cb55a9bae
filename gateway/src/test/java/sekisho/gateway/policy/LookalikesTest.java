package sekisho.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.IDN;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.gateway.people.EmailAddress;

/** Which domains a reader takes for another one. */
class LookalikesTest {

    private static final Policy POLICY = PolicyFile.read("policy.yaml", """
        inside: [example.co.jp, example.jp]
        partners: [tokyo-steel.co.jp, partner.example, nec.example, 日本通運.example, example-holdings.co.jp]
        rules:
          - { name: own, when: { recipient-looks-like: inside }, then: { hold: 3h } }
          - { name: any, when: { recipient-looks-like: [partners, free-mail, mixed-scripts], recipient: outside }, then: { hold: 1h } }
        """);

    private static EmailAddress at(String domain) {
        return EmailAddress.parse("taro@" + domain).orElseThrow();
    }

    private static String ruleFor(String domain) {
        return POLICY.decide(Judged.message(EmailAddress.parse("hanako@example.co.jp")), at(domain)).rule();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
        examp1e.co.jp,           inside,    example.co.jp
        exarnple.co.jp,          inside,    example.co.jp
        exmaple.co.jp,           inside,    example.co.jp
        exampl.co.jp,            inside,    example.co.jp
        exxample.co.jp,          inside,    example.co.jp
        eximple.co.jp,           inside,    example.co.jp
        exampleco.jp,            inside,    example.co.jp
        example-co.jp,           inside,    example.co.jp
        example.com,             inside,    example.co.jp
        example.ne.jp,           inside,    example.co.jp
        example.co,              inside,    example.co.jp
        mail.exmaple.co.jp,      inside,    example.co.jp
        ехаmple.co.jp,           inside,    example.co.jp
        éxample.co.jp,           inside,    example.co.jp
        tokyosteel.co.jp,        partners,  tokyo-steel.co.jp
        tokyo-steal.co.jp,       partners,  tokyo-steel.co.jp
        tokyo-steel.jp,          partners,  tokyo-steel.co.jp
        partnner.example,        partners,  partner.example
        раrtnеr.example,         partners,  partner.example
        nec.test,                partners,  nec.example
        曰本通運.example,        partners,  日本通運.example
        日夲通運.test,           ,
        gmai.com,                free-mail, gmail.com
        gmial.com,               free-mail, gmail.com
        gmail.co,                free-mail, gmail.com
        gmail.con,               free-mail, gmail.com
        gmail.co.jp,             free-mail, gmail.com
        yahooo.co.jp,            free-mail, yahoo.co.jp
        yaho.co.jp,              free-mail, yahoo.co.jp
        docomo.co.jp,            free-mail, docomo.ne.jp
        hotmial.com,             free-mail, hotmail.com
        outIook.com,             free-mail, outlook.com
        softbank.co.jp,          ,
        yahoo.co.uk,             ,
        mail.com,                ,
        ymail.com,               ,
        orange.co.jp,            ,
        mec.example,             ,
        other.example,           ,
        tokyo.example.co.jp,     ,
        example.co.jp,           ,
        example-holdings.co.jp,  ,
        gmail.com,               ,
        日本-steel.test,         ,
        аbc-group.test,          mixed-scripts,
        """)
    void aNearTwinIsToldWithWhatItResembles(String domain, String kind, String of) {
        var found = POLICY.likeness(at(domain));
        assertThat(found.map(l -> l.kind().text())).isEqualTo(Optional.ofNullable(kind));
        assertThat(found.flatMap(Likeness::domain)).isEqualTo(Optional.ofNullable(of));
        assertThat(ruleFor(domain)).isEqualTo(kind == null ? "built-in" : kind.equals("inside") ? "own" : "any");
    }

    @Test
    void aDomainInPunycodeIsReadAsWhatItShows() {
        assertThat(POLICY.likeness(at(IDN.toASCII("ехаmple") + ".co.jp")).flatMap(Likeness::domain)).contains("example.co.jp");
    }

    @Test
    void aTwinIsFoundHoweverDeepTheNameBelowIt() {
        assertThat(POLICY.likeness(at("a.".repeat(100) + "exmaple.co.jp")).flatMap(Likeness::domain)).contains("example.co.jp");
        assertThat(POLICY.likeness(at("a.".repeat(100) + "example.co.jp"))).as("below the company's own").isEmpty();
    }

    @Test
    void theConditionMeansOnlyTheKindsThatItNames() {
        assertThat(ruleFor("exmaple.co.jp")).isEqualTo("own");
        var partners = PolicyFile.read("policy.yaml", """
            inside: [example.co.jp]
            partners: [exemple.co.jp]
            rules: [{ name: twin, when: { recipient-looks-like: partners }, then: { attachments: refuse } }]
            """);
        var facts = Judged.message(EmailAddress.parse("hanako@example.co.jp"), Judged.file("a.pdf", "application/pdf"));
        assertThat(partners.decide(facts, at("gmai.com")).rule()).isEqualTo("built-in");
        assertThat(partners.decide(facts, at("exomple.co.jp")).objection()).as("the twin of both").contains(Objection.ATTACHMENTS);
        assertThat(partners.decide(facts, at("example.co.jp")).rule()).as("known itself").isEqualTo("built-in");
        assertThat(partners.texts().getFirst().when()).containsExactly("recipient-looks-like: partners");
    }

    @Test
    void whatTheRuleForesawIsWhatItDecides() {
        assertThat(POLICY.outlook(Judged.message(EmailAddress.parse("hanako@example.co.jp")).envelope(), List.of(at("gmai.com"))).mayLink()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"recipient-looks-like: partners", "recipient-looks-like: known", "recipient-looks-like: []"})
    void aConditionThatNeverHoldsIsAFault(String when) {
        assertThatThrownBy(() -> PolicyFile.read("policy.yaml", "inside: [example.co.jp]\nrules: [{ name: a, when: { " + when + " }, then: { hold: 1h } }]\n"))
            .isInstanceOf(PolicyFileException.class).hasMessageStartingWith("policy.yaml:2: ");
    }

    @Test
    void partnersMayStandInAFile(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("policy.yaml"), """
            inside: [example.co.jp]
            partners: partners.txt
            rules: [{ name: twin, when: { recipient-looks-like: partners }, then: { hold: 1h } }]
            """);
        Files.writeString(folder.resolve("partners.txt"), "# by sales\nPartner.example  # Taro\n\n");
        var policy = PolicyFile.read(file);
        assertThat(policy.likeness(at("partnar.example")).flatMap(Likeness::domain)).contains("partner.example");
        Files.writeString(folder.resolve("partners.txt"), "other.example\n");
        assertThat(PolicyFile.read(file).version()).isNotEqualTo(policy.version());
        Files.writeString(folder.resolve("partners.txt"), "other.example\n@partner.example\n");
        assertThatThrownBy(() -> PolicyFile.read(file)).isInstanceOf(PolicyFileException.class).hasMessageStartingWith("partners.txt:2: ");
    }

    @Test
    void whoeverIsAmongTenThousandPartnersIsFoundAndMoreAreAFault() {
        var many = IntStream.range(0, 10_000).mapToObj(i -> "partner-" + i + ".example").collect(Collectors.joining(", "));
        var policy = PolicyFile.read("policy.yaml", "inside: []\npartners: [" + many + "]\n");
        assertThat(policy.likeness(at("partner-1234.exanple")).flatMap(Likeness::domain)).contains("partner-1234.example");
        assertThat(policy.likeness(at("partner-1234.example"))).isEmpty();
        assertThatThrownBy(() -> PolicyFile.read("policy.yaml", "inside: []\npartners: [one-more.example, " + many + "]\n"))
            .isInstanceOf(PolicyFileException.class).hasMessageContaining("10000");
    }
}
