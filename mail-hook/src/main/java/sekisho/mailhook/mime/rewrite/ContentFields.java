package sekisho.mailhook.mime.rewrite;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.TextBody;
import sekisho.mailhook.mime.header.HeaderBlock;
import sekisho.mailhook.mime.header.Parameters;

/**
 * The header of a part whose text changes. A type with anything but a semicolon behind it ({@code text/plain charset=utf-8}) is text to most
 * readers and an unknown kind to some, who would show no link; it is put right.
 */
final class ContentFields {

    /** What is said about the octets of a body, and no longer true once it has changed (RFC 1864 among them). */
    static final Set<String> MEASURES = Set.of("content-md5", "content-length", "lines");

    /** A type and what stands behind it without a semicolon, at the beginning of a value. Nothing in it is tried twice: a value may be long. */
    private static final Pattern ODD_TYPE = Pattern.compile("\\A([^\\s;/]++/[^\\s;]++)\\s++(?=[^;])");

    private ContentFields() {
    }

    /**
     * @param from     where the header begins in the spool; 0 for the message's own, whose measures and lines of no field {@link TopHeaderSplices} leaves out
     * @param charset  the new charset, or null to keep the old one
     * @param encoding the new transfer encoding, or null to keep the old one
     */
    static List<Splice> changed(HeaderBlock header, long from, @Nullable String charset, @Nullable String encoding, TextBody text) {
        List<Splice> splices = new ArrayList<>();
        boolean typed = charset != null || isOdd(header);
        for (HeaderBlock.Field field : header.fields()) {
            boolean goes = from > 0 && MEASURES.contains(field.name())
                    || typed && field.name().equals("content-type")
                    || encoding != null && field.name().equals("content-transfer-encoding");
            if (goes) {
                splices.add(Splice.leaveOut(from + field.start(), from + field.end()));
            }
        }
        var fields = new StringBuilder();
        if (encoding != null && from == 0 && header.first("mime-version").isEmpty()) {
            fields.append("MIME-Version: 1.0\r\n");
        }
        if (typed) {
            appendType(fields, header, charset, text);
        }
        if (encoding != null) {
            fields.append("Content-Transfer-Encoding: ").append(encoding).append("\r\n");
        }
        if (!fields.isEmpty()) {
            if (from > 0) {
                splices.addAll(withoutStrays(header, from));
            }
            splices.add(Splice.lines(from + header.fieldsEnd(), fields.toString()));
        }
        return splices;
    }

    /** So that what is behind them is part of the header to every reader. A field that begins with white space would continue the one in front then: it loses that. */
    static List<Splice> withoutStrays(HeaderBlock header, long from) {
        List<Splice> splices = new ArrayList<>();
        Set<Integer> ends = new HashSet<>();
        for (HeaderBlock.Stray line : header.strays()) {
            splices.add(Splice.leaveOut(from + line.start(), from + line.end()));
            ends.add(line.end());
        }
        for (HeaderBlock.Field field : header.fields()) {
            if (ends.contains(field.start()) && header.indent(field) > 0) {
                splices.add(Splice.leaveOut(from + field.start(), from + field.start() + header.indent(field)));
            }
        }
        return splices;
    }

    private static boolean isOdd(HeaderBlock header) {
        return header.first("content-type").filter(value -> ODD_TYPE.matcher(value).find()).isPresent();
    }

    private static void appendType(StringBuilder fields, HeaderBlock header, @Nullable String charset, TextBody text) {
        fields.append("Content-Type: ").append(text.html() ? "text/html" : "text/plain");
        if (charset != null) {
            fields.append("; charset=").append(charset);
        }
        header.first("content-type").map(value -> ODD_TYPE.matcher(value).replaceFirst("$1; ")).ifPresent(value -> Parameters.parse(value).all().stream()
                .filter(p -> charset == null || !p.name().startsWith("charset"))
                .forEach(p -> fields.append(";\r\n\t").append(p.name()).append("=\"")
                        .append(p.value().replace("\\", "\\\\").replace("\"", "\\\"")).append('"')));
        fields.append("\r\n");
    }
}
