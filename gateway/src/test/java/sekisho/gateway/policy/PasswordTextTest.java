package sekisho.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The texts are files, one a line, in {@code src/test/resources/password-text}. */
class PasswordTextTest {

    private static List<String> texts(String file) throws IOException {
        try (var in = PasswordTextTest.class.getResourceAsStream("/password-text/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#")).map(line -> line.replace("\\n", "\n")).toList();
        }
    }

    private static Stream<DynamicTest> each(String file, boolean tells) throws IOException {
        var texts = texts(file);
        assertThat(texts).hasSizeGreaterThan(150).doesNotHaveDuplicates();
        return texts.stream().map(text -> DynamicTest.dynamicTest(text.replace("\n", " / "), () -> assertThat(PasswordText.tellsOne(text)).isEqualTo(tells)));
    }

    @TestFactory
    Stream<DynamicTest> aTextThatTellsAPasswordIsKnown() throws IOException {
        return each("tells.txt", true);
    }

    @TestFactory
    Stream<DynamicTest> aTextThatTellsNoneIsLeftAlone() throws IOException {
        return each("silent.txt", false);
    }

    @Test
    void onlyTheBeginningIsRead() {
        assertThat(PasswordText.tellsOne("")).isFalse();
        assertThat(PasswordText.tellsOne("x ".repeat(PasswordText.MOST_CHARS / 2 - 20) + "PW: hakone1603")).isTrue();
        assertThat(PasswordText.tellsOne("x ".repeat(PasswordText.MOST_CHARS / 2) + "PW: hakone1603")).isFalse();
    }

    @Test
    void aTextMadeToBeSlowIsRead() {
        for (var piece : List.of("password ", "<", "pw aaaa ", "password is ", "「パスワードは", "パスワード:\n", "pass is HAKONE x ", "a'", "<p ", "@a.", "pw is is ", "pw. ab12 ", "&#", "パスワード「")) {
            assertThat(PasswordText.tellsOne(piece.repeat(1_000_000 / piece.length()))).as(piece).isFalse();
        }
        assertThat(PasswordText.tellsOne(("pw " + "a@".repeat(30) + " ").repeat(10_000))).isTrue();
    }
}
