package sekisho.mailhook.mime.block;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import sekisho.mailhook.mime.Language;

/**
 * One file of a set, checked and ready to be filled in. {@code {name}} is a placeholder, {@code {{} and {@code }}} are braces.
 *
 * @param language what a placeholder without a language of its own is filled in with
 */
record Template(List<Piece> pieces, Language language) {

    /** Text as it stands, or something to fill in. */
    sealed interface Piece {
        record Literal(String text) implements Piece {
        }

        record Value(Placeholder placeholder, Language language, int line) implements Piece {
        }
    }

    private static final Pattern BRACE = Pattern.compile("\\{\\{|\\}\\}|\\{([^{}\\n]*)\\}|[{}]");
    private static final Pattern NAME = Pattern.compile("([a-z-]+?)(?:-(ja|en))?");

    Template {
        pieces = List.copyOf(pieces);
    }

    /** @param file as an error message names it */
    static Template parse(String file, String text, Language language) {
        List<Piece> pieces = new ArrayList<>();
        Matcher brace = BRACE.matcher(text);
        var literal = new StringBuilder();
        int from = 0;
        while (brace.find()) {
            literal.append(text, from, brace.start());
            from = brace.end();
            int line = lineOf(text, brace.start());
            if (brace.group().equals("{{") || brace.group().equals("}}")) {
                literal.append(brace.group().charAt(0));
            } else if (brace.group(1) == null) {
                throw new FaultyTemplateException(file, line, "a single brace; write {{ or }} for one that is shown");
            } else {
                pieces.add(new Piece.Literal(literal.toString()));
                literal.setLength(0);
                pieces.add(value(brace.group(1), language, line).orElseThrow(() ->
                        new FaultyTemplateException(file, line, "there is no {" + brace.group(1) + "}; known are " + Placeholder.all())));
            }
        }
        pieces.add(new Piece.Literal(literal.append(text.substring(from)).toString()));
        return new Template(pieces, language);
    }

    private static Optional<Piece> value(String name, Language language, int line) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            return Optional.empty();
        }
        Language own = parts.group(2) == null ? language : parts.group(2).equals("ja") ? Language.JAPANESE : Language.ENGLISH;
        return Placeholder.named(parts.group(1)).filter(p -> parts.group(2) == null || p.isWorded()).map(p -> new Piece.Value(p, own, line));
    }

    /** From 1. */
    static int lineOf(String text, int at) {
        return 1 + (int) text.substring(0, at).chars().filter(c -> c == '\n').count();
    }

    List<Piece.Value> values(Placeholder placeholder) {
        return pieces.stream().filter(Piece.Value.class::isInstance).map(Piece.Value.class::cast).filter(v -> v.placeholder() == placeholder).toList();
    }

    /** How a value is written at its place. */
    interface Filler {
        /** @param indent what stands in front of it on its line, when that is nothing but white space or a sign of a list */
        String of(Piece.Value value, String indent);
    }

    String filled(Filler filler) {
        var text = new StringBuilder();
        for (Piece piece : pieces) {
            switch (piece) {
                case Piece.Literal(String literal) -> text.append(literal);
                case Piece.Value value -> text.append(filler.of(value, text.substring(text.lastIndexOf("\n") + 1)));
            }
        }
        return text.toString();
    }
}
