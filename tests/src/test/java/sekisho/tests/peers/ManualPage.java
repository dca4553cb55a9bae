package sekisho.tests.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import sekisho.embedded.Tools;

/**
 * A page of {@code docs/operations}, whose configuration the tests take as it stands there, but for addresses and ports. A block that is taken has its name in
 * a comment in front: {@code <!-- after-queue/master.cf -->}.
 */
final class ManualPage {

    private final String name;
    private final String text;

    private ManualPage(String name, String text) {
        this.name = name;
        this.text = text;
    }

    static ManualPage of(String name) throws IOException {
        return new ManualPage(name, Files.readString(Tools.repository().resolve("docs/operations").resolve(name)));
    }

    /** The page with an address of the example replaced by one of the test; it must be on the page. */
    ManualPage with(String example, String actual) {
        if (!text.contains(example)) {
            throw new IllegalArgumentException(name + " doesn't say " + example);
        }
        return new ManualPage(name, text.replace(example, actual));
    }

    /** What stands between the fences. */
    String block(String title) {
        var block = Pattern.compile("<!-- " + Pattern.quote(title) + " -->\\n```[a-z]*\\n(.*?)```", Pattern.DOTALL).matcher(text);
        if (!block.find()) {
            throw new IllegalArgumentException(name + " has no block " + title);
        }
        return block.group(1);
    }

    /** The block's lines {@code name = value}. */
    Map<String, String> parameters(String title) {
        var parameters = new LinkedHashMap<String, String>();
        block(title).lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(line -> {
            var parts = line.split("=", 2);
            parameters.put(parts[0].strip(), parts[1].strip());
        });
        return parameters;
    }
}
