package sekisho.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import sekisho.pages.SamplePage;

class TemplatesTest {

    private static final Pattern SAID = Pattern.compile("page\\.say\\('([^']+)'");
    private static final Pattern SAID_OF = Pattern.compile("page\\.sayOf\\('([^']+)'");
    private static final Pattern INLINE = Pattern.compile("<style|\\sstyle=|\\son[a-z]+=|javascript:|<script(?![^>]*\\ssrc=\")");
    private static final Pattern GET_FORM = Pattern.compile("<form(?![^>]*method=\"post\")");

    @Test void everyTextThatATemplateSaysExists() throws IOException {
        var keys = SamplePage.words().keys();
        for (var template : templates()) {
            assertThat(SAID.matcher(template).results().map(found -> found.group(1)).toList()).isSubsetOf(keys);
            for (var first : SAID_OF.matcher(template).results().map(found -> found.group(1)).toList()) {
                assertThat(keys).anyMatch(key -> key.startsWith(first + "."));
            }
        }
    }

    @Test void noTemplateHasInlineScriptOrStyle() throws IOException {
        assertThat(templates()).noneMatch(template -> INLINE.matcher(template).find());
    }

    @Test void everyFormIsAPost() throws IOException {
        assertThat(templates()).noneMatch(template -> GET_FORM.matcher(template).find());
    }

    private static List<String> templates() throws IOException {
        var all = new ArrayList<String>();
        try (var files = Files.walk(Path.of("src/main/resources/templates"))) {
            for (var file : files.filter(f -> f.toString().endsWith(".html")).toList()) {
                all.add(Files.readString(file));
            }
        }
        assertThat(all).isNotEmpty();
        return all;
    }
}
