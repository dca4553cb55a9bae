package sekisho.admin.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.admin.log.Details.Detail;
import sekisho.gateway.access.Links;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.delivery.NewDelivery;
import sekisho.gateway.delivery.Unfit;
import sekisho.gateway.keys.KeyName;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.policy.Examined;
import sekisho.gateway.policy.Objection;
import sekisho.pages.Language;
import sekisho.pages.SamplePage;

class DetailsTest {

    private static final String ID = "0199f6a0-0000-7000-8000-000000000001";

    /** Every value of every closed set that events tell. */
    static Stream<Map.Entry<String, String>> closed() {
        return Stream.of(
            each("what", "search", "delivery", "log"), each("as", "responder", "sender", "scanner"), each("told", "true", "false"),
            each("unanswered", "true"), each("reason", "not the recipient", "closed", "used up"), each("route", "all"),
            names("reason", Unfit.values()), names("reason", Arrays.stream(Links.State.values()).filter(s -> s != Links.State.OPEN).toArray(Enum<?>[]::new)),
            names("objection", Objection.values()), names("source", NewDelivery.Source.values()), names("kind", OutboxItem.Kind.values()),
            names("scan", Examined.Scan.values()), each("pair", Arrays.stream(KeyName.values()).map(KeyName::text).toArray(String[]::new)))
            .flatMap(s -> s);
    }

    private static Stream<Map.Entry<String, String>> each(String name, String... values) {
        return Arrays.stream(values).map(value -> Map.entry(name, value));
    }

    private static Stream<Map.Entry<String, String>> names(String name, Enum<?>... values) {
        return each(name, Arrays.stream(values).map(Enum::name).toArray(String[]::new));
    }

    private static Detail detail(Language language, String name, String value) {
        return new Details(SamplePage.of(language)).of(Map.of(name, value)).getFirst();
    }

    @ParameterizedTest
    @MethodSource("closed")
    void whatComesFromAClosedSetIsInWords(Map.Entry<String, String> each) {
        for (var language : Language.values()) {
            var shown = detail(language, each.getKey(), each.getValue());
            assertThat(shown.code()).as("%s", shown).isFalse();
            assertThat(shown.name()).isNotEqualTo(each.getKey());
        }
        assertThat(detail(Language.JA, each.getKey(), each.getValue()).value()).containsPattern("[\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}]");
    }

    @ParameterizedTest
    @EnumSource(AuditType.class)
    void everyEventHasAName(AuditType type) {
        for (var language : Language.values()) {
            assertThat(SamplePage.of(language).sayOf("admin.log.event", type)).isNotBlank().doesNotContain("_");
        }
    }

    @Test void timesAreInLocalFormWithTheirZone() {
        for (var name : new String[] {"since", "last", "next", "shred"}) {
            assertThat(detail(Language.JA, name, "2026-11-22T05:03:22.123456Z").value()).isEqualTo("2026年11月22日（日）14:03:22 JST (UTC+09:00)");
            assertThat(detail(Language.EN, name, "2026-11-22T05:03:22Z").value()).isEqualTo("Sun 22 Nov 2026, 14:03:22 JST (UTC+09:00)");
        }
    }

    @Test void aRuleIsCalledAsOnOtherPagesAndWhomItIsAboutIsNamed() {
        assertThat(detail(Language.EN, "rule:" + ID, "built-in")).isEqualTo(new Detail("Rule for recipient", ID, "standard rule", false));
        assertThat(detail(Language.JA, "rule", "at once").value()).isEqualTo("規則「at once」");
    }

    @Test void whatAScanOfAFileSaidIsInWords() {
        assertThat(detail(Language.EN, "scan:" + ID, "CLEAN")).isEqualTo(new Detail("Scan of file", ID, "nothing found", false));
    }

    @Test void rangesAreToldByTheirFirstAndLastByte() {
        assertThat(detail(Language.EN, "ranges", "{[0,10000),[20000,20001)}").value()).isEqualTo("0–9999, 20000–20000");
    }

    @Test void anEventAboutManyFilesDoesNotFillThePage() {
        var many = java.util.stream.IntStream.range(0, 2_000).boxed().collect(java.util.stream.Collectors.toMap(i -> "file:" + i, i -> "x"));
        assertThat(new Details(SamplePage.of(Language.EN)).of(many)).hasSize(25).last().isEqualTo(new Detail("Not shown here", "", "1976", false));
    }

    @Test void whatIsUnknownStaysAsItStandsInTheLog() {
        assertThat(detail(Language.EN, "reason", "later")).isEqualTo(new Detail("Reason", "", "later", true));
        assertThat(detail(Language.EN, "colour", "re\u202Ed").name()).isEqualTo("colour");
        assertThat(detail(Language.EN, "since", "yesterday").value()).isEqualTo("yesterday");
        assertThat(detail(Language.EN, "ranges", "{[0,99999999999999999999)}").value()).isEqualTo("{[0,99999999999999999999)}");
    }
}
