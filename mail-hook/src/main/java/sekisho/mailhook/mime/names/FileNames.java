package sekisho.mailhook.mime.names;

import java.text.Normalizer;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.header.Parameters;

/**
 * The names of one message's attachments.
 *
 * <p>When {@code filename*}, {@code filename} and {@code name} disagree, the first in that order is shown, as mail
 * readers do; the others are kept beside it, so that policy can judge them all.
 */
public final class FileNames {

    /** Longest name we give, in chars. */
    public static final int MAX_LENGTH = 200;
    private static final int MAX_EXTENSION = 20;

    private static final Pattern RESERVED =
            Pattern.compile("(?i)(con|prn|aux|nul|conin\\$|conout\\$|com[0-9¹²³]|lpt[0-9¹²³])(\\..*)?");
    private static final Pattern HIDDEN_NAME = Pattern.compile("(?i)(?:^|[;\\s\"',(])(?:file)?name\\s*(?:\\*\\s*\\d*\\s*\\*?)?\\s*=\\s*\"?([^\";\\r\\n]*)");

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
            Map.entry("application/pkcs7-mime", ".p7m"), Map.entry("application/x-pkcs7-mime", ".p7m"),
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

    private final Set<String> taken = new HashSet<>();

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
        if (names.isEmpty()) {
            for (String field : new String[] {disposition, type}) {
                var hidden = field == null ? null : HIDDEN_NAME.matcher(field);
                if (hidden != null && hidden.find()) {
                    names.add(sekisho.mailhook.mime.header.EncodedWords.decode(hidden.group(1).strip()));
                }
            }
        }
        return List.copyOf(names);
    }

    /**
     * A name that is safe to show and to store: no folder, no control or direction-changing character, no name that
     * Windows keeps for devices, at most {@link #MAX_LENGTH} chars with its extension kept, in Unicode form C.
     *
     * @return empty when nothing of the name is left
     */
    public static String safe(String name) {
        String text = Normalizer.normalize(name, Normalizer.Form.NFC);
        if (text.length() >= 2 && text.startsWith("'") && text.endsWith("'")) {
            text = text.substring(1, text.length() - 1);
        }
        text = text.substring(Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1);
        var kept = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (isInvisible(c)) {
                return;
            }
            kept.appendCodePoint(isForbidden(c) ? '_' : Character.isSpaceChar(c) && c != 0x3000 ? ' ' : c);
        });
        String clean = trimmed(kept.toString());
        clean = trimmed(shortened(clean));
        return RESERVED.matcher(clean).matches() ? "_" + clean : clean;
    }

    private static String trimmed(String text) {
        int to = text.length();
        while (to > 0 && (text.charAt(to - 1) == '.' || text.charAt(to - 1) <= ' ')) {
            to--;   // Windows drops them, so "a.exe." would become "a.exe"
        }
        int from = 0;
        while (from < to && (text.charAt(from) == '.' || text.charAt(from) <= ' ')) {
            from++;   // hidden on Unix
        }
        return text.substring(from, to);
    }

    private static boolean isInvisible(int c) {
        int type = Character.getType(c);
        return type == Character.CONTROL || type == Character.FORMAT || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR || c >= 0xFE00 && c <= 0xFE0F;
    }

    private static boolean isForbidden(int c) {
        return "<>:\"|?*".indexOf(c) >= 0 || c >= 0xD800 && c <= 0xDFFF || c == 0xFFFE || c == 0xFFFF;
    }

    private static String shortened(String name) {
        if (name.length() <= MAX_LENGTH) {
            return name;
        }
        String extension = extension(name);
        return cut(name, MAX_LENGTH - extension.length()) + extension;
    }

    private static String cut(String text, int length) {
        int to = Math.min(length, text.length());
        if (to > 0 && to < text.length() && Character.isHighSurrogate(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(0, to);
    }

    private static String extension(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0 && name.length() - dot <= MAX_EXTENSION ? name.substring(dot) : "";
    }

    /** The name for a part that has none: {@code attachment.pdf}. */
    public static String invented(String type) {
        if (type.endsWith("/ms-tnef") || type.endsWith("/vnd.ms-tnef")) {
            return "winmail.dat";
        }
        return (type.startsWith("message/") ? "message" : "attachment") + EXTENSIONS.getOrDefault(type, ".bin");
    }

    /** Gives the name, or {@code a (2).zip} when the message already has an {@code a.zip}; compared without case. */
    public String unique(String name) {
        String extension = extension(name);
        String stem = name.substring(0, name.length() - extension.length());
        String candidate = name;
        for (int n = 2; !taken.add(candidate.toLowerCase(Locale.ROOT)); n++) {
            String suffix = " (" + n + ")" + extension;
            candidate = cut(stem, MAX_LENGTH - suffix.length()) + suffix;
        }
        return candidate;
    }
}
