package sekisho.mailhook.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * Messages that somebody's mail program, or somebody's malice, could have made: every shape that the splitter knows, written in
 * every way, and then broken. One seed gives one message.
 */
final class RandomMail {

    private static final List<String> MULTIPARTS = List.of("mixed", "mixed", "alternative", "related", "signed", "encrypted", "digest", "x-odd");
    private static final List<String> FILE_TYPES = List.of("application/pdf", "application/octet-stream", "text/csv", "image/png", "application/zip",
            "text/plain", "audio/mpeg", "TEXT/HTML", "application/x-\u00E4", "pdf", "");
    private static final String CRLF = "\r\n";

    private final Random random;
    private final Random hiding;   // apart, so that a seed goes on to make the rest as it did
    private final Random junk;     // likewise
    private final boolean hides;
    private final List<String> open = new ArrayList<>();   // boundaries of the multiparts around
    private final List<String> markers = new ArrayList<>();
    private int boundaries;

    /** The message, and a text in each file that was put into it which stands nowhere else. */
    record Made(byte[] message, List<String> markers) {
    }

    private RandomMail(long seed) {
        random = new Random(seed);
        hiding = new Random(seed);
        hides = hiding.nextInt(3) == 2;
        junk = new Random(~seed);
    }

    static Made of(long seed) {
        var mail = new RandomMail(seed);
        String message = "From: a@example.com\r\nTo: b@example.com\r\nSubject: " + seed + CRLF + (mail.oneIn(8) ? "" : "MIME-Version: 1.0\r\n") + mail.entity(0);
        for (int breaks = mail.oneIn(2) ? mail.random.nextInt(4) : 0; breaks > 0; breaks--) {
            message = mail.broken(message);
        }
        return new Made(message.getBytes(StandardCharsets.ISO_8859_1), List.copyOf(mail.markers));
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    @SafeVarargs
    private <T> T any(T... of) {
        return of[random.nextInt(of.length)];
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** Header and body. */
    private String entity(int depth) {
        int sort = random.nextInt(10);
        if (depth == 0 && sort < 7 || depth < 4 && sort < 3) {
            return multipart(depth);
        }
        return switch (sort) {
            case 3, 4, 5 -> text();
            case 6 -> "Content-Type: " + any("message/rfc822", "message/global", "Message/RFC822; name=\"a.eml\"") + CRLF + (oneIn(6)
                    ? encoded(latin(entity(depth + 1)), "base64") : CRLF + entity(depth + 1));
            case 7 -> tnef();
            default -> file();
        };
    }

    private String multipart(int depth) {
        String boundary = any("b", "=_Part_", "----=_x ", "0016e") + boundaries++ + any("", "x", "_", ".");
        String parameter = any("boundary=\"" + boundary + "\"", "boundary=\"" + boundary + "\"", "BOUNDARY=\"" + boundary + "\" ", "charset=x; boundary=\"" + boundary + "\";");
        String sort = any(MULTIPARTS);
        var text = new StringBuilder(field("Content-Type", "multipart/" + sort + "; " + parameter));
        if (oneIn(12)) {
            text.append("Content-Transfer-Encoding: ").append(any("base64", "7bit", "quoted-printable")).append(CRLF);
        }
        text.append(CRLF).append(any("", "", "This is a multi-part message in MIME format.\r\n", "Content-Type: text/plain\r\n\r\nx\r\n"));
        open.add(boundary);
        int parts = random.nextInt(4) + (oneIn(15) ? 0 : 1);
        for (int i = 0; i < parts; i++) {
            text.append("--").append(boundary).append(any("", "", "", " ", "\t"))
                .append(hides && hiding.nextInt(30) == 0 ? " ".repeat(4_000 + hiding.nextInt(200)) : "").append(CRLF);
            text.append(sort.equals("digest") ? CRLF + entity(depth + 1) : oneIn(20) ? "\r\nplain\r\n" : entity(depth + 1)).append(CRLF);
        }
        open.removeLast();
        if (!oneIn(8)) {
            text.append("--").append(boundary).append("--").append(any("", CRLF, " \r\n"));
        }
        if (oneIn(10)) {
            text.append(CRLF).append("--").append(boundary).append(CRLF).append(file()).append(CRLF).append("--").append(boundary).append("--\r\n");
        }
        return text.append(any("", "", "\r\na footer\r\n")).toString();
    }

    private String field(String name, String value) {
        String folded = oneIn(4) ? value.replaceFirst("; ", ";\r\n\t") : value;
        return any(name, name, name, name.toLowerCase(java.util.Locale.ROOT), name + " ") + ":" + any(" ", " ", "", "  ") + folded + CRLF;
    }

    private String text() {
        boolean html = oneIn(3);
        var words = new StringBuilder();
        for (int i = random.nextInt(6); i >= 0; i--) {
            words.append(any("Dear all,", "begin with this", "--", "- - -", "> quoted", "See you at 5.", "=3D", "From here", " indented", "begin 644 x")).append(CRLF);
            if (!html && oneIn(8)) {
                words.append(oneIn(2) ? UuText.uu(any("u.bin", "u u.zip"), secret(200)) : UuText.yenc("y.bin", secret(100)));
            }
        }
        String type = html ? "text/html" : any("text/plain", "text/plain; charset=utf-8", "text/plain; format=flowed", "text");
        String header = oneIn(8) && !html ? "" : field("Content-Type", type);
        String said = html ? "<html><body>" + words + "</body></html>" : words.toString();
        String encoding = any("7bit", "8bit", "quoted-printable", "base64", "", "");
        if (hides && !html && hiding.nextInt(4) == 0) {
            return (header.isEmpty() ? "" : "X-Y: z\r\n") + behindFile();
        }
        if (hides && !open.isEmpty() && hiding.nextBoolean()) {
            return header + hidden(said, html, encoding);
        }
        return header + encoded(latin(said), encoding);
    }

    /** A text whose header has no empty line, but ends at a file, and behind it what would be a header if the file had never been there. */
    private String behindFile() {
        String secret = "MARK" + HexFormat.of().toHexDigits(hiding.nextLong());
        markers.add(secret);
        var text = new StringBuilder();
        for (int files = hiding.nextInt(3); files >= 0; files--) {
            text.append(switch (hiding.nextInt(3)) {
                case 0 -> "begin-base64 644 h\r\n\r\nYWJj\r\n====\r\n";
                case 1 -> "begin 644 h\r\n\r\n#86)C\r\n`\r\nend\r\n";
                default -> "(This file must be converted with BinHex 4.0)\r\n\r\n:abcdefhijklmpqr012345689abcdefhijklmpqr:\r\n";
            }).append(hiding.nextInt(4) == 0 ? " \r\n" : "");
        }
        return text + "Content-Type: application/pdf; name=h.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                + Base64.getEncoder().encodeToString(latin("%PDF-1.4 " + secret + secret)).replace("=", "") + CRLF;
    }

    /** A text that holds a part which nobody sees, since no line begins with its boundary: not as long as nobody writes it anew. */
    private String hidden(String said, boolean html, String encoding) {
        String boundary = "--" + open.get(hiding.nextInt(open.size()));
        String secret = "MARK" + HexFormat.of().toHexDigits(hiding.nextLong());
        String part = boundary + "\r\nContent-Type: application/pdf; name=h.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                + Base64.getEncoder().encodeToString(latin("%PDF-1.4 " + secret + secret)).replace("=", "") + "\r\n\r\n";
        markers.add(secret);
        String field = encoding.isEmpty() ? CRLF : "Content-Transfer-Encoding: " + encoding + "\r\n\r\n";
        return switch (encoding) {
            case "quoted-printable" -> field + printable(latin(said)) + "=\r\n" + switch (hiding.nextInt(3)) {
                case 0 -> "\r\n=2D" + part.substring(1);
                case 1 -> "\r\n-=\r\n" + part.substring(1);
                default -> "\r\n" + "x".repeat(70) + "=\r\nyyyyy" + part;
            };
            case "base64" -> field + base64(latin(said + CRLF + part));
            default -> field + (html ? switch (hiding.nextInt(2)) {
                case 0 -> "<html><body>" + part + said;
                default -> "\u00EF\u00BB\u00BF" + part + said;
            } : switch (hiding.nextInt(4)) {
                case 0 -> "\u00EF\u00BB\u00BF" + part + said;
                case 1 -> said + "begin 644 h\r\n" + UuText.uuLines(latin(said + "x".repeat(90))) + "`\r\nend" + " ".repeat(4197) + part;
                case 2 -> said + "begin-base64 644 h\r\nYWJj\r\n====" + " ".repeat(4196) + part;
                default -> said + UuText.yencWithoutEnd("h", latin("abc")) + "=yend size=3" + " ".repeat(4188) + part;
            });
        };
    }

    /** With a marker where it begins, and one at its very end where it is longer. */
    private byte[] secret(int atMost) {
        String begin = any("%PDF-1.4 ", "PK\u0003\u0004", "", "hello ") + marker();
        if (oneIn(2)) {
            return latin(begin);
        }
        byte[] rest = new byte[random.nextInt(atMost)];
        random.nextBytes(rest);
        return latin(begin + new String(rest, StandardCharsets.ISO_8859_1) + marker());
    }

    private String marker() {
        byte[] half = new byte[12];
        random.nextBytes(half);
        String marker = "MARK" + HexFormat.of().formatHex(half);
        markers.add(marker);
        return marker;
    }

    private String file() {
        String name = any("a.pdf", "report (1).xlsx", "n;ame.zip", "\u00E9t\u00E9.txt", "x", "CON", "..\\x.exe");
        String named = any("; name=\"" + name + "\"", "; name=" + name.replace(";", ""), "; name*=utf-8''" + name.replaceAll("[^a-z.]", "%20"),
                "; name*0=\"" + name + "\"; name*1=\".b\"", " name=" + name, "; NAME = \"" + name + "\"", "");
        String disposition = any("attachment; filename=\"" + name + "\"", "attachment", "inline; filename=\"" + name + "\"", "Attachment; filename=" + name,
                "attachment; filename*=utf-8''" + name.replaceAll("[^a-z.]", "%20"), "", "");
        String type = any(FILE_TYPES);
        if (named.isEmpty() && disposition.isEmpty() || type.isEmpty() && disposition.isEmpty()) {
            type = "application/octet-stream";
        }
        var header = new StringBuilder();
        if (!type.isEmpty()) {
            header.append(field("Content-Type", type + named));
        }
        if (!disposition.isEmpty()) {
            header.append(field("Content-Disposition", disposition));
        }
        if (oneIn(12)) {
            header.append(any("Content-Type: text/plain\r\n", "Content-Disposition: inline\r\n", "no field at all\r\n", "X-Long: " + "y".repeat(2000) + CRLF));
        }
        String body = encoded(secret(3000), any("base64", "base64", "base64", "quoted-printable", "8bit", "BASE64 ", "\"base64\"", "x-uuencode"));
        return header + (junk.nextInt(8) == 0 ? withJunk(body) : body);
    }

    /** With a line that is no field in its header, or the body itself for such lines. */
    private String withJunk(String body) {
        int empty = body.indexOf("\r\n\r\n") + 2;
        String line = List.of("abc", "plan.pdf", "name=plan.pdf", "(a comment)").get(junk.nextInt(4)) + CRLF;
        return switch (junk.nextInt(4)) {
            case 0 -> body.substring(0, empty) + line + body.substring(empty);
            case 1 -> line + body;
            case 2 -> body.substring(0, empty) + line + "Content-Description: x\r\n" + body.substring(empty);
            default -> body.substring(0, empty) + body.substring(empty + 2) + "\r\nContent-Description: x\r\n";
        };
    }

    private String tnef() {
        var properties = new TnefFile.Properties().unicode(0x3707, "in winmail.pdf");
        byte[] tnef = oneIn(4) ? new TnefFile().octets()
                : new TnefFile().message(new TnefFile.Properties().binary(0x1009, TnefFile.compressedRtf("{\\rtf1 text}"))).attachment("W.PDF", secret(500), properties).octets();
        return field("Content-Type", "application/ms-tnef; name=\"winmail.dat\"") + encoded(tnef, "base64");
    }

    /** The field, the empty line and the body. */
    private String encoded(byte[] content, String encoding) {
        String body = switch (encoding.strip().replace("\"", "").toLowerCase(java.util.Locale.ROOT)) {
            case "base64" -> base64(content);
            case "quoted-printable" -> printable(content);
            case "x-uuencode" -> UuText.uu("u", content);
            default -> new String(content, StandardCharsets.ISO_8859_1);
        };
        return (encoding.isEmpty() ? "" : "Content-Transfer-Encoding: " + encoding + CRLF) + CRLF + body;
    }

    private String base64(byte[] content) {
        String whole = oneIn(10) ? Base64.getEncoder().encodeToString(content) : Base64.getMimeEncoder().encodeToString(content);
        return switch (random.nextInt(8)) {
            case 0 -> whole.replace("=", "");
            case 1 -> {   // two pieces that were encoded apart
                int cut = Math.min(content.length, 70);
                yield Base64.getMimeEncoder().encodeToString(java.util.Arrays.copyOf(content, cut)) + CRLF
                        + Base64.getMimeEncoder().encodeToString(java.util.Arrays.copyOfRange(content, cut, content.length));
            }
            case 2 -> whole.replaceAll("(?m)^(.{9})", "$1 *\t");
            case 3 -> CRLF + whole + "\r\n\r\n";
            default -> whole;
        };
    }

    private String printable(byte[] content) {
        var text = new StringBuilder();
        int column = 0;
        for (byte b : content) {
            boolean plain = b > ' ' && b < 127 && b != '=';
            text.append(plain ? String.valueOf((char) b) : String.format(oneIn(9) ? "=%02x" : "=%02X", b & 0xFF));
            column += plain ? 1 : 3;
            if (column > 70) {
                text.append("=\r\n");
                column = 0;
            }
        }
        return text.toString();
    }

    private String broken(String message) {
        int at = random.nextInt(Math.max(1, message.length()));
        int line = message.lastIndexOf(CRLF, at) < 0 ? 0 : message.lastIndexOf(CRLF, at) + 2;
        int next = message.indexOf(CRLF, at) < 0 ? message.length() : message.indexOf(CRLF, at) + 2;
        String cut = message.substring(line, Math.max(line, next));
        return switch (random.nextInt(9)) {
            case 0 -> message.substring(0, line) + message.substring(Math.max(line, next));
            case 1 -> message.substring(0, line) + cut + cut + message.substring(Math.max(line, next));
            case 2 -> message.substring(0, at);
            case 3 -> message.substring(0, at) + (char) random.nextInt(256) + message.substring(at);
            case 4 -> message.substring(0, line) + any("--\r\n", "\r\n", "Content-Type: text/plain\r\n", " \r\n", "--b0\r\n", "Content-Disposition: attachment\r\n",
                    "end\r\n", ".\r\n", "Content-Transfer-Encoding: base64\r\n") + message.substring(line);
            case 5 -> message.substring(0, at) + message.substring(at).replaceFirst(CRLF, any("\n", "\r", " \r\n"));
            case 6 -> message.replace(CRLF, "\n");
            case 7 -> message.substring(0, at) + message.substring(at).replaceFirst(any("boundary", "Content-Type", "base64", "multipart", "\""),
                    any("boundary", "", "content-type", "x", "\"\""));
            default -> message.substring(0, line) + message.substring(Math.max(line, next)) + cut;
        };
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
