package sekisho.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordsTest {

    private final Words words = Words.load(WordsTest.class.getClassLoader());

    @Test void aTextOfOneLanguageOnlyStopsTheStart(@TempDir Path module) throws IOException {
        write(module, "extra.title = 追加", "");
        assertThatIllegalStateException().isThrownBy(() -> loadWith(module)).withMessageContaining("extra.title");
    }

    @Test void aTextDefinedTwiceStopsTheStart(@TempDir Path module) throws IOException {
        write(module, "brand = 別", "brand = Other");
        assertThatIllegalStateException().isThrownBy(() -> loadWith(module)).withMessageContaining("brand");
    }

    @Test void textsOfSeveralModulesAreJoined(@TempDir Path module) throws IOException {
        write(module, "extra.files = {0} 個のファイル\nextra.files.one = {0} 個のファイル", "extra.files = {0} files\nextra.files.one = one file");
        var joined = loadWith(module);
        assertThat(joined.say(Language.EN, "extra.files", 1)).isEqualTo("one file");
        assertThat(joined.say(Language.EN, "extra.files", 2L)).isEqualTo("2 files");
        assertThat(joined.say(Language.JA, "extra.files", 1)).isEqualTo("1 個のファイル");
        assertThat(joined.keys()).contains("brand", "extra.files");
    }

    @Test void valuesThatLookLikePlaceholdersStayAsTheyAre() {
        assertThat(words.say(Language.EN, "rule.named", "{0}{1}")).isEqualTo("rule “{0}{1}”");
    }

    @Test void anUnknownTextIsAMistake() {
        assertThatIllegalArgumentException().isThrownBy(() -> words.say(Language.JA, "no.such")).withMessageContaining("no.such");
    }

    private static Words loadWith(Path module) throws IOException {
        try (var classes = new URLClassLoader(new URL[] {URI.create(module.toUri().toString()).toURL()}, WordsTest.class.getClassLoader())) {
            return Words.load(classes);
        }
    }

    private static void write(Path module, String japanese, String english) throws IOException {
        var folder = Files.createDirectories(module.resolve("META-INF/sekisho"));
        Files.writeString(folder.resolve("words_ja.properties"), japanese);
        Files.writeString(folder.resolve("words_en.properties"), english);
    }
}
