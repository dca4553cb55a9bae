package sekisho.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** LZH as Japanese archivers wrote it, written here: Debian has no free program that does. 7-Zip reads what is written. */
class LzhTest {

    @TempDir
    private Path folder;

    /** @param level of its header: 0, 1 or 2 */
    private static byte[] lzh(int level, String name, byte[] content) {
        byte[] named = name.getBytes(Charset.forName("windows-31j"));
        var header = new ByteArrayOutputStream();
        header.writeBytes("-lh0-".getBytes(StandardCharsets.US_ASCII));
        put(header, content.length, 4);
        put(header, content.length, 4);
        put(header, level == 2 ? 1_795_000_000 : 0x5D764801, 4);
        header.write(0x20);
        header.write(level);
        if (level < 2) {
            header.write(named.length);
            header.writeBytes(named);
        }
        put(header, crc(content), 2);
        if (level > 0) {
            header.write('M');
        }
        if (level == 2) {
            put(header, 3 + named.length, 2);
            header.write(1);
            header.writeBytes(named);
        }
        if (level > 0) {
            put(header, 0, 2);
        }
        var archive = new ByteArrayOutputStream();
        if (level == 2) {
            put(archive, 2 + header.size(), 2);
        } else {
            // of level 1 what follows the name of the system counts as extension, of which there is none
            archive.write(header.size());
            int sum = 0;
            for (byte octet : header.toByteArray()) {
                sum += octet & 0xFF;
            }
            archive.write(sum);
        }
        archive.writeBytes(header.toByteArray());
        archive.writeBytes(content);
        archive.write(0);
        return archive.toByteArray();
    }

    private static void put(ByteArrayOutputStream out, int value, int octets) {
        for (int i = 0; i < octets; i++) {
            out.write(value >> 8 * i);
        }
    }

    /** CRC-16 with the polynomial of ARC. */
    private static int crc(byte[] content) {
        int crc = 0;
        for (byte octet : content) {
            crc ^= octet & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 1 ? crc >>> 1 ^ 0xA001 : crc >>> 1;
            }
        }
        return crc;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void isSeenAndCannotBeLookedInto(int level) throws Exception {
        byte[] lzh = lzh(level, "見積書.txt", "a quotation".getBytes(StandardCharsets.US_ASCII));
        var workshop = new Workshop(folder);
        workshop.put("x.lzh", lzh);
        assertThat(new String(workshop.make("7zz t x.lzh > out"), StandardCharsets.UTF_8)).contains("Type = Lzh", "Everything is Ok");
        var findings = new Inspector(InspectionLimits.DEFAULT).inspect("x.lzh", Octets.of(lzh));
        assertThat(findings).isEqualTo(new Findings(Format.LZH.type(), Protection.OPAQUE, "lzh"));
        assertThat(new Inspector(InspectionLimits.DEFAULT).inspect("invoice.txt", Octets.of(lzh)).type().id()).as("under another name").isEqualTo("lzh");
        byte[] zip = workshop.make("zip -q -0 y.zip x.lzh && mv y.zip out");
        assertThat(new Inspector(InspectionLimits.DEFAULT).inspect("y.zip", Octets.of(zip)).protection()).as("in a ZIP").isEqualTo(Protection.OPAQUE);
    }
}
