package sekisho.inspection;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The standard security handler of PDF (ISO 32000-2 §7.6.4): whether the empty user password opens a file. */
final class PdfEncryption {
    /** What stands for a password's missing end (§7.6.4.3.2). */
    private static final byte[] PADDING = HexFormat.of().parseHex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a");
    private static final int KEY_40 = 5;
    private static final int KEY_128 = 16;

    enum Answer {
        OPENS, ASKS, UNCLEAR
    }

    /** @param key of the file, when it opens; else of no length */
    record Opened(Answer answer, byte[] key) {}

    private static final Opened ASKS = new Opened(Answer.ASKS, new byte[0]);
    private static final Opened UNCLEAR = new Opened(Answer.UNCLEAR, new byte[0]);

    private PdfEncryption() {}

    static Opened openWithout(PdfObjects.Dictionary dictionary, List<byte[]> fileIds) {
        int revision = (int) dictionary.number("R", -1);
        byte[] user = dictionary.string("U");
        try {
            switch (revision) {
                case 2, 3, 4 -> {
                    if (user.length < 16 || dictionary.string("O").length < 32) {
                        return UNCLEAR;
                    }
                    for (byte[] id : fileIds) {
                        byte[] key = oldKey(dictionary, revision, id);
                        if (opens(key, revision, id, user)) {
                            return new Opened(Answer.OPENS, key);
                        }
                    }
                    return ASKS;
                }
                case 5, 6 -> {
                    if (user.length < 48) {
                        return user.length < 40 ? UNCLEAR : opens(revision, user) ? new Opened(Answer.OPENS, new byte[0]) : ASKS;
                    }
                    return opens(revision, user) ? new Opened(Answer.OPENS, key(dictionary, revision, user)) : ASKS;
                }
                default -> {
                    return UNCLEAR;
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("MD5, SHA-2, RC4 and AES are in every JDK", e);
        }
    }

    private static byte[] hash(int revision, byte[] user, int salt) throws GeneralSecurityException {
        byte[] octets = Arrays.copyOfRange(user, salt, salt + 8);
        return revision == 5 ? MessageDigest.getInstance("SHA-256").digest(octets) : hash6(octets);
    }

    private static boolean opens(int revision, byte[] user) throws GeneralSecurityException {
        return Arrays.equals(hash(revision, user, 32), Arrays.copyOf(user, 32));
    }

    /** Algorithm 2.A for the empty password. */
    private static byte[] key(PdfObjects.Dictionary dictionary, int revision, byte[] user) throws GeneralSecurityException {
        byte[] encrypted = dictionary.string("UE");
        if (encrypted.length < 32) {
            return new byte[0];
        }
        Cipher aes = Cipher.getInstance("AES/CBC/NoPadding");
        aes.init(Cipher.DECRYPT_MODE, new SecretKeySpec(hash(revision, user, 40), "AES"), new IvParameterSpec(new byte[16]));
        return aes.doFinal(encrypted, 0, 32);
    }

    /** Algorithm 2. */
    private static byte[] oldKey(PdfObjects.Dictionary dictionary, int revision, byte[] id) throws GeneralSecurityException {
        int length = revision == 2 ? KEY_40 : keyLength(dictionary);
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        md5.update(PADDING);
        md5.update(dictionary.string("O"), 0, 32);
        int permissions = (int) dictionary.number("P", 0);
        md5.update(new byte[] {(byte) permissions, (byte) (permissions >> 8), (byte) (permissions >> 16), (byte) (permissions >> 24)});
        md5.update(id);
        if (revision >= 4 && dictionary.isFalse("EncryptMetadata")) {
            md5.update(new byte[] {-1, -1, -1, -1});
        }
        byte[] key = Arrays.copyOf(md5.digest(), length);
        for (int i = 0; i < 50 && revision > 2; i++) {
            key = Arrays.copyOf(md5.digest(key), length);
        }
        return key;
    }

    /** Algorithms 4 and 5. */
    private static boolean opens(byte[] key, int revision, byte[] id, byte[] user) throws GeneralSecurityException {
        if (revision == 2) {
            return Arrays.equals(Rc4.apply(key, PADDING), Arrays.copyOf(user, 32));
        }
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        md5.update(PADDING);
        byte[] expected = md5.digest(id);
        for (int round = 0; round < 20; round++) {
            byte[] turned = key.clone();
            for (int i = 0; i < turned.length; i++) {
                turned[i] ^= (byte) round;
            }
            expected = Rc4.apply(turned, expected);
        }
        return Arrays.equals(expected, Arrays.copyOf(user, 16));
    }

    private static int keyLength(PdfObjects.Dictionary dictionary) {
        if (dictionary.number("V", 0) == 4) {
            return KEY_128;
        }
        long bits = dictionary.number("Length", 40);
        return bits >= 40 && bits <= 128 && bits % 8 == 0 ? (int) bits / 8 : KEY_40;
    }

    /** Algorithm 2.B for the empty password. */
    private static byte[] hash6(byte[] salt) throws GeneralSecurityException {
        byte[] key = MessageDigest.getInstance("SHA-256").digest(salt);
        byte last = 0;
        for (int round = 0; round < 64 || (last & 0xff) > round - 32; round++) {
            byte[] repeated = new byte[64 * key.length];
            for (int i = 0; i < 64; i++) {
                System.arraycopy(key, 0, repeated, i * key.length, key.length);
            }
            Cipher aes = Cipher.getInstance("AES/CBC/NoPadding");
            aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, 0, 16, "AES"), new IvParameterSpec(key, 16, 16));
            byte[] encrypted = aes.doFinal(repeated);
            int sum = 0;
            for (int i = 0; i < 16; i++) {
                sum += encrypted[i] & 0xff;
            }
            key = MessageDigest.getInstance(sum % 3 == 0 ? "SHA-256" : sum % 3 == 1 ? "SHA-384" : "SHA-512").digest(encrypted);
            last = encrypted[encrypted.length - 1];
        }
        return Arrays.copyOf(key, 32);
    }
}
