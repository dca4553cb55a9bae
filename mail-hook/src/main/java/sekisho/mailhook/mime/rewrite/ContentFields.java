package sekisho.mailhook.mime.rewrite;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.TextBody;
import sekisho.mailhook.mime.header.HeaderBlock;
import sekisho.mailhook.mime.header.Parameters;

/** The header of a text whose charset or transfer encoding changes. */
final class ContentFields {

    private ContentFields() {
    }

    /**
     * @param from    where the header begins in the spool
     * @param charset the new charset, or null to keep the old one
     */
    static List<Splice> raised(HeaderBlock header, long from, @Nullable String charset, TextBody text) {
        List<Splice> splices = new ArrayList<>();
        StringBuilder fields = new StringBuilder();
        if (charset != null) {
            fields.append("Content-Type: ").append(text.html() ? "text/html" : "text/plain").append("; charset=").append(charset);
            header.first("content-type").ifPresent(value -> Parameters.parse(value).all().stream()
                    .filter(p -> !p.name().startsWith("charset"))
                    .forEach(p -> fields.append(";\r\n\t").append(p.name()).append("=\"")
                            .append(p.value().replace("\\", "\\\\").replace("\"", "\\\"")).append('"')));
            fields.append("\r\n");
        }
        fields.append("Content-Transfer-Encoding: base64\r\n");
        for (HeaderBlock.Field field : header.fields()) {
            if (field.name().equals("content-transfer-encoding") || charset != null && field.name().equals("content-type")) {
                splices.add(Splice.leaveOut(from + field.start(), from + field.end()));
            }
        }
        if (header.first("mime-version").isEmpty() && from == 0) {
            fields.insert(0, "MIME-Version: 1.0\r\n");
        }
        splices.add(Splice.insert(from + header.fieldsEnd(), missingLineEnd(header, charset != null) + fields));
        return splices;
    }

    /** The line end that new fields need before them: none when the last field is one that goes. */
    private static String missingLineEnd(HeaderBlock header, boolean typeGoes) {
        String last = header.fields().isEmpty() ? "" : header.fields().getLast().name();
        boolean goes = last.equals("content-transfer-encoding") || typeGoes && last.equals("content-type");
        return goes && header.fields().getLast().end() == header.fieldsEnd() ? "" : header.lineEndMissing();
    }
}
