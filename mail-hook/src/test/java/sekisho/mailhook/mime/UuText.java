package sekisho.mailhook.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes files as they stood in text before MIME, for tests. One char for each octet. */
public final class UuText {

    private UuText() {
    }

    /** With the two lines around it. */
    public static String uu(String name, byte[] content) {
        return "begin 644 " + name + "\r\n" + uuLines(content) + "`\r\nend\r\n";
    }

    public static String uuLines(byte[] content) {
        var text = new StringBuilder();
        for (int at = 0; at < content.length; at += 45) {
            int n = Math.min(45, content.length - at);
            text.append(sign(n));
            for (int i = at; i < at + n; i += 3) {
                int group = octet(content, i) << 16 | octet(content, i + 1) << 8 | octet(content, i + 2);
                text.append(sign(group >> 18)).append(sign(group >> 12)).append(sign(group >> 6)).append(sign(group));
            }
            text.append("\r\n");
        }
        return text.toString();
    }

    private static int octet(byte[] content, int at) {
        return at < content.length ? content[at] & 0xFF : 0;
    }

    private static char sign(int value) {
        return (value & 63) == 0 ? '`' : (char) ((value & 63) + ' ');
    }

    /** Without its last line. */
    public static String yencWithoutEnd(String name, byte[] content) {
        return yencWithoutEnd(name, content, 128, false);
    }

    private static String yencWithoutEnd(String name, byte[] content, int line, boolean countsSigns) {
        var data = new ByteArrayOutputStream();
        int column = 0;
        for (byte b : content) {
            int octet = b + 42 & 0xFF;
            if (octet == 0 || octet == '\r' || octet == '\n' || octet == '=') {
                data.write('=');
                octet = octet + 64 & 0xFF;
                column += countsSigns ? 1 : 0;
            }
            data.write(octet);
            if (++column >= line) {
                data.writeBytes(new byte[] {'\r', '\n'});
                column = 0;
            }
        }
        return "=ybegin line=" + line + " size=" + content.length + " name=" + name + "\r\n"
                + data.toString(StandardCharsets.ISO_8859_1) + (column > 0 ? "\r\n" : "");
    }

    /** @param countsSigns whether an escape counts as two in the length of a line, as the specification says, or as the octet that it stands for */
    public static String yenc(String name, byte[] content, int line, boolean countsSigns) {
        return yencWithoutEnd(name, content, line, countsSigns) + "=yend size=" + content.length + "\r\n";
    }

    public static String yenc(String name, byte[] content) {
        return yenc(name, content, 128, false);
    }
}
