package sekisho.mailhook.mime;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.codec.TransferEncoding;
import sekisho.mailhook.mime.header.EncodedWords;
import sekisho.mailhook.mime.header.HeaderBlock;
import sekisho.mailhook.mime.header.Parameters;
import sekisho.mailhook.mime.names.DeclaredNames;

/**
 * What a part's header says about its content, in the reading that hides the least. Where readers could disagree about
 * the structure (two types, two boundaries) the facts carry a refusal instead.
 *
 * @param type      lower case, {@code type/subtype}; the default type when none is declared
 * @param wellTyped whether the declared type can be parsed
 * @param untyped   whether neither a type nor a version of MIME is declared, or a type without a subtype, or not to every reader
 * @param boundary  one char for each octet, without trailing white space; null for none
 * @param named     every name that some reader takes, the shown one first
 * @param detached  whether the disposition is anything but {@code inline}, or {@code contradictory}
 * @param contradictory whether two types were declared that disagree
 * @param contentId without angle brackets
 * @param refusal   why no reading is safe
 */
record ContentFacts(String type, boolean wellTyped, boolean untyped, @Nullable String boundary, List<String> named, boolean detached, boolean contradictory,
                    TransferEncoding encoding, @Nullable String charset, boolean flowed, boolean delSp,
                    @Nullable String method, @Nullable String reportType, @Nullable String contentId,
                    @Nullable String refusal) {

    /** A field about the content is short; a long one is there to keep us busy. */
    private static final int MAX_FIELD = 32 * 1024;

    /** No mail has as many; the last of more could be the one that a reader takes. */
    private static final int MAX_NAMES = 16;

    private static final Pattern TYPE = Pattern.compile("[^\\s/;\"()<>@,=]+/[^\\s/;\"()<>@,=]+");

    /**
     * A file that stands in running text.
     *
     * @param name one char for each octet, as written
     */
    static ContentFacts embedded(BlockScanner.Encoding block, String name) {
        TransferEncoding encoding = switch (block) {
            case UUENCODE -> TransferEncoding.UUENCODE;
            case YENC -> TransferEncoding.YENC;
            case BINHEX -> TransferEncoding.SEVEN_BIT;
        };
        String type = block == BlockScanner.Encoding.BINHEX ? "application/mac-binhex40" : "application/octet-stream";
        return new ContentFacts(type, true, false, null, name.isEmpty() ? List.of() : List.of(EncodedWords.decode(name)), true, false, encoding,
                null, false, false, null, null, null, null);
    }

    static ContentFacts of(HeaderBlock header, String defaultType) {
        List<String> types = header.values("content-type");
        List<String> dispositions = header.values("content-disposition");
        List<String> transferEncodings = header.values("content-transfer-encoding");
        if (Stream.of(types, dispositions, transferEncodings).flatMap(List::stream).anyMatch(value -> value.length() > MAX_FIELD)) {
            return refused(defaultType, "a field about the content of more than " + MAX_FIELD + " octets");
        }
        List<Type> read = types.stream().flatMap(value -> Type.readings(value, defaultType)).toList();
        Type first = read.isEmpty() ? Type.of("", defaultType) : read.getFirst();
        List<String> names = names(types, dispositions);
        String refusal = read.stream().map(Type::refusal).filter(Objects::nonNull).findFirst().orElse(null);
        if (refusal == null && read.stream().anyMatch(other -> !other.agreesWith(first))) {
            refusal = "contradictory Content-Type fields";
        }
        List<TransferEncoding> encodings = transferEncodings.stream().flatMap(field -> TransferEncoding.readings(field).stream()).distinct().toList();
        if (refusal == null && first.boundary() == null && disagree(encodings)) {
            refusal = "contradictory Content-Transfer-Encoding fields";
        }
        if (refusal == null && names.size() > MAX_NAMES) {
            refusal = "a part with more than " + MAX_NAMES + " names";
        }
        Type shown = read.stream().filter(t -> !t.isBodyText()).findFirst().orElse(first);
        Parameters p = first.parameters();
        boolean contradictory = read.stream().anyMatch(other -> !other.name().equals(first.name()));
        boolean untyped = types.isEmpty() ? header.values("mime-version").isEmpty() : types.stream().anyMatch(field -> Boundary.front(field).indexOf('/') < 0);
        return new ContentFacts(shown.name(), shown.wellFormed(), untyped, first.boundary(), names,
                contradictory || dispositions.stream().anyMatch(ContentFacts::isDetached), contradictory,
                encodings.isEmpty() ? TransferEncoding.SEVEN_BIT : encodings.getFirst(), p.get("charset"),
                "flowed".equalsIgnoreCase(p.get("format")), "yes".equalsIgnoreCase(p.get("delsp")), p.get("method"),
                lower(p.get("report-type")), header.first("content-id").map(ContentFacts::withoutBrackets).orElse(null), refusal);
    }

    private static ContentFacts refused(String type, String refusal) {
        return new ContentFacts(type, false, false, null, List.of(), true, true, TransferEncoding.BINARY, null, false, false, null, null, null, refusal);
    }

    /** As it is where some readers end the header earlier: what is text to them they search for files as it stands. */
    ContentFacts alsoRead(ContentFacts early) {
        boolean asItStands = untyped || early.untyped || !encoding.isIdentity() && encoding != early.encoding;
        return new ContentFacts(type, wellTyped, asItStands, boundary, named, detached, contradictory, encoding, charset, flowed, delSp, method, reportType, contentId, refusal);
    }

    private static List<String> names(List<String> types, List<String> dispositions) {
        Stream<String> shown = DeclaredNames.declared(dispositions.isEmpty() ? null : dispositions.getFirst(),
                types.isEmpty() ? null : types.getFirst()).stream();
        Stream<String> rest = Stream.concat(
                dispositions.stream().skip(1).flatMap(d -> DeclaredNames.declared(d, null).stream()),
                types.stream().skip(1).flatMap(t -> DeclaredNames.declared(null, t).stream()));
        return Stream.concat(shown, rest).distinct().limit(MAX_NAMES + 1).toList();
    }

    /** An unknown disposition is an attachment (RFC 2183 §2.8). */
    private static boolean isDetached(String field) {
        String value = Parameters.parse(field).value().toLowerCase(Locale.ROOT);
        return !value.isEmpty() && !value.equals("inline") && !value.startsWith("inline ") && !value.startsWith("inline\t")
                || value.contains("attachment");
    }

    /** Whether readers may decode the same octets to different ones: what is text to one is a file to another. */
    private static boolean disagree(List<TransferEncoding> encodings) {
        return encodings.size() > 1 && !encodings.stream().allMatch(TransferEncoding::isIdentity);
    }

    private static @Nullable String lower(@Nullable String text) {
        return text == null ? null : text.toLowerCase(Locale.ROOT);
    }

    private static String withoutBrackets(String id) {
        String text = id.strip();
        int from = text.indexOf('<');
        int to = text.indexOf('>', from + 1);
        return from >= 0 && to > from ? text.substring(from + 1, to).strip() : text;
    }

    boolean isMultipart() {
        return type.startsWith("multipart/") || type.equals("multipart");
    }

    /** A message as a part of another one. */
    boolean isMessage() {
        return type.equals("message/rfc822") || type.equals("message/global");
    }

    /** An S/MIME message that is signed or encrypted as a whole, or a signature. */
    boolean isCms() {
        return switch (type) {
            case "application/pkcs7-mime", "application/x-pkcs7-mime", "application/pkcs7-signature", "application/x-pkcs7-signature" -> true;
            default -> false;
        };
    }

    /** As above, or what goes under a name that makes it one (RFC 8551 §3.9), as signed documents do. */
    boolean maybeCms() {
        return isCms() || named.stream().anyMatch(name -> WhatStays.endsWithOne(name, WhatStays.CMS_ENDINGS));
    }

    /** Outlook's own format, or what goes under the name that it gives it. */
    boolean isTnef() {
        return type.equals("application/ms-tnef") || type.equals("application/vnd.ms-tnef")
                || named.stream().anyMatch(name -> name.equalsIgnoreCase("winmail.dat") || name.equalsIgnoreCase("win.dat"));
    }

    /** A name of blanks is one: readers show an attachment. One of nothing isn't; some senders write it for their texts. */
    boolean isNamed() {
        return named.stream().anyMatch(name -> !name.isEmpty());
    }

    /** Text that stays in the message. */
    boolean isPlainBody() {
        return isBodyText() && !isNamed() && !detached;
    }

    /** Text that readers show as the message when nothing else speaks against it. */
    boolean isBodyText() {
        return isBodyType(type) && encoding != TransferEncoding.UUENCODE && encoding != TransferEncoding.YENC;
    }

    private static boolean isBodyType(String type) {
        return switch (type) {
            case "text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/x-markdown", "text/x-amp-html", "text/watch-html" -> true;
            default -> false;
        };
    }

    /** One Content-Type field. */
    private record Type(String name, boolean wellFormed, Parameters parameters, @Nullable String boundary,
                        @Nullable String refusal) {

        /** As we read it, and as those do who take what stands behind the last question mark for the type, or know no end of a text's but the semicolon. */
        static Stream<Type> readings(String field, String defaultType) {
            Type usual = of(field, defaultType);
            String front = Boundary.front(field);
            int mark = front.lastIndexOf('?');
            if (mark >= 0) {
                return Stream.of(usual, of(field.substring(mark + 1), DeclaredNames.UNKNOWN_TYPE));
            }
            boolean longer = usual.isBodyText() && front.indexOf('/') != front.lastIndexOf('/');
            return longer ? Stream.of(usual, of(DeclaredNames.UNKNOWN_TYPE, defaultType)) : Stream.of(usual);
        }

        private static Type of(String field, String defaultType) {
            Parameters p = Parameters.parse(withoutComments(field));
            String value = p.value().toLowerCase(Locale.ROOT).strip();
            String ends = value.startsWith("text/") ? ",:" : "";   // some senders write them for the semicolon
            int space = 0;
            while (space < value.length() && value.charAt(space) > ' ' && ends.indexOf(value.charAt(space)) < 0) {
                space++;
            }
            String token = value.substring(0, space);
            boolean torn = value.substring(space).strip().startsWith("/")   // "text /plain"
                    || value.chars().anyMatch(c -> c < ' ' && c != '\t');
            boolean wellFormed = !torn && (value.isEmpty() || TYPE.matcher(token).matches());
            String name = switch (token) {
                case "" -> wellFormed ? defaultType : "application/octet-stream";
                case "text" -> torn ? "application/octet-stream" : "text/plain";
                case "multipart", "multipart/" -> "multipart/mixed";
                default -> wellFormed ? token : token.startsWith("multipart/") ? "multipart/mixed" : "application/octet-stream";
            };
            if (!name.startsWith("multipart/")) {
                return new Type(name, wellFormed, p, null, null);
            }
            if (torn) {
                return new Type(name, false, p, null, "a Content-Type that readers take differently");
            }
            Boundary boundary = Boundary.of(p, field);
            return new Type(name, wellFormed, p, boundary.value(), boundary.refusal());
        }

        /** Comments before the type (RFC 5322 §3.2.2); inside parameters they may be part of a file name. */
        private static String withoutComments(String field) {
            int from = 0;
            while (true) {
                while (from < field.length() && Character.isWhitespace(field.charAt(from))) {
                    from++;
                }
                int end = from < field.length() && field.charAt(from) == '(' ? field.indexOf(')', from) : -1;
                if (end < 0) {
                    return field.substring(from).strip();
                }
                from = end + 1;
            }
        }

        boolean isBodyText() {
            return isBodyType(name);
        }

        /** Two fields agree when no reader sees another structure by taking the other one. */
        boolean agreesWith(Type other) {
            boolean plainLeaves = !name.startsWith("multipart/") && !other.name.startsWith("multipart/")
                    && !name.startsWith("message/") && !other.name.startsWith("message/")
                    && !name.contains("pkcs7") && !other.name.contains("pkcs7");
            return plainLeaves || name.equals(other.name) && Objects.equals(boundary, other.boundary);
        }
    }

    Optional<String> shownName() {
        return named.stream().map(DeclaredNames::safe).filter(n -> !n.isEmpty()).findFirst();
    }
}
