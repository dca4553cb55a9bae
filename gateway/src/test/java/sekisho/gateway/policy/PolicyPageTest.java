package sekisho.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.embedded.Tools;

/** docs/policy.md says what the reader of policy files does. */
class PolicyPageTest {

    private static final Pattern EXAMPLE = Pattern.compile("(?ms)^```yaml\\n(.*?)^```");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z-]+)` \\|(.*)");

    @TempDir
    Path folder;
    private String page;

    @BeforeEach
    void read() throws IOException {
        page = Files.readString(Tools.repository().resolve("docs/policy.md"));
    }

    @Test
    void everyExampleIsAPolicy() throws IOException {
        Files.writeString(folder.resolve("sales.txt"), "hanako@example.co.jp\n");
        var examples = EXAMPLE.matcher(page).results().map(found -> found.group(1)).toList();
        assertThat(examples).hasSizeGreaterThanOrEqualTo(3);
        for (var example : examples) {
            var file = Files.writeString(folder.resolve("policy.yaml"), example);
            assertThat(PolicyFile.read(file).rules()).as(example).isNotEmpty();
        }
    }

    @Test
    void theExamplesUseEveryKey() throws IOException {
        var used = EXAMPLE.matcher(page).results().map(found -> found.group(1)).collect(Collectors.joining());
        for (var key : keys()) {
            assertThat(used).containsPattern("(?m)(^|[{, ])" + key + ":");
        }
    }

    @Test
    void everyKeyHasItsRowAndNoRowIsOfAnythingElse() {
        assertThat(ROW.matcher(page).results().map(row -> row.group(1)).toList()).containsExactlyInAnyOrderElementsOf(
            Stream.concat(keys().stream(), PolicyFile.TOP.stream()).toList());
    }

    @Test
    void everyValueStandsInItsRow() {
        var values = Map.of("attachments", Attachments.values(), "password-protected", Attachments.values(), "unknown-protection",
            Attachments.values(), "signed", Then.Signed.values(), "encrypted", Then.Encrypted.values(), "unscanned", Then.Unscanned.values(),
            "password-mail", PasswordMail.values(), "forwarded", Forwarded.values(), "names", Names.values());
        values.forEach((key, constants) -> assertThat(rows(key)).anySatisfy(row -> {
            for (var constant : constants) {
                assertThat(row).contains("`" + RuleText.word((Enum<?>) constant) + "`");
            }
        }));
    }

    @Test
    void everythingThatADomainMayLookLikeStandsInItsRow() {
        assertThat(rows("recipient-looks-like")).singleElement().satisfies(row -> {
            for (var kind : Likeness.Kind.values()) {
                assertThat(row).contains("`" + kind.text() + "`");
            }
        });
    }

    private List<String> rows(String key) {
        return ROW.matcher(page).results().filter(row -> row.group(1).equals(key)).map(row -> row.group(2)).toList();
    }

    /** {@code attachments} is a condition and a decision, so it stands twice. */
    private static List<String> keys() {
        return Stream.of(WhenReader.KEYS, ThenReader.KEYS).flatMap(Set::stream).toList();
    }
}
