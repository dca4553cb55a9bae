package sekisho.inspection;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes TNEF (MS-OXTNEF). */
final class Tnef {
    static final byte[] MESSAGE = {0x07, 0x03, 0x02, 0, 0, 0, 0, 0, (byte) 0xc0, 0, 0, 0, 0, 0, 0, 0x46};
    static final byte[] STORAGE = {0x0b, 0, 0, 0, 0, 0, 0, 0, (byte) 0xc0, 0, 0, 0, 0, 0, 0, 0x46};
    static final int DATA = 0x3701;
    private static final int BEGIN = 0x9002;
    private static final int OCTETS = 0x800f;
    private static final int PROPERTIES = 0x9005;

    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();

    Tnef() {
        octets.writeBytes(new byte[] {0x78, (byte) 0x9f, 0x3e, 0x22, 1, 0});
    }

    Tnef attribute(int id, byte[] content) {
        octets.write(2);
        number(octets, id, 2);
        number(octets, 6, 2);
        number(octets, content.length, 4);
        octets.writeBytes(content);
        int sum = 0;
        for (byte octet : content) {
            sum += octet & 0xff;
        }
        number(octets, sum, 2);
        return this;
    }

    Tnef attachment(byte[] content) {
        return attribute(BEGIN, new byte[14]).attribute(OCTETS, content);
    }

    Tnef attachment(Properties properties) {
        return attribute(BEGIN, new byte[14]).attribute(PROPERTIES, properties.octets());
    }

    byte[] octets() {
        return octets.toByteArray();
    }

    /** MAPI properties. */
    static final class Properties {
        private final List<byte[]> all = new ArrayList<>();

        /** Of a type that has a size. */
        Properties fixed(int type, byte[] value) {
            var out = tag(type, 0x0e20);
            out.writeBytes(value);
            return add(out);
        }

        Properties several(int type, int octets, int count) {
            var out = tag(type | 0x1000, 0x0e21);
            number(out, count, 4);
            out.writeBytes(new byte[octets * count]);
            return add(out);
        }

        Properties binary(int id, byte[]... values) {
            return sized(values.length == 1 ? 0x102 : 0x1102, id, values);
        }

        Properties object(byte[] kind, byte[] content) {
            byte[] both = java.util.Arrays.copyOf(kind, kind.length + content.length);
            System.arraycopy(content, 0, both, kind.length, content.length);
            return sized(0x0d, DATA, both);
        }

        Properties text(int id, String text) {
            return sized(0x1f, id, text.getBytes(StandardCharsets.UTF_16LE));
        }

        /** A property of somebody's set, by its number. */
        Properties numbered(int number) {
            var out = tag(3, 0x8000);
            out.writeBytes(new byte[16]);
            number(out, 0, 4);
            number(out, number, 4);
            number(out, 7, 4);
            return add(out);
        }

        Properties named(String name) {
            var out = tag(0x0b, 0x8001);
            out.writeBytes(new byte[16]);
            number(out, 1, 4);
            padded(out, name.getBytes(StandardCharsets.UTF_16LE));
            number(out, 1, 4);
            return add(out);
        }

        Properties raw(byte[] octets) {
            all.add(octets);
            return this;
        }

        byte[] octets() {
            var out = new ByteArrayOutputStream();
            number(out, all.size(), 4);
            all.forEach(out::writeBytes);
            return out.toByteArray();
        }

        private Properties sized(int type, int id, byte[]... values) {
            var out = tag(type, id);
            number(out, values.length, 4);
            for (byte[] value : values) {
                padded(out, value);
            }
            return add(out);
        }

        private Properties add(ByteArrayOutputStream out) {
            return raw(out.toByteArray());
        }

        private static ByteArrayOutputStream tag(int type, int id) {
            var out = new ByteArrayOutputStream();
            number(out, type, 2);
            number(out, id, 2);
            return out;
        }

        private static void padded(ByteArrayOutputStream out, byte[] content) {
            number(out, content.length, 4);
            out.writeBytes(content);
            out.writeBytes(new byte[-content.length & 3]);
        }
    }

    private static void number(ByteArrayOutputStream out, int value, int octets) {
        for (int i = 0; i < octets; i++) {
            out.write(value >> 8 * i);
        }
    }
}
