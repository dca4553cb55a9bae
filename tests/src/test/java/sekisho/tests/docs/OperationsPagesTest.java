package sekisho.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import sekisho.embedded.Tools;

/** The pages for operators name only settings that there are, and lead to pages that there are. */
class OperationsPagesTest {

    private static final Pattern SETTING = Pattern.compile("\\b(?:mail-hook|gateway|pages|web|admin)\\.[a-z0-9.-]*[a-z0-9]\\b(?=[=`])");
    private static final Pattern KEY = Pattern.compile("(?m)^\\| `([a-z0-9.<>*-]+)` \\|");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");

    @Test
    void everySettingThatAPageNamesIsOne() throws IOException {
        var keys = KEY.matcher(Files.readString(Tools.repository().resolve("docs/configuration.md"))).results()
            .map(key -> Pattern.compile(Pattern.quote(key.group(1)).replaceAll("<name>|\\*", "\\\\E[^.]+\\\\Q"))).toList();
        for (var page : pages()) {
            assertThat(SETTING.matcher(Files.readString(page)).results().map(setting -> setting.group()).distinct().toList()).as(page.getFileName().toString())
                .allMatch(setting -> keys.stream().anyMatch(key -> key.matcher(setting).matches()));
        }
    }

    @Test
    void everyLinkLeadsToAPage() throws IOException {
        for (var page : pages()) {
            assertThat(LINK.matcher(Files.readString(page)).results().map(link -> page.resolveSibling(link.group(1)).normalize()).toList())
                .as(page.getFileName().toString()).allMatch(Files::exists);
        }
    }

    @Test
    void everyPageIsInTheIndex() throws IOException {
        var index = Files.readString(folder().resolve("README.md"));
        assertThat(pages()).extracting(page -> page.getFileName().toString()).filteredOn(name -> !name.equals("README.md"))
            .isNotEmpty().allMatch(name -> index.contains("(" + name + ")"));
    }

    private static Path folder() {
        return Tools.repository().resolve("docs/operations");
    }

    private static List<Path> pages() throws IOException {
        try (var files = Files.list(folder())) {
            return files.filter(each -> each.toString().endsWith(".md")).sorted().toList();
        }
    }
}
