package sekisho.gateway.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import sekisho.storage.KeyFileException;
import sekisho.storage.KeyFiles;

/**
 * Signs and checks checkpoints: C2SP tlog-checkpoint as a signed note with one Ed25519 line. Files hold one line of base64: PKCS #8
 * for the private key, SubjectPublicKeyInfo for the public one.
 */
public final class CheckpointKey {

    /** The log's origin line, and the name in the signature line. */
    public static final String ORIGIN = "sekisho/audit";

    private CheckpointKey() {
    }

    /** A checkpoint that has been read. */
    public record Checkpoint(long size, byte[] root) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Checkpoint that && size == that.size && Arrays.equals(root, that.root);
        }

        @Override
        public int hashCode() {
            return Long.hashCode(size);
        }
    }

    /**
     * Writes {@code audit.private} (0600) and {@code audit.public}.
     *
     * @throws KeyFileException either is there already, or can't be written
     */
    public static void generate(Path directory) {
        try {
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            KeyFiles.put(directory.resolve("audit.private"), base64(pair.getPrivate().getEncoded()) + "\n",
                directory.resolve("audit.public"), base64(pair.getPublic().getEncoded()) + "\n");
        } catch (GeneralSecurityException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    static PrivateKey loadPrivate(Path file) {
        try {
            KeyFiles.refuseWhatOthersRead(file);
            var bytes = Base64.getDecoder().decode(Files.readString(file).strip());
            return KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(bytes));
        } catch (IOException | GeneralSecurityException | IllegalArgumentException | KeyFileException unusable) {
            throw new IllegalStateException("cannot use the checkpoint key " + file + " (gateway.audit.checkpoint-key): " + unusable, unusable);
        }
    }

    /** The public half, for the verifier. */
    public static PublicKey loadPublic(Path file) throws IOException {
        try {
            var bytes = Base64.getDecoder().decode(Files.readString(file).strip());
            return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(bytes));
        } catch (GeneralSecurityException | IllegalArgumentException unusable) {
            throw new IOException(file + " is no Ed25519 public key", unusable);
        }
    }

    static String sign(long size, byte[] root, PrivateKey key) {
        var text = ORIGIN + "\n" + size + "\n" + base64(root) + "\n";
        try {
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(text.getBytes(StandardCharsets.UTF_8));
            return text + "\n— " + ORIGIN + " " + base64(signature.sign()) + "\n";
        } catch (GeneralSecurityException unusable) {
            throw new IllegalStateException("the checkpoint key cannot sign", unusable);
        }
    }

    /** Reads a signed note; fails when it is malformed or its signature isn't by {@code key}. */
    static Checkpoint read(String note, PublicKey key) throws GeneralSecurityException {
        int gap = note.indexOf("\n\n");
        var lines = gap < 0 ? new String[0] : note.substring(0, gap).split("\n", -1);
        var prefix = "— " + ORIGIN + " ";
        if (lines.length != 3 || !lines[0].equals(ORIGIN) || !note.startsWith(prefix, gap + 2)) {
            throw new GeneralSecurityException("not a checkpoint of " + ORIGIN);
        }
        try {
            var signature = Signature.getInstance("Ed25519");
            signature.initVerify(key);
            signature.update(note.substring(0, gap + 1).getBytes(StandardCharsets.UTF_8));
            if (!signature.verify(Base64.getDecoder().decode(note.substring(gap + 2 + prefix.length()).strip()))) {
                throw new GeneralSecurityException("the signature is not by the given key");
            }
            return new Checkpoint(Long.parseLong(lines[1]), Base64.getDecoder().decode(lines[2]));
        } catch (IllegalArgumentException malformed) {
            throw new GeneralSecurityException("not a checkpoint of " + ORIGIN, malformed);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
