package sekisho.inspection;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Cipher;
import javax.crypto.CipherInputStream;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Decrypts the streams of a PDF that opens with the empty password (ISO 32000-2 §7.6.3): only its owner has set one. */
final class PdfCipher {
    private static final int BLOCK = 16;
    private static final byte[] SALT = {'s', 'A', 'l', 'T'};

    private enum Way {
        NONE, RC4, AES_128, AES_256
    }

    private final byte[] key;
    private final Way streams;
    private final Way files;

    /** @param key of the file */
    PdfCipher(PdfObjects.Dictionary dictionary, byte[] key) throws CannotTell {
        this.key = key;
        this.streams = way(dictionary, "StmF");
        this.files = dictionary.name("EFF").isEmpty() ? streams : way(dictionary, "EFF");
    }

    private static Way way(PdfObjects.Dictionary dictionary, String use) throws CannotTell {
        long version = dictionary.number("V", 0);
        if (version == 1 || version == 2) {
            return Way.RC4;
        }
        String name = dictionary.name(use);
        if (name.isEmpty() || name.equals("Identity")) {
            return Way.NONE;
        }
        PdfObjects.@Nullable Dictionary filters = dictionary.dictionary("CF");
        PdfObjects.@Nullable Dictionary filter = filters == null ? null : filters.dictionary(name);
        return switch (filter == null ? "" : filter.name("CFM")) {
            case "V2" -> Way.RC4;
            case "AESV2" -> Way.AES_128;
            case "AESV3" -> Way.AES_256;
            case "None" -> Way.NONE;
            default -> throw CannotTell.here("pdf-unclear");
        };
    }

    /**
     * @param id number and generation of the stream's object
     * @param isFile whether it is an embedded file
     */
    InputStream open(Source raw, String id, boolean isFile) throws IOException {
        Way way = isFile ? files : streams;
        if (way == Way.NONE) {
            return raw.stream();
        }
        try {
            if (way == Way.RC4) {
                Cipher cipher = Cipher.getInstance("ARCFOUR");
                cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(keyOf(id, false), "ARCFOUR"));
                return new CipherInputStream(raw.stream(), cipher);
            }
            if (raw.size() < 2 * BLOCK) {
                return InputStream.nullInputStream();
            }
            Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(way == Way.AES_256 ? key : keyOf(id, true), "AES"), new IvParameterSpec(raw.bytes(0, BLOCK)));
            Source blocks = raw.slice(BLOCK, (raw.size() - BLOCK) / BLOCK * BLOCK);
            return new CipherInputStream(blocks.stream(), cipher);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(e);
        }
    }

    /** Algorithm 1. */
    private byte[] keyOf(String id, boolean isAes) throws GeneralSecurityException {
        String[] numbers = id.isEmpty() ? new String[] {"0", "0"} : id.split(" ");
        long number = Long.parseLong(numbers[0]);
        long generation = Long.parseLong(numbers[1]);
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        md5.update(key);
        md5.update(new byte[] {(byte) number, (byte) (number >> 8), (byte) (number >> 16), (byte) generation, (byte) (generation >> 8)});
        if (isAes) {
            md5.update(SALT);
        }
        return java.util.Arrays.copyOf(md5.digest(), Math.min(key.length + 5, 16));
    }
}
