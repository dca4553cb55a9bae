package sekisho.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.nio.file.Files;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import sekisho.embedded.Tools;
import sekisho.tests.OurClasses;

/** The page of settings says what the code has: every key, and its default. */
class ConfigurationPageTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z0-9.<>-]+)` \\| [^|]+ \\| ([^|]+) \\|");

    @Test
    void everySettingIsOnThePageWithItsDefault() throws IOException {
        assertThat(onThePage()).isEqualTo(inTheCode());
    }

    private static Map<String, String> onThePage() throws IOException {
        var rows = new TreeMap<String, String>();
        var page = ROW.matcher(Files.readString(Tools.repository().resolve("docs/configuration.md")));
        while (page.find()) {
            rows.put(page.group(1), page.group(2).strip());
        }
        return rows;
    }

    private static Map<String, String> inTheCode() {
        var settings = new TreeMap<String, String>();
        OurClasses.ALL.stream()
            .filter(each -> each.isAnnotatedWith(ConfigMapping.class))
            .map(each -> each.reflect())
            .forEach(mapping -> collect(mapping, mapping.getAnnotation(ConfigMapping.class).prefix(), settings));
        return settings;
    }

    private static boolean isGroup(Class<?> type) {
        return type.isInterface() && type.getName().startsWith("sekisho.");
    }

    private static void collect(Class<?> group, String prefix, Map<String, String> settings) {
        for (Method method : group.getMethods()) {
            var key = prefix + "." + method.getName().replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(java.util.Locale.ROOT);
            if (isGroup(method.getReturnType())) {
                collect(method.getReturnType(), key, settings);
            } else if (method.getGenericReturnType() instanceof ParameterizedType map && map.getRawType() == Map.class) {
                if (map.getActualTypeArguments()[1] instanceof Class<?> each && isGroup(each)) {
                    collect(each, key + ".<name>", settings);
                } else {
                    settings.put(key + ".<name>", "–");
                }
            } else if (!method.isSynthetic() && !java.lang.reflect.Modifier.isStatic(method.getModifiers()) && !method.isDefault()) {
                var byDefault = method.getAnnotation(WithDefault.class);
                boolean optional = method.getReturnType().getSimpleName().startsWith("Optional");
                settings.put(key, byDefault != null ? "`" + byDefault.value() + "`" : optional ? "–" : "**required**");
            }
        }
    }
}
