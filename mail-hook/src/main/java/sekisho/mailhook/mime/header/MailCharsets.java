package sekisho.mailhook.mime.header;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Charset labels as mail means them. Mail software in Japan writes "Shift_JIS" and "ISO-2022-JP" and means Microsoft's
 * supersets with the NEC and IBM characters (①, ㈱); the JDK's charsets of those names turn them into question marks. So does
 * Windows in the west: “ ” … – under the labels of ISO 8859 are controls to the JDK.
 */
public final class MailCharsets {

    /** By the charset's own name: what is read under each of its names, by browsers (WHATWG Encoding §4.2) and mail programs alike. */
    private static final Map<String, String> READ_AS = Map.ofEntries(
            Map.entry("Shift_JIS", "windows-31j"), Map.entry("ISO-2022-JP", "x-windows-iso2022jp"), Map.entry("EUC-JP", "x-eucJP-Open"),
            Map.entry("EUC-KR", "MS949"), Map.entry("GB2312", "GB18030"), Map.entry("GBK", "GB18030"), Map.entry("Big5", "x-MS950-HKSCS"),
            Map.entry("ISO-8859-1", "windows-1252"), Map.entry("ISO-8859-9", "windows-1254"), Map.entry("x-iso-8859-11", "x-windows-874"),
            Map.entry("TIS-620", "x-windows-874"));

    /** Names that the JDK has for none of them, or for another charset. */
    private static final Map<String, String> MEANT = Map.ofEntries(
            Map.entry("cp932", "windows-31j"), Map.entry("ms932", "windows-31j"), Map.entry("windows-932", "windows-31j"), Map.entry("cswindows31j", "windows-31j"),
            Map.entry("iso-2022-jp-1", "x-windows-iso2022jp"), Map.entry("iso-2022-jp-ms", "x-windows-iso2022jp"), Map.entry("cp50220", "x-windows-iso2022jp"),
            Map.entry("cp50221", "x-windows-iso2022jp"), Map.entry("cp50222", "x-windows-iso2022jp"),
            Map.entry("cp51932", "x-eucJP-Open"), Map.entry("eucjp-ms", "x-eucJP-Open"), Map.entry("ks_c_5601", "MS949"), Map.entry("x-gbk", "GB18030"),
            Map.entry("utf8", "UTF-8"), Map.entry("unicode-1-1-utf-8", "UTF-8"), Map.entry("ascii", "US-ASCII"), Map.entry("ansi_x3.4-1968", "US-ASCII"),
            Map.entry("ucs-2", "UTF-16"), Map.entry("ucs-4", "UTF-32"), Map.entry("csunicode", "UTF-16"), Map.entry("iso-8859-8-i", "ISO-8859-8"));

    /** By all names that there are, in small letters: the JDK looks for an unknown one in every jar, each time, and mail has many. */
    private static final Map<String, Charset> NAMED = named();

    private static final Charset WINDOWS_31J = Charset.forName("windows-31j");
    private static final Charset ISO_2022_JP = Charset.forName("x-windows-iso2022jp");
    private static final Charset LATIN = Charset.forName("windows-1252");

    private MailCharsets() {
    }

    /** The charset to decode with, or empty when the label is unknown here (UTF-7 is one: the JDK has none). */
    public static Optional<Charset> named(String label) {
        String key = label.strip().toLowerCase(Locale.ROOT);
        int language = key.indexOf('*');   // RFC 2231 §5: charset*language in an encoded word
        if (language > 0) {
            key = key.substring(0, language);
        }
        return Optional.ofNullable(NAMED.get(key));
    }

    private static Map<String, Charset> named() {
        var named = new HashMap<String, Charset>();
        for (var charset : Charset.availableCharsets().values()) {
            var read = Charset.forName(READ_AS.getOrDefault(charset.name(), charset.name()));
            named.put(charset.name().toLowerCase(Locale.ROOT), read);
            charset.aliases().forEach(alias -> named.put(alias.toLowerCase(Locale.ROOT), read));
        }
        MEANT.forEach((label, meant) -> named.put(label, Charset.forName(meant)));
        return named;
    }

    /** Decodes octets that carry a label; what doesn't fit the label is guessed, never refused. */
    public static String decode(byte[] octets, String label) {
        Charset charset = named(label).orElse(null);
        if (charset == null && label.strip().toLowerCase(Locale.ROOT).startsWith("iso-2022-jp-")) {   // -3 and -2004: JIS X 0213, most of it as in 0208
            return new String(octets, StandardCharsets.ISO_8859_1).transform(text -> new String(
                text.replaceAll("\u001B\\$\\([OPQ]", "\u001B\\$B").getBytes(StandardCharsets.ISO_8859_1), ISO_2022_JP));
        }
        if (charset == null || charset.equals(StandardCharsets.US_ASCII)) {
            return guess(octets);
        }
        if (charset.equals(StandardCharsets.UTF_8)) {
            return strict(octets, charset).orElseGet(() -> guess(octets));
        }
        return new String(octets, charset);
    }

    /** Decodes octets without a label: ISO-2022-JP by its escapes, then strict UTF-8, strict Shift_JIS, else Latin. */
    public static String guess(byte[] octets) {
        return new String(octets, guessCharset(octets, octets.length));
    }

    /** The charset that {@link #guess} takes for these octets. */
    public static Charset guessCharset(byte[] octets, int length) {
        boolean ascii = true;
        for (int i = 0; i < length; i++) {
            if (octets[i] == 0x1B && i + 2 < length && (octets[i + 1] == '$' || octets[i + 1] == '(')) {
                return ISO_2022_JP;
            }
            ascii &= octets[i] >= 0;
        }
        if (ascii) {
            return StandardCharsets.US_ASCII;
        }
        byte[] exact = length == octets.length ? octets : java.util.Arrays.copyOf(octets, length);
        if (strict(exact, StandardCharsets.UTF_8).isPresent()) {
            return StandardCharsets.UTF_8;
        }
        boolean japanese = strict(exact, WINDOWS_31J)   // private characters: it was something else
                .filter(text -> text.chars().noneMatch(c -> c >= 0xE000 && c <= 0xF8FF)).isPresent();
        return japanese ? WINDOWS_31J : LATIN;
    }

    /** Whether characters of the charset have two octets or four, so that zero is among those of ASCII. */
    public static boolean isWide(String label) {
        return named(label).map(charset -> charset.name().toUpperCase(Locale.ROOT)).filter(name -> name.contains("UTF-16") || name.contains("UTF-32")).isPresent();
    }

    /** Whether a label says UTF-7, in which a plus sign begins something else than ASCII, and stands as {@code +-} for itself (RFC 2152). */
    public static boolean isUtf7(String label) {
        String key = label.toLowerCase(Locale.ROOT);
        return key.contains("utf-7") || key.contains("utf7");
    }

    /** Whether a label says that the text is Japanese. */
    public static boolean isJapanese(String label) {
        return named(label).map(Charset::name).filter(n -> n.equals("windows-31j") || n.equals("x-windows-iso2022jp")
                || n.equals("x-eucJP-Open") || n.equals("x-windows-31j")).isPresent();
    }

    private static Optional<String> strict(byte[] octets, Charset charset) {
        try {
            return Optional.of(charset.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT).decode(ByteBuffer.wrap(octets)).toString());
        } catch (CharacterCodingException _) {
            return Optional.empty();
        }
    }
}
