package sekisho.inspection;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Encryption of Office files (MS-OFFCRYPTO): whether the password that Excel or PowerPoint tries by itself opens one. They encrypt a file with it whose
 * structure, or whose changing, is protected but that anybody may read, and ask nobody. Whatever is not exactly that is taken for a password.
 */
final class OfficeEncryption {
    private static final String PASSWORD = "VelvetSweatshop";
    private static final byte[] UTF_16 = PASSWORD.getBytes(StandardCharsets.UTF_16LE);
    /** Of a presentation that may not be changed without a password (§2.4.2.3). */
    private static final byte[] PRESENTATION = "/01Hannes Ruescher/01".getBytes(StandardCharsets.UTF_16LE);
    /** Excel uses 100,000. */
    private static final int MOST_SPINS = 1_000_000;
    private static final int STANDARD_SPINS = 50_000;
    private static final byte[] INPUT_BLOCK = HexFormat.of().parseHex("fea7d2763b4b9e79");
    private static final byte[] VALUE_BLOCK = HexFormat.of().parseHex("d7aa0f6d3061344e");
    private static final Map<String, String> HASHES =
            Map.of("SHA1", "SHA-1", "SHA-1", "SHA-1", "SHA256", "SHA-256", "SHA384", "SHA-384", "SHA512", "SHA-512");
    private static final byte[] KEY_BLOCK = HexFormat.of().parseHex("146e0be7abacd0d6");
    private static final Pattern KEY_DATA = Pattern.compile("<(?:[A-Za-z0-9]{1,16}:)?keyData\\s([^<>]{1,4096})>");
    private static final Pattern KEY = Pattern.compile("<(?:[A-Za-z0-9]{1,16}:)?encryptedKey\\s([^<>]{1,4096})>");
    private static final Pattern ATTRIBUTE = Pattern.compile("([A-Za-z]{1,40})\\s{0,8}=\\s{0,8}\"([^\"]{0,1024})\"");
    private static final Set<Integer> KEY_BITS = Set.of(128, 192, 256);
    private static final int MOST_SALT = 64;

    private OfficeEncryption() {}

    /**
     * @param info the stream {@code EncryptionInfo}
     * @return what opens the package; null when Excel's own password doesn't
     */
    static OfficePackage.@Nullable Key ofOoxml(byte[] info, Look look) throws CannotTell {
        if (info.length < 8) {
            return null;
        }
        try {
            return switch (u16(info, 2)) {
                case 4 -> agile(new String(info, 8, info.length - 8, StandardCharsets.UTF_8), look);
                case 2 -> standard(info, look);
                default -> null;
            };
        } catch (GeneralSecurityException | RuntimeException _) {
            return null; // damaged or of another kind: nothing that Excel opens by itself
        }
    }

    /** @param record the body of {@code FILEPASS} */
    static boolean opensExcel(byte[] record, Look look) throws CannotTell {
        try {
            if (record.length == 4 || record.length >= 6 && u16(record, 0) == 0) {
                return u16(record, record.length == 4 ? 2 : 4) == xorVerifier();
            }
            if (u16(record, 0) != 1) {
                return false;
            }
            int major = u16(record, 2);
            return major == 1 ? opensRc4(record) : major >= 2 && major <= 4 && opensCryptoApi(record, 2, UTF_16, look);
        } catch (GeneralSecurityException | RuntimeException _) {
            return false;
        }
    }

    /** @param session the body of {@code CryptSession10Container} (MS-PPT 2.4.7) */
    static boolean opensPresentation(byte[] session, Look look) throws CannotTell {
        try {
            int major = u16(session, 0);
            return major >= 2 && major <= 4 && opensCryptoApi(session, 0, PRESENTATION, look);
        } catch (GeneralSecurityException | RuntimeException _) {
            return false;
        }
    }

