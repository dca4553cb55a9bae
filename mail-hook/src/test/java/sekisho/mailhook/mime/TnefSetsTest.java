package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each set of files in a {@code winmail.dat} comes out as it went in. The files of {@code src/test/resources/tnef} are these sets, for the fuzzer to begin with. */
class TnefSetsTest {

    private static final Path FOLDER = Path.of("src/test/resources/tnef");

    @TestFactory
    Stream<DynamicTest> comesOutAsItWentIn() {
        return TnefSets.all().entrySet().stream().map(set -> DynamicTest.dynamicTest(set.getKey(), () -> {
            var split = SplitMessage.of(lines("Subject: x", "Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: text/plain", "", "See the file.", "--b",
                "Content-Type: application/ms-tnef; name=\"winmail.dat\"", "Content-Transfer-Encoding: base64", "",
                Base64.getMimeEncoder().encodeToString(set.getValue().octets()), "--b--").getBytes(StandardCharsets.ISO_8859_1));
            assertThat(split.names()).containsExactlyElementsOf(set.getValue().files().stream().map(TnefSets.Expected::name).toList());
            for (int i = 0; i < set.getValue().files().size(); i++) {
                assertThat(split.content(i)).as(split.names().get(i)).isEqualTo(set.getValue().files().get(i).content());
            }
        }));
    }

    /** What differs or is missing is written with {@code -Dsekisho.write-fixtures=true}. */
    @Test
    void theFixturesAreTheseSets() throws IOException {
        var sets = TnefSets.all();
        if (Boolean.getBoolean("sekisho.write-fixtures")) {
            for (var set : sets.entrySet()) {
                Files.write(Files.createDirectories(FOLDER).resolve(set.getKey() + ".tnef"), set.getValue().octets());
            }
        }
        for (var set : sets.entrySet()) {
            assertThat(FOLDER.resolve(set.getKey() + ".tnef")).hasBinaryContent(set.getValue().octets());
        }
        try (var files = Files.list(FOLDER)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrderElementsOf(sets.keySet().stream().map(name -> name + ".tnef").toList());
        }
    }
}
