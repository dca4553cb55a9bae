package sekisho.tests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ws.rs.Path;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.embedded.Tools;
import sekisho.tests.OurClasses;

/** The metrics name our pages and nothing that a visitor made up. */
class MetricLabelsTest {

    private static final String OTHER = "/other";
    private static final Pattern PARAMETER = Pattern.compile("\\{[^{}]*(\\{[^}]*})?[^{}]*}");

    @ParameterizedTest
    @ValueSource(strings = {"all", "web", "admin"})
    void everyPageHasItsLabelAndTheRestHasOne(String role) throws IOException {
        var labels = labels(role);
        assertThat(pages()).isNotEmpty().allSatisfy(page -> {
            var id = UUID.randomUUID().toString();
            var label = label(labels, PARAMETER.matcher(page).replaceAll(id));
            assertThat(label).as(page).isNotEqualTo(OTHER).doesNotContain(id);
        });
        for (var path : List.of("/rnd0", "/d", "/sent/a/b/c", "/d/x/y", "/admin/x", "/{id}", "//sent", "/other/x", "")) {
            assertThat(label(labels, path)).as(path).isEqualTo(OTHER);
        }
    }

    /** As the framework does it: the first pattern that matches the whole path. */
    private static String label(Map<Pattern, String> labels, String path) {
        return labels.entrySet().stream().filter(each -> each.getKey().matcher(path).matches()).findFirst().orElseThrow().getValue();
    }

    private static Map<Pattern, String> labels(String role) throws IOException {
        var properties = new Properties();
        try (var in = Files.newBufferedReader(Tools.repository().resolve("deploy/" + role + "/src/main/resources/application.properties"))) {
            properties.load(in);
        }
        var labels = new LinkedHashMap<Pattern, String>();
        for (var each : properties.getProperty("quarkus.micrometer.binder.http-server.match-patterns").split(",")) {
            labels.put(Pattern.compile(each.substring(0, each.indexOf('='))), each.substring(each.indexOf('=') + 1));
        }
        return labels;
    }

    private static List<String> pages() {
        var pages = new ArrayList<String>();
        OurClasses.ALL.stream()
            .filter(each -> each.isAnnotatedWith(Path.class))
            .forEach(resource -> {
                var base = resource.getAnnotationOfType(Path.class).value();
                for (var method : resource.getMethods()) {
                    var whole = base + method.tryGetAnnotationOfType(Path.class).map(path -> "/" + path.value()).orElse("");
                    pages.add(whole.equals("/") ? whole : whole.replaceAll("/+", "/").replaceAll("/$", ""));
                }
            });
        return pages.stream().distinct().toList();
    }
}
