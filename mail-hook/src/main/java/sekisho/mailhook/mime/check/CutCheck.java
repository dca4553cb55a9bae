package sekisho.mailhook.mime.check;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.Layout;
import sekisho.mailhook.mime.Range;
import sekisho.mailhook.mime.header.Parameters;

/**
 * Whether what was cut out of a text is a file and nothing else: read line by line, strictly, it is one of the attachments, and no line of it
 * says anything that isn't in there.
 */
final class CutCheck {

    private static final int STRAY_SIGNS = 2;   // that some encoders put behind a line

    private final MemorySplit message;
    private final Layout layout;

    /** @param message with its attachments kept in it */
    CutCheck(MemorySplit message, Layout layout) {
        this.message = message;
        this.layout = layout;
    }

    void violations(List<String> violations) {
        List<byte[]> files = layout.attachments().stream().map(message::content).toList();
        for (Range cut : layout.cuts()) {
            byte[] octets = file(cut);
            if (octets == null || octets.length == 0 || files.stream().noneMatch(file -> Arrays.equals(file, octets))) {
                violations.add("what was cut out of a text (" + cut.length() + " octets) isn't a file and nothing else");
            }
        }
    }

    private byte @Nullable [] file(Range cut) {
        boolean flowed = layout.root().walk().filter(part -> part.body().from() <= cut.from() && cut.to() <= part.body().to())
            .flatMap(part -> message.header(part).first("content-type").stream())
            .anyMatch(type -> "flowed".equalsIgnoreCase(Parameters.parse(type).get("format")));
        String text = new String(message.range(cut.from(), cut.to()), StandardCharsets.ISO_8859_1);
        List<String> lines = Arrays.stream(text.split("\r\n|\r|\n", -1)).map(line -> flowed && line.startsWith(" ") ? line.substring(1) : line).toList();
        String first = lines.getFirst();
        List<String> rest = lines.subList(1, lines.size());
        if (first.startsWith("begin-base64")) {
            return base64(rest);
        } else if (first.startsWith("begin")) {
            return uuencoded(rest);
        } else if (first.startsWith("=ybegin ")) {
            return yenc(rest);
        }
        return first.startsWith("(This file") ? unstuffed(text, flowed) : uuencoded(lines);
    }

    private static byte[] unstuffed(String text, boolean flowed) {
        return (flowed ? text.replaceAll("(?m)^ ", "") : text).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte @Nullable [] base64(List<String> lines) {
        int end = lines.stream().map(String::stripTrailing).toList().indexOf("====");
        if (end >= 0 && !String.join("", lines.subList(end + 1, lines.size())).isBlank()) {
            return null;
        }
        var file = new ByteArrayOutputStream();
        try {
            for (String line : end < 0 ? lines : lines.subList(0, end)) {
                file.writeBytes(Base64.getDecoder().decode(line.strip()));
            }
        } catch (IllegalArgumentException _) {
            return null;
        }
        return file.toByteArray();
    }

    private static byte @Nullable [] uuencoded(List<String> lines) {
        var file = new ByteArrayOutputStream();
        boolean over = false;
        for (String line : lines) {
            boolean end = line.stripTrailing().equals("end");
            if (over && !line.isBlank()) {
                return null;
            }
            over |= end;
            if (end || line.isBlank()) {
                continue;
            }
            int octets = line.charAt(0) - ' ' & 63;
            int signs = (octets + 2) / 3 * 4;
            String strays = line.length() - 1 > signs ? line.substring(1 + signs).replace('`', ' ') : "";
            if (strays.length() > STRAY_SIGNS && !strays.isBlank() || octets == 0 && !strays.isBlank()
                    || line.substring(0, line.length() - strays.length()).chars().anyMatch(sign -> sign < ' ' || sign > '`')) {
                return null;
            }
            for (int i = 0; i < octets; i++) {
                int at = 1 + i / 3 * 4 + i % 3;
                int two = sign(line, at) << 6 | sign(line, at + 1);
                file.write(two >> 4 - 2 * (i % 3));
            }
        }
        return file.toByteArray();
    }

    private static int sign(String line, int at) {
        return at < line.length() ? line.charAt(at) - ' ' & 63 : 0;
    }

    private static byte @Nullable [] yenc(List<String> lines) {
        var file = new ByteArrayOutputStream();
        boolean over = false;
        for (String line : lines) {
            if (over && !line.isBlank()) {
                return null;
            }
            over |= line.startsWith("=yend");
            boolean about = line.startsWith("=y");
            for (int i = 0; i < line.length() && !about; i++) {
                if (line.charAt(i) != '=') {
                    file.write(line.charAt(i) - 42);
                } else if (++i < line.length()) {
                    file.write(line.charAt(i) - 42 - 64);
                }
            }
        }
        return file.toByteArray();
    }
}
