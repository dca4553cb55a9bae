package sekisho.gateway.delivery;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import sekisho.gateway.people.EmailAddress;

/**
 * What becomes one delivery at most, however often it is handed in. It is spent by being accepted: what was refused, or failed, may be handed in
 * again. An id counts only together with its sender, so that somebody else's, known or guessed, is just another one.
 */
public final class Once {

    private final byte[] digest;

    private Once(byte[] digest) {
        this.digest = digest;
    }

    /** @param id any text; whoever makes it up makes it so that no two are alike */
    public static Once of(EmailAddress sender, String id) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(sender.key().getBytes(StandardCharsets.UTF_8));
            sha256.update((byte) 0);
            return new Once(sha256.digest(id.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    byte[] digest() {
        return digest.clone();
    }
}
