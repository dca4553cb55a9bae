package sekisho.mailhook.mime.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.TextBody;
import sekisho.mailhook.mime.header.HeaderBlock;
import sekisho.mailhook.mime.header.Parameters;

/** The header of a part whose text changes. */
final class ContentFields {

    /** What is said about the octets of a body, and no longer true once it has changed (RFC 1864 among them). */
    static final Set<String> MEASURES = Set.of("content-md5", "content-length", "lines");

    private ContentFields() {
    }

    /**
     * @param from     where the header begins in the spool; 0 for the message's own, whose measures {@link TopHeaderSplices} leaves out
     * @param charset  the new charset, or null to keep the old one
     * @param encoding the new transfer encoding, or null to keep the old one
     */
    static List<Splice> changed(HeaderBlock header, long from, @Nullable String charset, @Nullable String encoding, TextBody text) {
        List<Splice> splices = new ArrayList<>();
        boolean lastGoes = false;
        for (HeaderBlock.Field field : header.fields()) {
            boolean goes = from > 0 && MEASURES.contains(field.name())
                    || charset != null && field.name().equals("content-type")
                    || encoding != null && field.name().equals("content-transfer-encoding");
            if (goes) {
                splices.add(Splice.leaveOut(from + field.start(), from + field.end()));
            }
            lastGoes = goes && field.end() == header.fieldsEnd();
        }
        var fields = new StringBuilder();
        if (encoding != null && from == 0 && header.first("mime-version").isEmpty()) {
            fields.append("MIME-Version: 1.0\r\n");
        }
        if (charset != null) {
            appendType(fields, header, charset, text);
        }
        if (encoding != null) {
            fields.append("Content-Transfer-Encoding: ").append(encoding).append("\r\n");
        }
        if (!fields.isEmpty()) {
            splices.add(Splice.insert(from + header.fieldsEnd(), (lastGoes ? "" : header.lineEndMissing()) + fields));
        }
        return splices;
    }

    private static void appendType(StringBuilder fields, HeaderBlock header, String charset, TextBody text) {
        fields.append("Content-Type: ").append(text.html() ? "text/html" : "text/plain").append("; charset=").append(charset);
        header.first("content-type").ifPresent(value -> Parameters.parse(value).all().stream()
                .filter(p -> !p.name().startsWith("charset"))
                .forEach(p -> fields.append(";\r\n\t").append(p.name()).append("=\"")
                        .append(p.value().replace("\\", "\\\\").replace("\"", "\\\"")).append('"')));
        fields.append("\r\n");
    }
}
