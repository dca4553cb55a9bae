package sekisho.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.junit.jupiter.api.Test;
import sekisho.embedded.Tools;
import sekisho.tests.OurClasses;

/** The page of settings says what the code has: every key, its default, and the range that it is held to. */
class ConfigurationPageTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z0-9.<>-]+)` \\| [^|]+ \\| ([^|]+) \\|([^|]*)\\|");

    @Test
    void everySettingIsOnThePageWithItsDefaultAndItsRange() throws IOException {
        assertThat(onThePage()).isEqualTo(inTheCode());
    }

    private static Map<String, String> onThePage() throws IOException {
        var rows = new TreeMap<String, String>();
        var page = ROW.matcher(Files.readString(Tools.repository().resolve("docs/configuration.md")));
        while (page.find()) {
            rows.put(page.group(1), said(page.group(2).strip(), page.group(3).strip()));
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
                    settings.put(key + ".<name>", said("–", range(method)));
                }
            } else if (!method.isSynthetic() && !java.lang.reflect.Modifier.isStatic(method.getModifiers()) && !method.isDefault()) {
                var byDefault = method.getAnnotation(WithDefault.class);
                boolean optional = method.getReturnType().getSimpleName().startsWith("Optional");
                settings.put(key, said(byDefault != null ? "`" + byDefault.value() + "`" : optional ? "–" : "**required**", range(method)));
            }
        }
    }

    private static String said(String byDefault, String range) {
        return range.isEmpty() ? byDefault : byDefault + ", " + range;
    }

    /** {@code 1 to 10}, {@code from 1}, {@code up to 10}, or nothing; durations with their unit, such as {@code 1s to 7d}. */
    private static String range(Method setting) {
        var own = range((AnnotatedElement) setting);
        return own.isEmpty() && setting.getAnnotatedReturnType() instanceof AnnotatedParameterizedType of   // Optional<@Min(0) Integer>
            ? range(of.getAnnotatedActualTypeArguments()[0]) : own;
    }

    private static String range(AnnotatedElement setting) {
        var from = "";
        var to = "";
        if (setting.getAnnotation(Min.class) instanceof Min least) {
            from = Long.toString(least.value());
        }
        if (setting.getAnnotation(Max.class) instanceof Max most) {
            to = Long.toString(most.value());
        }
        if (setting.getAnnotation(DurationMin.class) instanceof DurationMin least) {
            from = written(Duration.ofDays(least.days()).plusHours(least.hours()).plusMinutes(least.minutes()).plusSeconds(least.seconds()).plusMillis(least.millis()));
        }
        if (setting.getAnnotation(DurationMax.class) instanceof DurationMax most) {
            to = written(Duration.ofDays(most.days()).plusHours(most.hours()).plusMinutes(most.minutes()).plusSeconds(most.seconds()).plusMillis(most.millis()));
        }
        return from.isEmpty() ? to.isEmpty() ? "" : "up to " + to : to.isEmpty() ? "from " + from : from + " to " + to;
    }

    private static String written(Duration duration) {
        if (duration.toMillisPart() > 0) {
            return duration.toMillis() + "ms";
        }
        if (duration.isZero() || duration.toSecondsPart() > 0) {
            return duration.toSeconds() + "s";
        }
        if (duration.toMinutesPart() > 0) {
            return duration.toMinutes() + "m";
        }
        return duration.toHoursPart() > 0 ? duration.toHours() + "h" : duration.toDays() + "d";
    }
}