    /** §2.3.4.13: the password's hash, spun, opens a random input and its hash, which must fit each other. */
    private static OfficePackage.@Nullable Key agile(String xml, Look look) throws GeneralSecurityException, CannotTell {
        Map<String, String> attributes = attributes(KEY, xml);
        String algorithm = HASHES.get(attributes.get("hashAlgorithm"));
        int spins = Integer.parseInt(attributes.get("spinCount"));
        int bits = Integer.parseInt(attributes.get("keyBits"));
        byte[] salt = Base64.getDecoder().decode(attributes.get("saltValue"));
        if (algorithm == null || !isAes(attributes) || spins < 0 || spins > MOST_SPINS || !KEY_BITS.contains(bits) || salt.length > MOST_SALT) {
            return null;
        }
        MessageDigest hash = MessageDigest.getInstance(algorithm);
        byte[] spun = spin(hash, salt, spins, look);
        byte[] input = agile(hash, spun, INPUT_BLOCK, bits, salt, attributes.get("encryptedVerifierHashInput"));
        byte[] value = agile(hash, spun, VALUE_BLOCK, bits, salt, attributes.get("encryptedVerifierHashValue"));
        byte[] expected = hash.digest(Arrays.copyOf(input, salt.length));
        if (value.length < expected.length || !Arrays.equals(Arrays.copyOf(value, expected.length), expected)) {
            return null;
        }
        Map<String, String> data = attributes(KEY_DATA, xml);
        String vectors = HASHES.get(data.get("hashAlgorithm"));
        int dataBits = Integer.parseInt(data.get("keyBits"));
        byte[] dataSalt = Base64.getDecoder().decode(data.get("saltValue"));
        if (vectors == null || !isAes(data) || !KEY_BITS.contains(dataBits) || dataSalt.length > MOST_SALT) {
            return null;
        }
        byte[] key = agile(hash, spun, KEY_BLOCK, bits, salt, attributes.get("encryptedKeyValue"));
        return new OfficePackage.Key(Arrays.copyOf(key, dataBits / 8), vectors, dataSalt);
    }

    private static Map<String, String> attributes(Pattern element, String xml) {
        var attributes = new HashMap<String, String>();
        Matcher found = element.matcher(xml);
        if (found.find()) {
            for (Matcher each = ATTRIBUTE.matcher(found.group(1)); each.find(); ) {
                attributes.put(each.group(1), each.group(2));
            }
        }
        return attributes;
    }

    private static boolean isAes(Map<String, String> attributes) {
        return "AES".equals(attributes.get("cipherAlgorithm")) && "ChainingModeCBC".equals(attributes.get("cipherChaining"));
    }

