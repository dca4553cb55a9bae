package sekisho.storage.floe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FloeTest {
    private static final byte[] KEY = new byte[32];
    private static final byte[] AAD = "This is AAD".getBytes(StandardCharsets.US_ASCII);
    /** 8 octets of plaintext in a segment, a new segment key every 4. */
    private static final Floe SHORT = new Floe(40, 2);

    @TempDir
    private Path folder;

    @Test
    void everyLengthComesBackAcrossKeyRotations() throws Exception {
        for (int octets = 0; octets <= 100; octets++) {
            byte[] plain = plain(octets);
            byte[] cipher = encrypt(SHORT, plain);
            assertThat(SHORT.plainOctets(cipher.length)).isEqualTo(octets);
            assertThat(decrypt(SHORT, cipher)).isEqualTo(plain);
        }
    }

    @Test
    void onlyLengthsThatAWriterMakesAreTaken() throws Exception {
        for (int octets = 0; octets < 300; octets++) {
            int length = octets;
            int rest = (octets - 74) % 40;
            if (octets >= 74 + 32 && (rest == 0 || rest >= 32)) {
                assertThat(SHORT.segments(length)).isEqualTo((octets - 74 + 39) / 40);
            } else {
                assertThatThrownBy(() -> SHORT.segments(length)).isInstanceOf(BrokenCiphertextException.class);
            }
        }
        assertThatThrownBy(() -> SHORT.segments(-1)).isInstanceOf(BrokenCiphertextException.class);
        assertThatThrownBy(() -> Floe.OBJECTS.segments(Long.MAX_VALUE)).isInstanceOf(BrokenCiphertextException.class);
        assertThatThrownBy(() -> Floe.OBJECTS.segments(Long.MIN_VALUE)).isInstanceOf(BrokenCiphertextException.class);
    }

    @Test
    void aSegmentOpensOnlyAtItsPositionAndAsWhatItWas() throws Exception {
        byte[] cipher = encrypt(SHORT, plain(8 * 6));
        var segments = SHORT.decrypt(KEY, AAD, Arrays.copyOf(cipher, 74)).segments();
        byte[] out = new byte[40];
        for (int written = 0; written < 6; written++) {
            for (int read = 0; read < 8; read++) {
                for (boolean last : new boolean[] {false, true}) {
                    int at = 74 + 40 * written;
                    int position = read;
                    if (read == written && last == (written == 5)) {
                        assertThat(segments.decrypt(position, last, cipher, at, 40, out, 0)).isEqualTo(8);
                    } else {
                        assertThatThrownBy(() -> segments.decrypt(position, last, cipher, at, 40, out, 0))
                                .isInstanceOf(BrokenCiphertextException.class);
                    }
                }
            }
        }
        for (int octets : new int[] {0, 31, 39, 41}) {
            assertThatThrownBy(() -> segments.decrypt(0, false, cipher, 74, octets, out, 0)).isInstanceOf(BrokenCiphertextException.class);
        }
    }

    @Test
    void aHeaderBelongsToItsKeyAssociatedDataAndParameters() {
        byte[] header = Arrays.copyOf(encrypt(SHORT, plain(3)), 74);
        byte[] otherKey = KEY.clone();
        otherKey[31] = 1;
        assertThatThrownBy(() -> SHORT.decrypt(otherKey, AAD, header)).isInstanceOf(BrokenCiphertextException.class);
        assertThatThrownBy(() -> SHORT.decrypt(KEY, new byte[0], header)).isInstanceOf(BrokenCiphertextException.class);
        assertThatThrownBy(() -> new Floe(64, 2).decrypt(KEY, AAD, header)).isInstanceOf(BrokenCiphertextException.class);
        assertThatThrownBy(() -> SHORT.decrypt(KEY, AAD, Arrays.copyOf(header, 75))).isInstanceOf(BrokenCiphertextException.class);
        assertThatThrownBy(() -> SHORT.decrypt(new byte[31], AAD, header)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPositionIsNeverUsedTwice() {
        FloeEncryption encryption = SHORT.encrypt(KEY, AAD);
        byte[] out = new byte[40];
        assertThatThrownBy(() -> encryption.segment(plain(7), 0, 7, false, out, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> encryption.segment(plain(9), 0, 9, true, out, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(encryption.segment(plain(8), 0, 8, true, out, 0)).isEqualTo(40);
        assertThatThrownBy(() -> encryption.segment(plain(8), 0, 8, true, out, 0)).isInstanceOf(IllegalStateException.class);
        FloeEncryption cramped = SHORT.encrypt(KEY, AAD);
        assertThatThrownBy(() -> cramped.segment(plain(8), 0, 8, false, new byte[39], 0)).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> cramped.segment(plain(8), 0, 8, false, out, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatIsClosedForgetsItsKeyAndWhatWasBegunBeforeGoesOn() throws Exception {
        byte[] cipher = encrypt(SHORT, plain(20));
        byte[] out = new byte[8];
        var decryption = SHORT.decrypt(KEY, AAD, Arrays.copyOf(cipher, 74));
        var begun = decryption.segments();
        decryption.close();
        decryption.close();
        assertThatThrownBy(decryption::segments).isInstanceOf(IllegalStateException.class);
        assertThat(begun.decrypt(0, false, cipher, 74, 40, out, 0)).isEqualTo(8);
        begun.close();
        assertThatThrownBy(() -> begun.decrypt(0, false, cipher, 74, 40, out, 0)).isInstanceOf(IllegalStateException.class);
        var encryption = SHORT.encrypt(KEY, AAD);
        encryption.close();
        assertThatThrownBy(() -> encryption.segment(plain(8), 0, 8, true, new byte[40], 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aMessageKeyIsOverwrittenAndNothingIsMadeOfWhatIsLeft() {
        byte[] messageKey = new byte[48];
        Arrays.fill(messageKey, (byte) 7);
        var keys = new SegmentKeys(SHORT, messageKey, new byte[32], AAD);
        var copy = keys.copy();
        byte[] expected = keys.from(0);
        keys.forget();
        assertThat(messageKey).isEqualTo(new byte[48]);
        assertThatThrownBy(() -> keys.from(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(keys::copy).isInstanceOf(IllegalStateException.class);
        assertThat(copy.from(0)).isEqualTo(expected);
    }

    @Test
    void knownAnswersTellGoodFromBad() throws IOException {
        var report = new ByteArrayOutputStream();
        assertThat(check(report)).isFalse();
        byte[] plain = plain(50);
        byte[] cipher = encrypt(SHORT, plain);
        write("our_rotation", cipher, plain);
        assertThat(check(report)).isTrue();
        plain[49]++;
        write("our_rotation", cipher, plain);
        assertThat(check(report)).isFalse();
        plain[49]--;
        cipher[cipher.length - 1]++;
        write("our_rotation", cipher, plain);
        assertThat(check(report)).isFalse();
        assertThat(report.toString(StandardCharsets.UTF_8)).contains("our_rotation: ok", "SOMETHING ELSE", "DOES NOT DECRYPT");
    }

    @Test
    void knownAnswersProveNothingUntilThoseOfAllOriginsAreThereAndRight() throws IOException {
        var report = new ByteArrayOutputStream();
        var out = new PrintStream(report, true, StandardCharsets.UTF_8);
        byte[] plain = plain(20);   // so short that no segment key changes, whatever the name says
        for (String sort : new String[] {"GCM256_IV256_4K", "GCM256_IV256_64", "rotation"}) {
            for (String origin : new String[] {"cpp", "go", "java"}) {
                write(origin + "_" + sort, encrypt(SHORT, plain), plain);
            }
        }
        for (String aloneOfTheirSort : new String[] {"java_lastSegAligned", "java_lastSegEmpty"}) {
            write(aloneOfTheirSort, encrypt(SHORT, plain), plain);
        }
        assertThat(KnownAnswers.proves(folder, out)).isTrue();
        assertThat(KnownAnswers.proves(folder.resolve("elsewhere"), out)).isFalse();
        for (String lost : new String[] {"cpp_rotation_pt.txt", "go_GCM256_IV256_4K_ct.txt", "java_GCM256_IV256_64_ct.txt",
                "java_lastSegAligned_ct.txt", "java_lastSegEmpty_pt.txt"}) {
            byte[] was = Files.readAllBytes(folder.resolve(lost));
            Files.delete(folder.resolve(lost));
            report.reset();
            assertThat(KnownAnswers.proves(folder, out)).isFalse();
            assertThat(report.toString(StandardCharsets.UTF_8)).endsWith(": " + lost + System.lineSeparator());
            Files.write(folder.resolve(lost), was);
        }
        write("go_rotation", encrypt(SHORT, plain), plain(19));
        assertThat(KnownAnswers.proves(folder, out)).isFalse();
    }

    private boolean check(ByteArrayOutputStream report) throws IOException {
        return KnownAnswers.check(folder, new PrintStream(report, true, StandardCharsets.UTF_8));
    }

    private void write(String name, byte[] cipher, byte[] plain) throws IOException {
        Files.writeString(folder.resolve(name + "_ct.txt"), HexFormat.of().formatHex(cipher) + "\n");
        Files.writeString(folder.resolve(name + "_pt.txt"), HexFormat.of().formatHex(plain) + "\n");
    }

    private static byte[] plain(int octets) {
        byte[] plain = new byte[octets];
        for (int i = 0; i < octets; i++) {
            plain[i] = (byte) i;
        }
        return plain;
    }

    private static byte[] encrypt(Floe floe, byte[] plain) {
        FloeEncryption encryption = floe.encrypt(KEY, AAD);
        var out = new ByteArrayOutputStream();
        out.writeBytes(encryption.header());
        byte[] segment = new byte[floe.segmentOctets()];
        int at = 0;
        boolean last;
        do {
            int octets = Math.min(floe.plainSegmentOctets(), plain.length - at);
            last = at + octets == plain.length;
            out.write(segment, 0, encryption.segment(plain, at, octets, last, segment, 0));
            at += octets;
        } while (!last);
        return out.toByteArray();
    }

    private static byte[] decrypt(Floe floe, byte[] cipher) throws BrokenCiphertextException {
        var segments = floe.decrypt(KEY, AAD, Arrays.copyOf(cipher, 74)).segments();
        var out = new ByteArrayOutputStream();
        byte[] plain = new byte[floe.segmentOctets()];
        long count = floe.segments(cipher.length);
        for (int position = 0; position < count; position++) {
            int start = 74 + position * floe.segmentOctets();
            int octets = Math.min(floe.segmentOctets(), cipher.length - start);
            out.write(plain, 0, segments.decrypt(position, position == count - 1, cipher, start, octets, plain, 0));
        }
        return out.toByteArray();
    }
}
