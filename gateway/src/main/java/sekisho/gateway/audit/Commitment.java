package sekisho.gateway.audit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Ties an event to what it must not carry: base64url of SHA-256(label || salt || parts), each part in UTF-8 behind its length in four
 * octets. The salt lies in the row beside the value; a row that was changed no longer gives what its event says, and who destroys the
 * salt makes the event say nothing about the value.
 */
public final class Commitment {

    private static final int SALT_OCTETS = 16;
    private static final byte[] LABEL = "sekisho/commitment/v1".getBytes(StandardCharsets.US_ASCII);
    private static final SecureRandom RANDOM = new SecureRandom();

    private Commitment() {
    }

    public static byte[] newSalt() {
        var salt = new byte[SALT_OCTETS];
        RANDOM.nextBytes(salt);
        return salt;
    }

    /** To an account and the address it has proved. */
    public static String ofPerson(byte @Nullable [] salt, UUID id, String issuer, String subject, @Nullable String address) {
        return of(salt, "person", id.toString(), issuer, subject, address == null ? "" : address);
    }

    /** To who sent a delivery and how its message is known. */
    public static String ofHead(byte @Nullable [] salt, UUID delivery, String sender, String senderAsGiven, String subject, String messageId) {
        return of(salt, "head", delivery.toString(), sender, senderAsGiven, subject, messageId);
    }

    /** To a recipient's address. */
    public static String ofRecipient(byte @Nullable [] salt, UUID id, String address, String addressGiven) {
        return of(salt, "recipient", id.toString(), address, addressGiven);
    }

    /** To a file's name and content; {@code salt} lies in the file's sealed record and dies with it. */
    public static String ofFile(byte @Nullable [] salt, UUID id, String name, byte[] sha256, long sizeOctets) {
        return of(salt, "file", id.toString(), name, Base64.getEncoder().encodeToString(sha256), Long.toString(sizeOctets));
    }

    /**
     * To what a file's row has sealed, which tells nothing of what it is: without a salt, so that it can be checked when nobody can open it any more.
     *
     * @param part {@code record} or {@code find}
     */
    public static String ofSealed(String part, UUID id, long sizeOctets, byte[] sealed) {
        return hash(new byte[0], "sealed " + part, id.toString(), Long.toString(sizeOctets), Base64.getEncoder().encodeToString(sealed));
    }

    /** Without a salt of the right size there is no commitment: the empty text, which no event carries. */
    private static String of(byte @Nullable [] salt, String... parts) {
        if (salt == null || salt.length != SALT_OCTETS) {
            return "";
        }
        return hash(salt, parts);
    }

    private static String hash(byte[] salt, String... parts) {
        var octets = new ByteArrayOutputStream();
        octets.writeBytes(LABEL);
        octets.writeBytes(salt);
        for (var part : parts) {
            var text = part.getBytes(StandardCharsets.UTF_8);
            octets.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(text.length).array());
            octets.writeBytes(text);
        }
        try {
            return Base64.getUrlEncoder().withoutPadding().encodeToString(MessageDigest.getInstance("SHA-256").digest(octets.toByteArray()));
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
