package sekisho.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import sekisho.embedded.Tools;

/** The page of pitfalls has a row for each of them, every row names tests that exist, and every case is in its row. */
class MailBehaviourPageTest {

    private static final int PITFALLS = 58;
    private static final Pattern ROW = Pattern.compile("(?m)^\\| ([0-9]+) \\|.*\\|([^|]+)\\|$");
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");
    private static final Pattern CASE = Pattern.compile("([0-9]{2})-[a-z0-9-]+");

    @Test
    void everyPitfallHasItsRowInOrder() throws IOException {
        assertThat(rows().keySet()).containsExactlyElementsOf(IntStream.rangeClosed(1, PITFALLS).boxed().toList());
    }

    @Test
    void whatARowNamesExists() throws IOException {
        var sources = sources();
        for (var row : rows().entrySet()) {
            assertThat(row.getValue()).as("tests of pitfall " + row.getKey()).isNotEmpty();
            for (var name : row.getValue()) {
                if (CASE.matcher(name).matches()) {
                    assertThat(name).as("pitfall " + row.getKey()).startsWith("%02d-".formatted(row.getKey()));
                    assertThat(folder().resolve(name).resolve("case.yaml")).exists();
                } else if (name.endsWith(".smtp")) {
                    assertThat(Tools.repository().resolve("mail-hook/src/test/resources/smtp").resolve(name)).exists();
                } else {
                    var parts = name.split("\\.");
                    assertThat(sources).as("pitfall " + row.getKey()).containsKey(parts[0]);
                    if (parts.length > 1) {
                        assertThat(Files.readString(sources.get(parts[0]))).as("pitfall " + row.getKey() + ", " + name).contains(" " + parts[1] + "(");
                    }
                }
            }
        }
    }

    @Test
    void everyCaseIsInItsRow() throws IOException {
        var named = new TreeSet<String>();
        rows().values().forEach(names -> names.stream().filter(name -> CASE.matcher(name).matches()).forEach(named::add));
        try (var folders = Files.list(folder())) {
            assertThat(folders.filter(Files::isDirectory).map(each -> each.getFileName().toString()).sorted().toList()).isEqualTo(List.copyOf(named));
        }
    }

    private static Path folder() {
        return Tools.repository().resolve("tests/src/test/resources/mail");
    }

    /** What the last column of each row names. */
    private static Map<Integer, List<String>> rows() throws IOException {
        var rows = new TreeMap<Integer, List<String>>();
        var row = ROW.matcher(Files.readString(Tools.repository().resolve("docs/mail-behaviour.md")));
        while (row.find()) {
            var names = NAME.matcher(row.group(2)).results().map(name -> name.group(1)).toList();
            assertThat(rows.put(Integer.parseInt(row.group(1)), names)).as("a second row " + row.group(1)).isNull();
        }
        return rows;
    }

    /** Every test class by its simple name. */
    private static Map<String, Path> sources() throws IOException {
        var sources = new HashMap<String, Path>();
        for (var module : List.of("storage", "gateway", "gateway/inspection", "mail-hook", "web", "tests")) {
            try (var files = Files.walk(Tools.repository().resolve(module).resolve("src/test/java"))) {
                files.filter(each -> each.toString().endsWith("Test.java"))
                    .forEach(each -> sources.put(each.getFileName().toString().replace(".java", ""), each));
            }
        }
        return sources;
    }
}
