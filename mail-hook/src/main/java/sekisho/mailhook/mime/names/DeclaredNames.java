package sekisho.mailhook.mime.names;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.files.FileNames;
import sekisho.mailhook.mime.header.EncodedWords;
import sekisho.mailhook.mime.header.Parameters;

/**
 * What the header of a part says its name is.
 *
 * <p>When {@code filename*}, {@code filename} and {@code name} disagree, the first in that order is shown, as mail
 * readers do; the others are kept beside it, so that policy can judge them all.
 */
public final class DeclaredNames {

    /** The type of what declares none. */
    public static final String UNKNOWN_TYPE = "application/octet-stream";

    private static final Pattern HIDDEN_NAME = Pattern.compile("(?i)(?:^|[;\\s\"',(])(?:file)?name\\s*+(?:\\*\\s*+\\d*+\\s*+\\*?+)?+\\s*+=\\s*+\"?([^\";\\r\\n]*)");

    private static final Map<String, String> EXTENSIONS = Map.ofEntries(
            Map.entry("application/pdf", ".pdf"), Map.entry("application/zip", ".zip"),
            Map.entry("application/x-zip-compressed", ".zip"), Map.entry("application/x-7z-compressed", ".7z"),
            Map.entry("application/msword", ".doc"), Map.entry("application/vnd.ms-excel", ".xls"),
            Map.entry("application/vnd.ms-powerpoint", ".ppt"),
            Map.entry("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
            Map.entry("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
            Map.entry("application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx"),
            Map.entry("application/rtf", ".rtf"), Map.entry("application/json", ".json"), Map.entry("application/xml", ".xml"),
            Map.entry("application/gzip", ".gz"), Map.entry("application/x-gzip", ".gz"), Map.entry("application/ics", ".ics"),
            Map.entry("application/ms-tnef", ".dat"), Map.entry("application/vnd.ms-tnef", ".dat"),
            Map.entry("application/mac-binhex40", ".hqx"), Map.entry("application/pkcs7-mime", ".p7m"), Map.entry("application/x-pkcs7-mime", ".p7m"),
            Map.entry("application/pkcs7-signature", ".p7s"), Map.entry("application/x-pkcs7-signature", ".p7s"),
            Map.entry("application/pgp-signature", ".asc"), Map.entry("application/pgp-encrypted", ".asc"),
            Map.entry("application/pgp-keys", ".asc"), Map.entry("application/postscript", ".ps"),
            Map.entry("text/plain", ".txt"), Map.entry("text/html", ".html"), Map.entry("text/csv", ".csv"),
            Map.entry("text/calendar", ".ics"), Map.entry("text/rtf", ".rtf"), Map.entry("text/xml", ".xml"),
            Map.entry("text/vcard", ".vcf"), Map.entry("text/x-vcard", ".vcf"), Map.entry("text/markdown", ".md"),
            Map.entry("text/rfc822-headers", ".txt"), Map.entry("image/jpeg", ".jpg"), Map.entry("image/jpg", ".jpg"),
            Map.entry("image/png", ".png"), Map.entry("image/gif", ".gif"), Map.entry("image/bmp", ".bmp"),
            Map.entry("image/tiff", ".tif"), Map.entry("image/svg+xml", ".svg"), Map.entry("image/webp", ".webp"),
            Map.entry("image/heic", ".heic"), Map.entry("audio/mpeg", ".mp3"), Map.entry("audio/wav", ".wav"),
            Map.entry("audio/x-wav", ".wav"), Map.entry("video/mp4", ".mp4"), Map.entry("video/mpeg", ".mpg"),
            Map.entry("video/quicktime", ".mov"), Map.entry("message/rfc822", ".eml"), Map.entry("message/global", ".eml"),
            Map.entry("message/delivery-status", ".txt"), Map.entry("message/disposition-notification", ".txt"));

    private DeclaredNames() {
    }

    /**
     * Every different name that some reader takes from the header, the one that most show first; empty for a part
     * without a name. A name that is there but can't be parsed counts too.
     *
     * @param disposition the Content-Disposition field, or null
     * @param type        the Content-Type field, or null
     */
    public static List<String> declared(@Nullable String disposition, @Nullable String type) {
        var names = new LinkedHashSet<String>();
        if (disposition != null) {
            Parameters p = Parameters.parse(disposition);
            names.addAll(p.readings("filename"));
            names.addAll(p.readings("name"));
        }
        if (type != null) {
            Parameters p = Parameters.parse(type);
            names.addAll(p.readings("name"));
            names.addAll(p.readings("filename"));
        }
        if (names.stream().allMatch(String::isEmpty)) {
            for (String field : new String[] {disposition, type}) {
                if (field != null) {
                    HIDDEN_NAME.matcher(field).results().forEach(hidden -> names.add(EncodedWords.decode(hidden.group(1).strip())));
                }
            }
        }
        return List.copyOf(names);
    }

    /**
     * The name as {@link FileNames#safeOrEmpty} makes it, without the single quotes that some mail programs put around names.
     *
     * @return empty when nothing of the name is left
     */
    public static String safe(String name) {
        boolean quoted = name.length() >= 2 && name.startsWith("'") && name.endsWith("'");
        return FileNames.safeOrEmpty(quoted ? name.substring(1, name.length() - 1) : name);
    }

    /** The name for a part that has none: {@code attachment.pdf}. */
    public static String invented(String type) {
        if (type.endsWith("/ms-tnef") || type.endsWith("/vnd.ms-tnef")) {
            return "winmail.dat";
        }
        return (type.startsWith("message/") ? "message" : "attachment") + EXTENSIONS.getOrDefault(type, ".bin");
    }
}
