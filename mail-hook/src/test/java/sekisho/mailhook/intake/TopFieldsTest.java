package sekisho.mailhook.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopFieldsTest {

    private static final byte[] MESSAGE = """
        Received: from a\r
        X-Class: =?UTF-8?B?56S+5aSW56eY?=\r
        x-CLASS : a\r
         folded value\r
        Subject: hello\r
        \r
        X-Class: in the body\r
        """.getBytes(StandardCharsets.UTF_8);

    private static Map<String, List<String>> read(Set<String> names, int limit, int piece) {
        var fields = new TopFields(names, limit);
        for (int at = 0; at < MESSAGE.length; at += piece) {
            fields.feed(MESSAGE, at, Math.min(piece, MESSAGE.length - at));
        }
        return fields.values();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 17, 1000})
    void everyFieldOfTheNameIsReadAndNothingOfTheBody(int piece) {
        assertThat(read(Set.of("x-class", "x-other"), 1000, piece)).isEqualTo(Map.of("x-class", List.of("社外秘", "a folded value")));
    }

    @Test
    void aLongFieldIsReadToItsEnd() {
        var fields = new TopFields(Set.of("cc"), 1 << 20);
        byte[] message = ("Cc: " + "somebody.else@partner.example,\r\n\t".repeat(5000) + "chair@board.example\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        fields.feed(message, 0, message.length);
        assertThat(fields.values().get("cc")).singleElement().asString().endsWith(",\tchair@board.example").hasSizeGreaterThan(150_000);
    }

    @Test
    void nothingIsKeptWhenNothingIsAskedFor() {
        assertThat(read(Set.of(), 1000, 5)).isEmpty();
    }

    @Test
    void noMoreIsKeptThanTheLimit() {
        assertThat(read(Set.of("x-class", "subject"), 60, 7)).containsOnlyKeys("x-class");
    }
}
