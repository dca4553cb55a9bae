package sekisho.storage;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals what is known of an object, such as its name and hash, under a key that is derived from the object's. Who has it reads that, and
 * nothing of the object: the derivation can't be turned round. It dies with the object's key, unless a wrap of its own is left somewhere.
 *
 * <pre>
 * key       = derived key of label "sekisho/record/v1", empty context, 32 octets
 *
 * 0         nonce, random                              12
 * 12        AES-256-GCM(key, nonce, plaintext, AAD)    as long as the plaintext || tag 16
 *
 * AAD       = what || 00 || delivery || object
 * </pre>
 *
 * Random nonces bear it: a key seals two or three plaintexts in its life, never 2<sup>32</sup>.
 */
public final class RecordKey {
    /** Of the derivation, and what a record itself is called. */
    public static final String LABEL = "sekisho/record/v1";

    private static final int KEY_OCTETS = 32;
    private static final int NONCE_OCTETS = 12;
    private static final int TAG_OCTETS = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] key;
    private final Place place;

    private RecordKey(byte[] key, Place place) {
        this.key = key;
        this.place = place;
    }

    /** Of an object that is being sealed, or was just sealed. */
    public static RecordKey of(Sealer.SealedObject object, Place place) {
        return new RecordKey(object.derive(LABEL, new byte[0], KEY_OCTETS), place);
    }

    /** Of an object that is open. */
    public static RecordKey of(Opener.OpenObject object, Place place) {
        return new RecordKey(object.derive(LABEL, new byte[0], KEY_OCTETS), place);
    }

    /**
     * Of an object that stays shut.
     *
     * @param key     private half of the pair that {@link #wrappedTo} wrapped it to
     * @throws KeyGoneException    wrapped to a version that isn't here
     * @throws SealBrokenException changed, or of another place
     * @throws StoreException      what holds the private half doesn't answer now
     */
    public static RecordKey unwrap(OpeningKey key, WrappedKey wrapped, Place place) throws SealBrokenException, StoreException {
        return new RecordKey(key.unwrap(wrapped, place), place);
    }

    /**
     * Wraps it to a pair, never that of the object's own key: who opens records must not open objects.
     *
     * @throws StoreException that version may not wrap any more; temporary
     */
    public WrappedKey wrappedTo(SealingKey pair) throws StoreException {
        return pair.wrap(key, place);
    }

    /** @param what tells what is sealed, so that one can't stand in for another; ASCII */
    public byte[] seal(String what, byte[] plaintext) {
        byte[] nonce = new byte[NONCE_OCTETS];
        RANDOM.nextBytes(nonce);
        try {
            return ByteBuffer.allocate(NONCE_OCTETS + plaintext.length + TAG_OCTETS).put(nonce)
                    .put(cipher(Cipher.ENCRYPT_MODE, nonce, what).doFinal(plaintext)).array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK can't do AES-256-GCM", e);
        }
    }

    /** @throws SealBrokenException changed, of another place or something else than {@code what} */
    public byte[] open(String what, byte[] sealed) throws SealBrokenException {
        if (sealed.length < NONCE_OCTETS + TAG_OCTETS) {
            throw new SealBrokenException("a record has at least " + (NONCE_OCTETS + TAG_OCTETS) + " octets");
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(sealed, NONCE_OCTETS), what)
                    .doFinal(sealed, NONCE_OCTETS, sealed.length - NONCE_OCTETS);
        } catch (GeneralSecurityException e) {
            throw new SealBrokenException("the record is not what was sealed for this place", e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String what) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(8 * TAG_OCTETS, nonce));
        cipher.updateAAD(place.associatedData(what));
        return cipher;
    }

    @Override
    public String toString() {
        return "RecordKey[" + place + "]";
    }
}
