package sekisho.storage;

import java.security.PublicKey;
import java.util.Map;

/**
 * What keeps private halves so that they never leave it. It makes pairs, tells their public halves, and says which secret an encapsulation
 * holds; everything else happens here. May be used by many threads. One pair for each version, so that each can be destroyed alone.
 */
interface KeyBackEnd {

    /**
     * The back end that the settings of a {@link BackEndFile} name. Nothing is asked of it yet.
     *
     * @throws KeyFileException a setting is missing, unknown or can't be used
     */
    static KeyBackEnd of(Map<String, String> settings) {
        String kind = settings.getOrDefault("back-end", "");
        return switch (kind) {
            case "pkcs11" -> Pkcs11BackEnd.of(settings);
            case "transit" -> TransitBackEnd.of(settings);
            default -> throw new KeyFileException("there is no key back end '" + kind + "', only pkcs11 and transit");
        };
    }

    /**
     * Makes a pair.
     *
     * @param label never given before
     * @return its public half, P-256 or RSA
     * @throws StoreException it doesn't answer, or refuses; perhaps the pair was made
     */
    PublicKey generate(String label) throws StoreException;

    /**
     * The secret in an encapsulation.
     *
     * @throws KeyGoneException there is no such pair (any more)
     * @throws SealBrokenException the encapsulation isn't one to this pair
     * @throws BackEndFailedException it answers that it failed; perhaps since the encapsulation isn't one to this pair
     * @throws StoreException it doesn't answer now
     */
    byte[] decapsulate(String label, byte[] encapsulation) throws SealBrokenException, StoreException;

    /**
     * Destroys a pair for good; one that is gone already is no error, so who asks makes sure that this is the right back end
     * ({@link KeyFiles#requireNewest}).
     */
    void destroy(String label) throws StoreException;
}
