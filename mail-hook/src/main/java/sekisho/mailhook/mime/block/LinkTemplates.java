package sekisho.mailhook.mime.block;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import sekisho.mailhook.mime.Language;

/**
 * A set of templates: for Japanese messages ({@code ja}), English ones ({@code en}) and those that don't tell ({@code both}), each as plain
 * text and as HTML. Ours lie in the program; an operator's folder may replace each pair. All are checked when they are read.
 */
public final class LinkTemplates {

    private static final int MOST_OCTETS = 64 * 1024;
    private static final LinkTemplates SHIPPED = new LinkTemplates(LinkTemplates::shipped);

    private final Map<Language, Template> texts = new EnumMap<>(Language.class);
    private final Map<Language, Template> htmls = new EnumMap<>(Language.class);

    private interface Source {
        /** The file's octets, and how an error message names it. */
        Content read(String file);
    }

    private record Content(String name, byte[] octets) {
    }

    private LinkTemplates(Source source) {
        for (Language language : Language.values()) {
            Content text = source.read(base(language) + ".txt");
            Template parsed = Template.parse(text.name(), decoded(text), language);
            TextTemplateCheck.check(text.name(), parsed);
            texts.put(language, parsed);
            Content html = source.read(base(language) + ".html");
            htmls.put(language, Template.parse(html.name(), decoded(html), language));
            HtmlTemplateCheck.check(html.name(), decoded(html));
        }
    }

    public static LinkTemplates shipped() {
        return SHIPPED;
    }

    /**
     * The set of a folder; what it lacks is ours.
     *
     * @throws FaultyTemplateException when a file is faulty, half of a pair, or not of a set
     * @throws UncheckedIOException    when the folder can't be read
     */
    public static LinkTemplates in(Path folder) {
        Set<String> found = files(folder);
        List<String> known = new ArrayList<>();
        for (Language language : Language.values()) {
            known.add(base(language) + ".txt");
            known.add(base(language) + ".html");
            if (found.contains(known.getLast()) != found.contains(known.get(known.size() - 2))) {
                throw new FaultyTemplateException(folder.toString(), "of " + base(language) + ".txt and " + base(language)
                        + ".html one is there and the other not; readers choose between them, so both are needed");
            }
        }
        found.stream().filter(file -> !known.contains(file)).findFirst().ifPresent(file -> {
            throw new FaultyTemplateException(folder.resolve(file).toString(), "not one of " + String.join(", ", known));
        });
        if (found.isEmpty()) {
            throw new FaultyTemplateException(folder.toString(), "there is none of " + String.join(", ", known));
        }
        return new LinkTemplates(file -> found.contains(file) ? content(folder.resolve(file)) : shipped(file));
    }

    private static String base(Language language) {
        return switch (language) {
            case JAPANESE -> "ja";
            case ENGLISH -> "en";
            case BOTH -> "both";
        };
    }

    /** Hidden files and what editors leave behind don't count. */
    private static Set<String> files(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            var names = new TreeSet<String>();
            all.map(file -> file.getFileName().toString()).filter(name -> !name.startsWith(".") && !name.endsWith("~")).forEach(names::add);
            return names;
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read the templates in " + folder, unreadable);
        }
    }

    private static Content content(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] octets = in.readNBytes(MOST_OCTETS + 1);
            if (octets.length > MOST_OCTETS) {
                throw new FaultyTemplateException(file.toString(), "larger than " + MOST_OCTETS + " octets");
            }
            return new Content(file.toString(), octets);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + file, unreadable);
        }
    }

    private static Content shipped(String file) {
        try (InputStream in = LinkTemplates.class.getResourceAsStream("/sekisho/link-block/" + file)) {
            return new Content(file, Objects.requireNonNull(in, file).readAllBytes());
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + file, unreadable);
        }
    }

    private static String decoded(Content content) {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content.octets())).toString();
            return text.replace("\r\n", "\n").replaceFirst("^\uFEFF", "");
        } catch (CharacterCodingException e) {
            throw new FaultyTemplateException(content.name(), "not UTF-8");
        }
    }

    Template text(Language language) {
        return Objects.requireNonNull(texts.get(language));
    }

    Template html(Language language) {
        return Objects.requireNonNull(htmls.get(language));
    }
}
