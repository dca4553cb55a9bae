package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.CmsOctets.join;
import static sekisho.mailhook.mime.PgpText.armour;
import static sekisho.mailhook.mime.PgpText.packets;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.mailhook.mime.PgpArmour.Label;

/** What is one message or one signature of PGP to its end, and what only begins like one. */
class PgpArmourTest {

    private static final byte[] ZIP = "PK\u0003\u0004 and a file".getBytes(StandardCharsets.US_ASCII);
    private static final List<String> SIGNATURES = List.of(PgpText.SIGNATURE, PgpText.RSA_SIGNATURE);
    private static final List<String> MESSAGES = List.of(PgpText.MESSAGE, PgpText.RSA_MESSAGE, PgpText.BY_PASSPHRASE);

    private static boolean is(Label label, String text, int step) {
        var armour = new PgpArmour(label);
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int at = 0; at < octets.length; at += step) {
            armour.accept(octets, at, Math.min(step, octets.length - at));
        }
        return armour.isWhole();
    }

    private static boolean isSignature(String text) {
        return is(Label.SIGNATURE, text, 8192);
    }

    private static boolean isMessage(String text) {
        return is(Label.MESSAGE, text, 8192);
    }

    private static String latin1(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 100_000})
    void whatGnuPgWritesIsReadInStepsOfAnySize(int step) {
        assertThat(SIGNATURES).allMatch(each -> is(Label.SIGNATURE, each, step)).noneMatch(each -> is(Label.MESSAGE, each, step));
        assertThat(MESSAGES).allMatch(each -> is(Label.MESSAGE, each, step)).noneMatch(each -> is(Label.SIGNATURE, each, step));
    }

    @Test
    void whiteSpaceAroundItAndNoChecksumMatterNothing() {
        for (String each : SIGNATURES) {
            assertThat(isSignature("\r\n \r\n" + each + "\r\n\t\r\n")).isTrue();
            assertThat(isSignature(each.replace("\r\n", " \n"))).isTrue();
            assertThat(isSignature(each.stripTrailing())).isTrue();
            assertThat(isSignature(each.replaceFirst("\r\n=....\r\n-", "\r\n-"))).isTrue();
        }
        assertThat(isSignature(armour("SIGNATURE", join(packets(PgpText.SIGNATURE), packets(PgpText.RSA_SIGNATURE))))).as("two people's").isTrue();
    }

    @Test
    void remarksInFrontOfItMatterNothing() {
        String comment = "Comment: " + "x".repeat(91) + "\r\n";
        for (String fields : List.of("Version: GnuPG v2\r\n", "Comment:\r\n", "X-Signed-By: us\r\n", "Key-ID: 0x2EECEBC9EFA3FED0\r\n", "SHA-256: x\r\n", comment.repeat(10),
                "Comment: " + latin1("全社に公開") + "\r\n")) {
            assertThat(isSignature(PgpText.SIGNATURE.replace("-----\r\n\r\n", "-----\r\n" + fields + "\r\n"))).as(fields).isTrue();
            assertThat(isMessage(PgpText.MESSAGE.replace("-----\r\n\r\n", "-----\r\n" + fields + "\r\n"))).as(fields).isTrue();
        }
        for (String fields : List.of(comment.repeat(11), "-: x\r\n", "-----: x\r\n", "Two words: x\r\n", "Comment: x\r\n goes on\r\n")) {
            assertThat(isSignature(PgpText.SIGNATURE.replace("-----\r\n\r\n", "-----\r\n" + fields + "\r\n"))).as(fields).isFalse();
        }
    }

    /** PGP 2 wrote it so, and so does an example of RFC 3156 §5; what it is its packets tell. */
    @Test
    void aSignatureMayCallItselfAMessage() {
        for (String each : SIGNATURES) {
            String other = each.replace("PGP SIGNATURE", "PGP MESSAGE");
            assertThat(isSignature(other)).isTrue();
            assertThat(isMessage(other)).isFalse();
            assertThat(isSignature(each.replace("BEGIN PGP SIGNATURE", "BEGIN PGP MESSAGE"))).isFalse();
            assertThat(isSignature(each.replace("END PGP SIGNATURE", "END PGP MESSAGE"))).isFalse();
        }
        assertThat(MESSAGES).noneMatch(PgpArmourTest::isSignature);
        assertThat(isSignature(armour("MESSAGE", ZIP))).isFalse();
        assertThat(isSignature(PgpText.READABLE)).isFalse();
        assertThat(isMessage(armour("SIGNATURE", packets(PgpText.MESSAGE)))).as("nobody wrote that").isFalse();
    }

    /** One line was once all that was asked for. */
    @Test
    void aBeginningProvesNothing() {
        assertThat(isSignature("-----BEGIN PGP SIGNATURE-----\r\n")).isFalse();
        assertThat(isSignature("-----BEGIN PGP SIGNATURE-----\r\n-----END PGP SIGNATURE-----\r\n")).isFalse();
        assertThat(isSignature("-----BEGIN PGP SIGNATURE-----\r\n\r\n-----END PGP SIGNATURE-----\r\n")).isFalse();
        assertThat(isSignature("")).isFalse();
        for (String each : SIGNATURES) {
            for (int length = 0; length < each.stripTrailing().length(); length++) {
                assertThat(isSignature(each.substring(0, length))).isFalse();
            }
        }
        for (String each : MESSAGES) {
            for (int length = 0; length < each.stripTrailing().length(); length++) {
                assertThat(isMessage(each.substring(0, length))).isFalse();
            }
        }
    }

    @Test
    void aFileInFrontOrBehindOrInsideIsFoundOut() {
        String file = new String(ZIP, StandardCharsets.ISO_8859_1);
        String text = "name,secret\r\n";
        for (String stranger : List.of(file, text, PgpText.SIGNATURE, "x")) {
            assertThat(isSignature(stranger + PgpText.SIGNATURE)).isFalse();
            assertThat(isSignature(PgpText.SIGNATURE + stranger)).isFalse();
            assertThat(isSignature(PgpText.SIGNATURE.replace("-----\r\n\r\n", "-----\r\n" + stranger + "\r\n"))).isFalse();
            assertThat(isSignature(PgpText.SIGNATURE.replace("-----\r\n\r\n", "-----\r\n\r\n" + stranger + "\r\n"))).isFalse();
        }
        String comment = "Comment: " + "UEsDBBQAAAgAAAAAdlur8EANZAAAAGQAAAAKAAAA".repeat(2) + "\r\n";
        assertThat(isSignature(PgpText.SIGNATURE.replace("-----\r\n\r\n", "-----\r\n" + comment.repeat(20) + "\r\n"))).isFalse();
    }

    @Test
    void theBase64HoldsPacketsOfItsSortAndNothingElse() {
        byte[] signature = packets(PgpText.SIGNATURE);
        byte[] message = packets(PgpText.MESSAGE);
        assertThat(isSignature(armour("SIGNATURE", signature))).isTrue();
        assertThat(isMessage(armour("MESSAGE", message))).isTrue();
        for (byte[] other : List.of(ZIP, join(signature, ZIP), join(ZIP, signature), message, join(signature, message), new byte[0], hex("c200"), hex("8800"),
                hex("c203090000"), hex("cb0462016100"))) {
            assertThat(isSignature(armour("SIGNATURE", other))).isFalse();
        }
        for (byte[] other : List.of(ZIP, join(message, ZIP), signature, join(signature, message), join(message, message), hex("cb0462016100"),
                hex("d200"), hex("c10403010203"))) {
            assertThat(isMessage(armour("MESSAGE", other))).isFalse();
        }
    }

    /** {@code gpg --store}, {@code gpg --sign}: nobody needs a key to read them. */
    @Test
    void whatIsNotEncryptedIsNoEncryptedMessage() {
        assertThat(isMessage(PgpText.READABLE)).isFalse();
        assertThat(isMessage(PgpText.SIGNED_ONLY)).isFalse();
    }

    @Test
    void everyLengthIsRead() {
        byte[] key = hex("c1020301");
        assertThat(isMessage(armour("MESSAGE", join(key, hex("d2c0080101"), new byte[198])))).as("two octets").isTrue();
        assertThat(isMessage(armour("MESSAGE", join(key, hex("d2ff0000000401020304"))))).as("five").isTrue();
        assertThat(isMessage(armour("MESSAGE", join(key, hex("d2e1010203010203"))))).as("partial").isTrue();
        assertThat(isMessage(armour("MESSAGE", join(key, hex("d2e10102e00300"))))).as("partial, the last of none").isTrue();
        assertThat(isMessage(armour("MESSAGE", join(key, hex("d2e10102"))))).as("no last one").isFalse();
        assertThat(isMessage(armour("MESSAGE", join(hex("ca03504750"), key, hex("a7"), new byte[500])))).as("old, to the end").isTrue();
        assertThat(isSignature(armour("SIGNATURE", join(hex("8b04"), ZIP)))).as("a signature has an end").isFalse();
        assertThat(isSignature(armour("SIGNATURE", join(hex("c2e00400"))))).isFalse();
    }
}
