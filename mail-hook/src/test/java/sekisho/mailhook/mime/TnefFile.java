package sekisho.mailhook.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes TNEF (MS-OXTNEF), for tests. */
public final class TnefFile {

    /** What stands before an embedded message (IID_IMessage), and before an OLE object (IID_IStorage). */
    public static final byte[] MESSAGE = {0x07, 0x03, 0x02, 0, 0, 0, 0, 0, (byte) 0xC0, 0, 0, 0, 0, 0, 0, 0x46};
    public static final byte[] STORAGE = {0x0B, 0, 0, 0, 0, 0, 0, 0, (byte) 0xC0, 0, 0, 0, 0, 0, 0, 0x46};

    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();

    public TnefFile() {
        octets.writeBytes(new byte[] {0x78, (byte) 0x9F, 0x3E, 0x22, 1, 0});
        attribute(1, 0x9006, new byte[] {0, 0, 1, 0});
        attribute(1, 0x9007, new byte[] {(byte) 0xA4, 3, 0, 0, 0, 0, 0, 0});   // code page 932
    }

    public TnefFile attribute(int level, int id, byte[] content) {
        octets.write(level);
        u16(octets, id);
        u16(octets, 6);
        u32(octets, content.length);
        octets.writeBytes(content);
        int sum = 0;
        for (byte b : content) {
            sum += b & 0xFF;
        }
        u16(octets, sum);
        return this;
    }

    /** An attachment with a short name, its octets, and whatever properties. */
    public TnefFile attachment(String title, byte[] content, Properties properties) {
        attribute(2, 0x9002, new byte[14]);
        attribute(2, 0x8010, (title + "\0").getBytes(Charset.forName("windows-31j")));
        attribute(2, 0x800F, content);
        return attribute(2, 0x9005, properties.octets());
    }

    /** One whose octets are among its properties: an embedded message, an object. */
    public TnefFile attachment(Properties properties) {
        attribute(2, 0x9002, new byte[14]);
        return attribute(2, 0x9005, properties.octets());
    }

    public TnefFile message(Properties properties) {
        return attribute(1, 0x9003, properties.octets());
    }

    public byte[] octets() {
        return octets.toByteArray();
    }

    /** MAPI properties. */
    public static final class Properties {

        private final List<byte[]> all = new ArrayList<>();

        public Properties unicode(int id, String text) {
            return value(0x1F, id, (text + "\0").getBytes(StandardCharsets.UTF_16LE));
        }

        /** In the code page. */
        public Properties narrow(int id, String text) {
            return value(0x1E, id, (text + "\0").getBytes(Charset.forName("windows-31j")));
        }

        public Properties flag(int id, boolean set) {
            var out = tag(0x0B, id);
            u32(out, set ? 1 : 0);
            all.add(out.toByteArray());
            return this;
        }

        /** A property of somebody's set that has a number and no name; all that are not known yet to the reader have one id. */
        public Properties numbered(int number, String text) {
            var out = tag(0x1F, 0x8000);
            out.writeBytes(new byte[16]);
            u32(out, 0);
            u32(out, number);
            u32(out, 1);
            sized(out, (text + "\0").getBytes(StandardCharsets.UTF_16LE));
            all.add(out.toByteArray());
            return this;
        }

        public Properties binaries(int id, byte[]... contents) {
            var out = tag(0x1102, id);
            u32(out, contents.length);
            for (byte[] content : contents) {
                sized(out, content);
            }
            all.add(out.toByteArray());
            return this;
        }

        public Properties times(int id, int count) {
            var out = tag(0x1040, id);
            u32(out, count);
            out.writeBytes(new byte[8 * count]);
            all.add(out.toByteArray());
            return this;
        }

        public Properties binary(int id, byte[] content) {
            return value(0x102, id, content);
        }

        public Properties object(int id, byte[] kind, byte[] content) {
            byte[] both = java.util.Arrays.copyOf(kind, kind.length + content.length);
            System.arraycopy(content, 0, both, kind.length, content.length);
            return value(0x0D, id, both);
        }

        public Properties number(int id, int number) {
            var out = tag(3, id);
            u32(out, number);
            all.add(out.toByteArray());
            return this;
        }

        /** Two texts under one name. */
        public Properties named(String name, String one, String other) {
            var out = tag(0x101F, 0x8005);
            out.writeBytes(new byte[16]);
            u32(out, 1);
            sized(out, (name + "\0").getBytes(StandardCharsets.UTF_16LE));
            u32(out, 2);
            sized(out, one.getBytes(StandardCharsets.UTF_16LE));
            sized(out, other.getBytes(StandardCharsets.UTF_16LE));
            all.add(out.toByteArray());
            return this;
        }

        /** Numbers of 16 bits, each padded. */
        public Properties numbers(int id, int count) {
            var out = tag(0x1002, id);
            u32(out, count);
            out.writeBytes(new byte[4 * count]);
            all.add(out.toByteArray());
            return this;
        }

        public Properties raw(byte[] octets) {
            all.add(octets);
            return this;
        }

        private Properties value(int type, int id, byte[] content) {
            var out = tag(type, id);
            u32(out, 1);
            sized(out, content);
            all.add(out.toByteArray());
            return this;
        }

        private static ByteArrayOutputStream tag(int type, int id) {
            var out = new ByteArrayOutputStream();
            u16(out, type);
            u16(out, id);
            return out;
        }

        private static void sized(ByteArrayOutputStream out, byte[] content) {
            u32(out, content.length);
            out.writeBytes(content);
            out.writeBytes(new byte[-content.length & 3]);
        }

        byte[] octets() {
            var out = new ByteArrayOutputStream();
            u32(out, all.size());
            all.forEach(out::writeBytes);
            return out.toByteArray();
        }
    }

    /** Compressed RTF whose tokens are literals, but for a repetition of the last four octets if there are any. */
    public static byte[] compressedRtf(String text) {
        byte[] raw = text.getBytes(StandardCharsets.US_ASCII);
        var tokens = new ByteArrayOutputStream();
        int place = 207;
        for (int at = 0; at < raw.length || at == raw.length; ) {
            int control = 0;
            var eight = new ByteArrayOutputStream();
            for (int bit = 0; bit < 8 && at <= raw.length; bit++) {
                if (at == raw.length) {
                    control |= 1 << bit;   // a reference to here: the end
                    eight.write(place >> 4);
                    eight.write(place << 4);
                    at++;
                } else if (at >= 4 && at + 4 <= raw.length && java.util.Arrays.equals(raw, at - 4, at, raw, at, at + 4)) {
                    control |= 1 << bit;
                    int from = place - 4 & 4095;
                    eight.write(from >> 4);
                    eight.write(from << 4 | 2);
                    at += 4;
                    place = place + 4 & 4095;
                } else {
                    eight.write(raw[at++]);
                    place = place + 1 & 4095;
                }
            }
            tokens.write(control);
            tokens.writeBytes(eight.toByteArray());
        }
        var out = new ByteArrayOutputStream();
        u32(out, tokens.size() + 12);
        u32(out, raw.length);
        out.writeBytes("LZFu".getBytes(StandardCharsets.US_ASCII));
        u32(out, 0);
        out.writeBytes(tokens.toByteArray());
        return out.toByteArray();
    }

    private static void u16(ByteArrayOutputStream out, int value) {
        out.write(value);
        out.write(value >> 8);
    }

    private static void u32(ByteArrayOutputStream out, int value) {
        u16(out, value);
        u16(out, value >> 16);
    }
}
