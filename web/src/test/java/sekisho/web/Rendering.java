package sekisho.web;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.Engine;
import io.quarkus.qute.HtmlEscaper;
import io.quarkus.qute.ReflectionValueResolver;
import io.quarkus.qute.TemplateLocator;
import io.quarkus.qute.Variant;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Renders typed templates without starting the framework, from the same files. */
public final class Rendering {

    private static final Engine ENGINE = Engine.builder().addDefaults().addValueResolver(new ReflectionValueResolver())
        .addResultMapper(new HtmlEscaper(List.of("text/html"))).addLocator(Rendering::locate).strictRendering(true).build();

    private Rendering() {
    }

    /** The page that a template record makes. */
    public static String of(Record template) {
        var type = template.getClass();
        var base = type.getAnnotation(CheckedTemplate.class).basePath();
        var name = type.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
        var instance = ENGINE.getTemplate(base + "/" + name).instance();
        for (var component : type.getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                instance.data(component.getName(), component.getAccessor().invoke(template));
            } catch (ReflectiveOperationException unreadable) {
                throw new IllegalStateException(unreadable);
            }
        }
        return instance.render();
    }

    private static Optional<TemplateLocator.TemplateLocation> locate(String id) {
        var file = Rendering.class.getClassLoader().getResource("templates/" + id + ".html");
        return file == null ? Optional.empty() : Optional.of(new TemplateLocator.TemplateLocation() {
            @Override
            public Reader read() {
                try {
                    return new InputStreamReader(file.openStream(), StandardCharsets.UTF_8);
                } catch (IOException unreadable) {
                    throw new UncheckedIOException(unreadable);
                }
            }

            @Override
            public Optional<Variant> getVariant() {
                return Optional.of(Variant.forContentType("text/html"));
            }
        });
    }
}
