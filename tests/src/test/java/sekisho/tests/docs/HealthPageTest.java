package sekisho.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import sekisho.embedded.Tools;

/** The list of what health says has every check of the code, and no other. */
class HealthPageTest {

    private static final Pattern CHECK = Pattern.compile("HealthCheckResponse\\.named\\(\"([^\"]+)\"\\)|(?s)extends WatchedCheck .*?super\\(\"([^\"]+)\"");
    private static final Pattern SECTION = Pattern.compile("(?s)\n## Health\n(.*?)\n## ");
    private static final Pattern NAMED = Pattern.compile("`([a-z ]+)`");

    @Test
    void everyCheckIsOnThePageAndNoOther() throws IOException {
        var section = SECTION.matcher(Files.readString(Tools.repository().resolve("deploy/README.md")));
        assertThat(section.find()).isTrue();
        var onThePage = new TreeSet<String>();
        NAMED.matcher(section.group(1)).results().forEach(name -> onThePage.add(name.group(1)));
        onThePage.remove("mail");   // the runnable
        var inTheCode = new TreeSet<String>();
        try (var files = Files.walk(Tools.repository())) {
            for (Path file : files.filter(each -> each.toString().endsWith(".java") && each.toString().contains("/src/main/")).toList()) {
                CHECK.matcher(Files.readString(file)).results().map(check -> check.group(1) == null ? check.group(2) : check.group(1)).forEach(inTheCode::add);
            }
        }
        assertThat(onThePage).isEqualTo(inTheCode);
    }
}
