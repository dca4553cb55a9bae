package sekisho.storage;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import javax.crypto.KeyAgreement;

/**
 * Private halves in a PKCS #11 token, through the JDK's SunPKCS11: P-256, since every token has ECDH, while SunPKCS11 has no RSA-OAEP and
 * SoftHSM knows it with SHA-1 only. They can't be taken out of the token; the shared point leaves it.
 *
 * <p>Settings: {@code library}, {@code slot} (its id), {@code pin-file} (0600), {@code name} (of the pair in the token).
 */
final class Pkcs11BackEnd implements KeyBackEnd {
    /** A library may be loaded and initialised once in a process. */
    private static final Map<String, Provider> PROVIDERS = new ConcurrentHashMap<>();
    /** By library, and for good: what hangs in one hangs there also when the key file is read anew. */
    private static final Map<String, BoundedCalls> CALLS = new ConcurrentHashMap<>();
    private static final int MOST_CALLS = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    /** For what changes the token: nobody's mail or download waits for it. */
    private static final Duration CHANGING = Duration.ofSeconds(60);

    private final String library;
    private final String slot;
    private final String pinFile;
    /** By label. To find one means to read all that is in the token. */
    private final Map<String, PrivateKey> handles = new ConcurrentHashMap<>();
    private final BoundedCalls calls;

    private Pkcs11BackEnd(String library, String slot, String pinFile) {
        this.library = library;
        this.slot = slot;
        this.pinFile = pinFile;
        this.calls = CALLS.computeIfAbsent(library, _ -> new BoundedCalls("the token's library " + library, MOST_CALLS));
    }

    static KeyBackEnd of(Map<String, String> settings) {
        BackEndFileText.requireSettings(settings, Set.of("back-end", "name", "library", "slot", "pin-file"), Set.of());
        if (!settings.get("slot").matches("[0-9]{1,10}")) {
            throw new KeyFileException("slot is the number of a slot");
        }
        if (!settings.get("library").matches("/[A-Za-z0-9/._+-]+")) {
            throw new KeyFileException("library is the whole path of a PKCS #11 library");
        }
        return new Pkcs11BackEnd(settings.get("library"), settings.get("slot"), settings.get("pin-file"));
    }

    private Provider provider() throws StoreException {
        try {
            return PROVIDERS.computeIfAbsent(slot + " " + library, _ -> Security.getProvider("SunPKCS11").configure("""
                    --name = sekisho-%1$s
                    library = %2$s
                    slot = %1$s
                    attributes(generate, CKO_PRIVATE_KEY, CKK_EC) = {
                      CKA_SENSITIVE = true
                      CKA_EXTRACTABLE = false
                      CKA_DERIVE = true
                    }
                    attributes(generate, CKO_SECRET_KEY, CKK_GENERIC_SECRET) = {
                      CKA_SENSITIVE = false
                      CKA_EXTRACTABLE = true
                    }
                    """.formatted(slot, library)));
        } catch (RuntimeException e) {
            throw new StoreException("cannot use slot " + slot + " of " + library + ": " + reason(e), e);
        }
    }

    /** Logs in when that wasn't done. Read anew each time it is asked: what another process has changed is seen so. */
    private KeyStore token() throws StoreException, GeneralSecurityException, IOException {
        var keys = KeyStore.getInstance("PKCS11", provider());
        keys.load(null, BackEndFileText.secret(pinFile).toCharArray());
        return keys;
    }

    /** Work on the token whose failures are those of the token. */
    private interface Work<T> {
        T on(KeyStore token) throws GeneralSecurityException, IOException;
    }

    private <T> T ask(Work<T> work, Duration patience) throws SealBrokenException, StoreException {
        return calls.within(patience, () -> askNow(work));
    }

    private <T> T askNow(Work<T> work) throws SealBrokenException, StoreException {
        try {
            return work.on(token());
        } catch (SealBrokenException | StoreException e) {
            throw e;
        } catch (GeneralSecurityException | IOException | ProviderException | KeyFileException e) {
            throw new StoreException("the token in slot " + slot + " doesn't do what it is asked: " + reason(e), e);
        }
    }

    private static String reason(Throwable e) {
        return e.getCause() == null ? String.valueOf(e.getMessage()) : e.getMessage() + " (" + e.getCause().getMessage() + ")";
    }

    @Override
    public PublicKey generate(String label) throws StoreException {
        try {
            return ask(token -> {
                Provider provider = provider();
                KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
                generator.initialize(new ECGenParameterSpec("secp256r1"));
                KeyPair pair = generator.generateKeyPair();
                byte[] spki = pair.getPublic().getEncoded();
                var certificate = TokenCertificate.of(label, pair.getPrivate(), spki, provider);
                token.setKeyEntry(label, pair.getPrivate(), null, new Certificate[] {certificate});
                return EncapsulatedWrap.key("EC", spki);
            }, CHANGING);
        } catch (SealBrokenException e) {
            throw new StoreException("the token has made no pair", e);
        }
    }

    @Override
    public byte[] decapsulate(String label, byte[] encapsulation) throws SealBrokenException, StoreException {
        PublicKey point = EncapsulatedWrap.point(encapsulation);
        return calls.within(PATIENCE, () -> decapsulate(label, point));
    }

    private byte[] decapsulate(String label, PublicKey point) throws SealBrokenException, StoreException {
        PrivateKey known = handles.get(label);
        if (known != null) {
            try {
                return agree(known, point);
            } catch (GeneralSecurityException | ProviderException e) {
                handles.remove(label);    // destroyed by another process, or the token was away: looked for once more below
            }
        }
        return askNow(token -> {
            Key key = token.getKey(label, null);
            if (!(key instanceof PrivateKey own)) {
                throw new KeyGoneException("there is no private key " + label + " in the token");
            }
            byte[] secret = agree(own, point);
            handles.put(label, own);
            return secret;
        });
    }

    private byte[] agree(PrivateKey own, PublicKey point) throws StoreException, GeneralSecurityException {
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH", provider());
        agreement.init(own);
        agreement.doPhase(point, true);
        return agreement.generateSecret();
    }

    @Override
    public void destroy(String label) throws StoreException {
        try {
            ask(token -> {
                if (token.containsAlias(label)) {
                    token.deleteEntry(label);
                }
                return true;
            }, CHANGING);
        } catch (SealBrokenException e) {
            throw new StoreException("the token has not destroyed " + label, e);
        }
    }
}