    private static byte[] agile(MessageDigest hash, byte[] spun, byte[] block, int bits, byte[] salt, @Nullable String encrypted)
            throws GeneralSecurityException {
        hash.update(spun);
        byte[] key = padded(hash.digest(block), bits / 8);
        Cipher aes = Cipher.getInstance("AES/CBC/NoPadding");
        aes.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(padded(salt, 16)));
        return aes.doFinal(Base64.getDecoder().decode(encrypted));
    }

    private static byte[] padded(byte[] octets, int length) {
        byte[] padded = Arrays.copyOf(octets, length);
        if (octets.length < length) {
            Arrays.fill(padded, octets.length, length, (byte) 0x36);
        }
        return padded;
    }

    private static byte[] spin(MessageDigest hash, byte[] salt, int spins, Look look) throws CannotTell, GeneralSecurityException {
        hash.update(salt);
        byte[] spun = hash.digest(UTF_16);
        byte[] number = new byte[4];
        for (int i = 0; i < spins; i++) {
            look.tick();
            put(number, i);
            hash.update(number);
            hash.update(spun);
            hash.digest(spun, 0, spun.length);
        }
        return spun;
    }

    /** §2.3.4.5 to 9: version 4, flags 4, size of the header 4, the header, then the verifier. */
    private static OfficePackage.@Nullable Key standard(byte[] info, Look look) throws GeneralSecurityException, CannotTell {
        int header = 12;
        int verifier = header + i32(info, 8);
        int bits = i32(info, header + 16);
        if (!KEY_BITS.contains(bits) || i32(info, verifier) != 16) {
            return null;
        }
        MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
        byte[] spun = spin(sha1, Arrays.copyOfRange(info, verifier + 4, verifier + 20), STANDARD_SPINS, look);
        sha1.update(spun);
        byte[] last = sha1.digest(new byte[4]);
        byte[] key = new byte[40];
        System.arraycopy(sha1.digest(mixed(last, 0x36)), 0, key, 0, 20);
        System.arraycopy(sha1.digest(mixed(last, 0x5c)), 0, key, 20, 20);
        Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
        byte[] opening = Arrays.copyOf(key, bits / 8);
        aes.init(Cipher.DECRYPT_MODE, new SecretKeySpec(opening, "AES"));
        byte[] random = aes.doFinal(info, verifier + 20, 16);
        byte[] value = aes.doFinal(info, verifier + 40, 32);
        return Arrays.equals(sha1.digest(random), Arrays.copyOf(value, 20)) ? new OfficePackage.Key(opening, null, new byte[0]) : null;
    }

    private static byte[] mixed(byte[] hash, int octet) {
        byte[] mixed = new byte[64];
        Arrays.fill(mixed, (byte) octet);
        for (int i = 0; i < hash.length; i++) {
            mixed[i] ^= hash[i];
        }
        return mixed;
    }

    /** §2.3.6.2: type 2, version 4, salt 16, verifier 16, its MD5 16. */
    private static boolean opensRc4(byte[] record) throws GeneralSecurityException {
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        byte[] start = md5.digest(UTF_16);
        for (int i = 0; i < 16; i++) {
            md5.update(start, 0, 5);
            md5.update(record, 6, 16);
        }
        md5.update(md5.digest(), 0, 5);
        byte[] opened = Rc4.apply(md5.digest(new byte[4]), Arrays.copyOfRange(record, 22, 54));
        return Arrays.equals(md5.digest(Arrays.copyOf(opened, 16)), Arrays.copyOfRange(opened, 16, 32));
    }

    /** §2.3.5: version 4, flags 4, size of the header 4, the header, then the verifier with a SHA-1 of 20 octets. */
    private static boolean opensCryptoApi(byte[] record, int from, byte[] password, Look look) throws GeneralSecurityException, CannotTell {
        look.checkTime();
        int header = from + 12;
        int verifier = header + i32(record, from + 8);
        int bits = i32(record, header + 16);
        if (bits == 0) {
            bits = 40;
        }
        if (bits < 40 || bits > 128 || bits % 8 != 0 || i32(record, verifier) != 16) {
            return false;
        }
        MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
        sha1.update(record, verifier + 4, 16);
        sha1.update(sha1.digest(password));
        byte[] key = Arrays.copyOf(Arrays.copyOf(sha1.digest(new byte[4]), bits / 8), bits == 40 ? 16 : bits / 8);
        byte[] both = new byte[36];
        System.arraycopy(record, verifier + 20, both, 0, 16);
        System.arraycopy(record, verifier + 40, both, 16, 20);
        byte[] opened = Rc4.apply(key, both);
        return Arrays.equals(sha1.digest(Arrays.copyOf(opened, 16)), Arrays.copyOfRange(opened, 16, 36));
    }

    /** §2.3.7.1. */
    private static int xorVerifier() {
        int verifier = 0;
        for (int i = PASSWORD.length() - 1; i >= -1; i--) {
            int octet = i < 0 ? PASSWORD.length() : PASSWORD.charAt(i);
            verifier = (verifier >> 14 & 1 | verifier << 1 & 0x7fff) ^ octet;
        }
        return verifier ^ 0xce4b;
    }

    private static void put(byte[] into, int value) {
        for (int i = 0; i < 4; i++) {
            into[i] = (byte) (value >> 8 * i);
        }
    }

    private static int u16(byte[] octets, int at) {
        return octets[at] & 0xff | (octets[at + 1] & 0xff) << 8;
    }

    private static int i32(byte[] octets, int at) {
        return u16(octets, at) | u16(octets, at + 2) << 16;
    }
}
