package sekisho.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A private key file whose text is sealed by a passphrase that another file holds.
 *
 * <pre>
 * sekisho-opening-key 3
 * passphrase-file PATH          from the folder of this file, where it isn't absolute
 * kdf PBKDF2-HMAC-SHA512        }
 * iterations 210000             }
 * salt 16 octets                }  with the title line they are the associated data, as they stand here, line ends included
 * nonce 12 octets               }
 * sealed AES-256-GCM(key, nonce, the text that {@link KeyFileText} reads) || tag
 * </pre>
 *
 * Salt and nonce are new each time it is written. The path takes no part: another host may have the same passphrase elsewhere.
 */
final class Passphrase {
    static final String TITLE = "sekisho-opening-key 3";
    static final int LEAST_CHARACTERS = 16;
    /** RFC 8018 names none; as many as OWASP asks for this function. A passphrase that was drawn at random needs no more. */
    static final int ITERATIONS = 210_000;
    /** Some seconds; a file that asks for more would keep a process from starting. */
    static final int MOST_ITERATIONS = 10_000_000;
    private static final String KDF = "PBKDF2-HMAC-SHA512";
    private static final int SALT_OCTETS = 16;
    private static final int NONCE_OCTETS = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String place;
    private final int iterations;
    private final String text;

    private Passphrase(String place, int iterations, String text) {
        this.place = place;
        this.iterations = iterations;
        this.text = text;
    }

    /**
     * One for a new key file.
     *
     * @param file holds it, mode 0600; spaces and line ends around it don't count
     * @throws KeyFileException it is missing, others than its owner may read it, it is shorter than {@value #LEAST_CHARACTERS} characters, or its path
     *                          can't stand in a key file
     */
    static Passphrase of(Path file) {
        String place = file.toAbsolutePath().normalize().toString();
        if (!place.chars().allMatch(c -> c >= ' ' && c < 0x7F) || !place.equals(place.strip())) {
            throw new KeyFileException("the path of the passphrase file has other characters than those of ASCII; choose another");
        }
        String text = read(file);
        if (text.length() < LEAST_CHARACTERS) {
            throw new KeyFileException("the passphrase in " + file + " is shorter than " + LEAST_CHARACTERS + " characters; write a random one there: openssl rand -base64 33");
        }
        return new Passphrase(place, ITERATIONS, text);
    }

    private static String read(Path file) {
        if (Files.notExists(file)) {
            throw new KeyFileException("there is no passphrase file " + file + "; bring it back, or mount it");
        }
        return BackEndFileText.secret(file.toString());
    }

    /** A key file that was opened. @param lines of the text in it */
    record Opened(Passphrase passphrase, List<String> lines) {
        @Override
        public String toString() {
            return "Opened[" + lines.size() + " lines]";
        }
    }

    /** @throws KeyFileException it is malformed, the passphrase can't be read, or isn't the one */
    static Opened open(Path keyFile) {
        Iterator<String> lines = KeyFileText.linesOf(keyFile, TITLE);
        String place;
        int iterations;
        byte[] salt;
        byte[] nonce;
        byte[] sealed;
        try {
            place = KeyFileText.value(lines, "passphrase-file");
            if (!KeyFileText.value(lines, "kdf").equals(KDF)) {
                throw new IllegalArgumentException("the only kdf is " + KDF);
            }
            iterations = Integer.parseInt(KeyFileText.value(lines, "iterations"));
            if (iterations < ITERATIONS || iterations > MOST_ITERATIONS) {
                throw new IllegalArgumentException("iterations are " + ITERATIONS + " to " + MOST_ITERATIONS);
            }
            salt = KeyFileText.der(lines, "salt");
            nonce = KeyFileText.der(lines, "nonce");
            sealed = KeyFileText.der(lines, "sealed");
            if (salt.length != SALT_OCTETS || nonce.length != NONCE_OCTETS || lines.hasNext() || place.isEmpty()) {
                throw new IllegalArgumentException("lines that are missing, or more than there are");
            }
        } catch (IllegalArgumentException e) {
            throw new KeyFileException(keyFile + " is not a whole opening key: " + e.getMessage(), e);
        }
        Path file = besides(keyFile, place);
        String text;
        try {
            text = read(file);
        } catch (KeyFileException e) {
            throw new KeyFileException("cannot open " + keyFile + ": " + e.getMessage(), e);
        }
        if (text.isEmpty()) {
            throw new KeyFileException("cannot open " + keyFile + ": the passphrase file " + file + " is empty");
        }
        var passphrase = new Passphrase(place, iterations, text);
        try {
            byte[] plain = passphrase.cipher(Cipher.DECRYPT_MODE, salt, nonce).doFinal(sealed);
            try {
                return new Opened(passphrase, new String(plain, StandardCharsets.US_ASCII).lines().toList());
            } finally {
                Arrays.fill(plain, (byte) 0);
            }
        } catch (AEADBadTagException e) {
            throw new KeyFileException(keyFile + " doesn't open by the passphrase in " + file + ": it is of another file, or the key file was changed; restore either", e);
        } catch (GeneralSecurityException e) {
            throw new KeyFileException(keyFile + " is not a whole opening key; restore it from your copy", e);
        }
    }

    /** From where the key file really is, also when it is read through a link. */
    private static Path besides(Path keyFile, String place) {
        try {
            return keyFile.toRealPath().resolveSibling(place);
        } catch (IOException e) {
            throw new KeyFileException("cannot read the key file " + keyFile + ": " + e.getMessage(), e);
        }
    }

    /** The text of a key file that holds that text. */
    String seal(String keyText) {
        byte[] salt = random(SALT_OCTETS);
        byte[] nonce = random(NONCE_OCTETS);
        byte[] plain = keyText.getBytes(StandardCharsets.US_ASCII);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, salt, nonce).doFinal(plain);
            return TITLE + "\npassphrase-file " + place + "\n" + parameters(salt, nonce) + KeyFileText.line("sealed", sealed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK can't do PBKDF2 with AES-256-GCM; run JDK 25 or later", e);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    private String parameters(byte[] salt, byte[] nonce) {
        return "kdf " + KDF + "\niterations " + iterations + "\n" + KeyFileText.line("salt", salt) + KeyFileText.line("nonce", nonce);
    }

    private Cipher cipher(int mode, byte[] salt, byte[] nonce) throws GeneralSecurityException {
        var spec = new PBEKeySpec(text.toCharArray(), salt, iterations, 256);
        byte[] key = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512", "SunJCE").generateSecret(spec).getEncoded();
        spec.clearPassword();
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD((TITLE + "\n" + parameters(salt, nonce)).getBytes(StandardCharsets.US_ASCII));
        Arrays.fill(key, (byte) 0);
        return cipher;
    }

    private static byte[] random(int octets) {
        byte[] random = new byte[octets];
        RANDOM.nextBytes(random);
        return random;
    }

    @Override
    public String toString() {
        return "Passphrase[in " + place + "]";
    }
}
