package sekisho.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import sekisho.embedded.Tools;

/** The list of metrics has what the code counts, all of it, with the labels and the values that the code gives by name. */
class MetricsPageTest {

    private static final Pattern IN_CODE = Pattern.compile(
        "(counter|gauge|MultiGauge\\.builder)\\(\"(sekisho\\.[a-z.]+)\"(?:\\)\\.baseUnit\\(\"([a-z]+)\")?((?:, \"[a-z]+\", (?:\"[a-z]+\"|[^,\")]+(?:\\([^)]*\\))*))*)");
    private static final Pattern LABEL = Pattern.compile(", \"([a-z]+)\", (?:\"([a-z]+)\")?");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`sekisho_[^|]+) \\|(.+)\\|$");
    private static final Pattern NAME = Pattern.compile("`(sekisho_[a-z_]+)(?:\\{([a-z,]+)})?`");

    @Test
    void everyMetricIsOnThePageAndNoOther() throws IOException {
        assertThat(onThePage().keySet()).isEqualTo(inTheCode().keySet());
    }

    @Test
    void theLabelsAndValuesThatTheCodeNamesAreToldWithIt() throws IOException {
        var page = onThePage();
        inTheCode().forEach((metric, named) -> assertThat(named).as(metric).allMatch(each -> page.get(metric).contains("`" + each + "`")));
        assertThat(inTheCode().get("sekisho_intake_total")).contains("outcome", "accepted", "repeated");
    }

    /** Of each metric its labels, and what is said about it. */
    private static Map<String, String> onThePage() throws IOException {
        var found = new TreeMap<String, String>();
        var rows = ROW.matcher(Files.readString(Tools.repository().resolve("deploy/README.md")));
        while (rows.find()) {
            NAME.matcher(rows.group(1)).results().forEach(name ->
                found.put(name.group(1), (name.group(2) == null ? "" : "`" + name.group(2).replace(",", "` `") + "`") + rows.group(2)));
        }
        return found;
    }

    /** Of each metric, as Prometheus calls it, the labels and values that stand as texts where it is counted. */
    private static Map<String, Set<String>> inTheCode() throws IOException {
        var found = new TreeMap<String, Set<String>>();
        try (var files = Files.walk(Tools.repository())) {
            for (var file : files.filter(MetricsPageTest::isOurs).toList()) {
                IN_CODE.matcher(Files.readString(file)).results().forEach(each -> {
                    var name = each.group(2).replace('.', '_') + (each.group(1).equals("counter") ? "_total" : "") + (each.group(3) == null ? "" : "_" + each.group(3));
                    var named = found.computeIfAbsent(name, _ -> new TreeSet<>());
                    LABEL.matcher(each.group(4)).results().forEach(label -> {
                        named.add(label.group(1));
                        if (label.group(2) != null) {
                            named.add(label.group(2));
                        }
                    });
                });
            }
        }
        return found;
    }

    private static boolean isOurs(Path file) {
        return file.toString().endsWith(".java") && file.toString().contains("/src/main/") && !file.toString().contains("/deploy/");
    }
}
