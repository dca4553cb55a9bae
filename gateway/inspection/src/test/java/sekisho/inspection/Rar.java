package sekisho.inspection;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32;

/** Writes RAR 4 and RAR 5 archives, by the formats' descriptions: there is no free program that does. */
final class Rar {
    private static final byte[] END_FOUR = HexFormat.of().parseHex("c43d7b00400700");

    private Rar() {}

    /** @param isStored else its content is noise that claims to be compressed */
    record File(String name, boolean isStored, boolean isEncrypted, byte[] content) {
        File(String name, boolean isStored, boolean isEncrypted) {
            this(name, isStored, isEncrypted, "a quotation".getBytes(StandardCharsets.US_ASCII));
        }
    }

    static byte[] four(int mainFlags, File... files) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(HexFormat.of().parseHex("526172211a0700"));
        blockFour(out, 0x73, mainFlags, new byte[6], new byte[0]);
        for (File file : files) {
            byte[] name = file.name.getBytes(StandardCharsets.US_ASCII);
            var body = new ByteArrayOutputStream();
            put(body, file.content.length, 4);
            put(body, file.content.length, 4);
            body.write(3);
            put(body, crc(file.content), 4);
            put(body, 0, 4);
            body.write(29);
            body.write(file.isStored ? 0x30 : 0x33);
            put(body, name.length, 2);
            put(body, 0644, 4);
            body.writeBytes(name);
            blockFour(out, 0x74, 0x8000 | (file.isEncrypted ? 4 : 0), body.toByteArray(), file.content);
        }
        out.writeBytes(END_FOUR);
        return out.toByteArray();
    }

    private static void blockFour(ByteArrayOutputStream out, int type, int flags, byte[] body, byte[] data) {
        var header = new ByteArrayOutputStream();
        header.write(type);
        put(header, flags, 2);
        put(header, 7 + body.length, 2);
        header.writeBytes(body);
        put(out, crc(header.toByteArray()) & 0xffff, 2);
        out.writeBytes(header.toByteArray());
        out.writeBytes(data);
    }

    static byte[] five(File... files) {
        return five(false, files);
    }

    static byte[] five(boolean hasEncryptedNames, File... files) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(HexFormat.of().parseHex("526172211a070100"));
        if (hasEncryptedNames) {
            blockFive(out, 4, new byte[] {0, 0, 15, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, new byte[0], new byte[0]);
        }
        blockFive(out, 1, new byte[] {0}, new byte[0], new byte[0]);
        for (File file : files) {
            byte[] name = file.name.getBytes(StandardCharsets.UTF_8);
            var body = new ByteArrayOutputStream();
            body.write(4);
            vint(body, file.content.length);
            vint(body, 0644);
            put(body, crc(file.content), 4);
            vint(body, file.isStored ? 0 : 3 << 7);
            vint(body, 1);
            vint(body, name.length);
            body.writeBytes(name);
            byte[] hash = HexFormat.of().parseHex("0302");
            byte[] extra = file.isEncrypted ? HexFormat.of().parseHex("210100000f" + "11".repeat(29)) : new byte[0];
            var records = new ByteArrayOutputStream();
            if (file.isEncrypted) {
                records.write(hash.length + 0);
                records.writeBytes(hash);
                records.writeBytes(extra);
            }
            blockFive(out, 2, body.toByteArray(), records.toByteArray(), file.content);
        }
        blockFive(out, 5, new byte[] {0}, new byte[0], new byte[0]);
        return out.toByteArray();
    }

    private static void blockFive(ByteArrayOutputStream out, int type, byte[] body, byte[] extra, byte[] data) {
        var header = new ByteArrayOutputStream();
        vint(header, type);
        vint(header, (extra.length > 0 ? 1 : 0) | (data.length > 0 ? 2 : 0));
        if (extra.length > 0) {
            vint(header, extra.length);
        }
        if (data.length > 0) {
            vint(header, data.length);
        }
        header.writeBytes(body);
        header.writeBytes(extra);
        var sized = new ByteArrayOutputStream();
        vint(sized, header.size());
        sized.writeBytes(header.toByteArray());
        put(out, crc(sized.toByteArray()), 4);
        out.writeBytes(sized.toByteArray());
        out.writeBytes(data);
    }

    private static long crc(byte[] octets) {
        var crc = new CRC32();
        crc.update(octets);
        return crc.getValue();
    }

    private static void put(ByteArrayOutputStream out, long value, int octets) {
        for (int i = 0; i < octets; i++) {
            out.write((int) (value >> 8 * i));
        }
    }

    private static void vint(ByteArrayOutputStream out, long value) {
        long left = value;
        while (left > 0x7f) {
            out.write((int) (left & 0x7f | 0x80));
            left >>= 7;
        }
        out.write((int) left);
    }
}
