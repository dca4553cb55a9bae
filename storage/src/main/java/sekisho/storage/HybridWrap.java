package sekisho.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.XECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;

import javax.crypto.KDF;
import javax.crypto.KEM;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;

import org.bouncycastle.math.ec.rfc7748.X25519;

/**
 * Wraps objects' keys to a pair of public keys, so that they stay closed as long as either X25519 (RFC 7748) or ML-KEM-768
 * (FIPS 203) holds.
 *
 * <pre>
 * 0     ephemeral X25519 public key      32      }  a secret is encapsulated once and may carry several wraps
 * 32    ML-KEM-768 ciphertext            1088    }
 * 1120  as {@link OwnWrap} has it, with that secret   80
 *
 * secret 32 = HKDF-SHA-384(salt "sekisho/wrap/v3", input ML-KEM secret || X25519 secret, info
 *     "sekisho/wrap/v3" 00 || version u32 || ephemeral key || ML-KEM ciphertext || X25519 public key || ML-KEM public key)
 * </pre>
 *
 * Both public keys and both ciphertexts go into the derivation, so that neither can be exchanged for another with the same secret.
 * Each wrap has a salt of its own: whoever loses it, with the wrap, can't open it by means of another.
 */
final class HybridWrap {
    static final String ALGORITHM = "X25519+ML-KEM-768+HKDF-SHA384+A256GCM";
    static final int OCTETS = 1200;
    static final int OBJECT_KEY_OCTETS = 32;
    static final String KEY_LABEL = "sekisho/key/v1";

    private static final int X25519_OCTETS = 32;
    private static final int ML_KEM_CIPHERTEXT_OCTETS = 1088;
    private static final int ENCAPSULATED_OCTETS = X25519_OCTETS + ML_KEM_CIPHERTEXT_OCTETS;
    private static final int ML_KEM_PUBLIC_OCTETS = 1184;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] LABEL = "sekisho/wrap/v3".getBytes(StandardCharsets.US_ASCII);

    private HybridWrap() {
    }

    /** Public half of one version. */
    record Public(int version, PublicKey x25519, PublicKey mlKem) {
        Public {
            if (version < 1 || spkiTail(x25519, X25519_OCTETS).length != X25519_OCTETS
                    || spkiTail(mlKem, ML_KEM_PUBLIC_OCTETS).length != ML_KEM_PUBLIC_OCTETS) {
                throw new IllegalArgumentException("not a public key");
            }
        }
    }

    /** Both halves of one version. */
    record Pair(Public half, PrivateKey x25519, PrivateKey mlKem) {
    }

    static Pair generate(int version) {
        try {
            KeyPair x25519 = KeyPairGenerator.getInstance("X25519", "SunEC").generateKeyPair();
            KeyPair mlKem = KeyPairGenerator.getInstance("ML-KEM-768", "SunJCE").generateKeyPair();
            return new Pair(new Public(version, x25519.getPublic(), mlKem.getPublic()), x25519.getPrivate(), mlKem.getPrivate());
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    static Public decodePublic(int version, byte[] x25519Spki, byte[] mlKemSpki) throws GeneralSecurityException {
        return new Public(version, KeyFactory.getInstance("X25519", "SunEC").generatePublic(new X509EncodedKeySpec(x25519Spki)),
                KeyFactory.getInstance("ML-KEM-768", "SunJCE").generatePublic(new X509EncodedKeySpec(mlKemSpki)));
    }

    static Pair decodePair(Public half, byte[] x25519Pkcs8, byte[] mlKemPkcs8) throws GeneralSecurityException {
        return new Pair(half, KeyFactory.getInstance("X25519", "SunEC").generatePrivate(new PKCS8EncodedKeySpec(x25519Pkcs8)),
                KeyFactory.getInstance("ML-KEM-768", "SunJCE").generatePrivate(new PKCS8EncodedKeySpec(mlKemPkcs8)));
    }

    /**
     * A secret on its way to the holder of a private key.
     *
     * @param octets what it takes to open it there, 1,120
     * @param secret 32 octets
     */
    record Encapsulated(int version, byte[] octets, byte[] secret) {
        byte[] wrap(byte[] objectKey, Place place) {
            return ByteBuffer.allocate(OCTETS).put(octets).put(OwnWrap.wrap(secret, version, objectKey, place)).array();
        }

        void forget() {
            Arrays.fill(secret, (byte) 0);
        }
    }

    static Encapsulated encapsulate(Public to) {
        try {
            byte[] scalar = new byte[X25519_OCTETS];
            X25519.generatePrivateKey(RANDOM, scalar);
            byte[] ephemeralKey = new byte[X25519_OCTETS];
            X25519.generatePublicKey(scalar, 0, ephemeralKey, 0);
            byte[] x25519Secret = agree(scalar, spkiTail(to.x25519(), X25519_OCTETS));
            KEM.Encapsulated mlKem = KEM.getInstance("ML-KEM", "SunJCE").newEncapsulator(to.mlKem()).encapsulate();
            byte[] secret = derive(to, x25519Secret, mlKem.key(), ephemeralKey, mlKem.encapsulation());
            return new Encapsulated(to.version(), ByteBuffer.allocate(ENCAPSULATED_OCTETS).put(ephemeralKey).put(mlKem.encapsulation()).array(), secret);
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    /** @throws GeneralSecurityException not wrapped to this pair for this place */
    static byte[] unwrap(Pair pair, byte[] wrapped, Place place) throws GeneralSecurityException {
        if (wrapped.length != OCTETS) {
            throw new GeneralSecurityException("a wrapped key is " + OCTETS + " octets long");
        }
        byte[] ephemeralKey = Arrays.copyOf(wrapped, X25519_OCTETS);
        byte[] mlKemCiphertext = Arrays.copyOfRange(wrapped, X25519_OCTETS, ENCAPSULATED_OCTETS);
        byte[] x25519Secret = agree(scalar(pair.x25519()), ephemeralKey);
        SecretKey mlKemSecret = KEM.getInstance("ML-KEM", "SunJCE").newDecapsulator(pair.mlKem()).decapsulate(mlKemCiphertext);
        byte[] secret = derive(pair.half(), x25519Secret, mlKemSecret, ephemeralKey, mlKemCiphertext);
        try {
            return OwnWrap.unwrap(secret, pair.half().version(), Arrays.copyOfRange(wrapped, ENCAPSULATED_OCTETS, OCTETS), place);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /**
     * The arithmetic is BouncyCastle's, which takes a third of the JDK's time (docs/decisions/0027). Refuses a public key of small order, which would make the
     * secret known (RFC 7748 §6.1).
     *
     * @param scalar is overwritten
     */
    private static byte[] agree(byte[] scalar, byte[] other) throws GeneralSecurityException {
        byte[] secret = new byte[X25519_OCTETS];
        boolean good = X25519.calculateAgreement(scalar, 0, other, 0, secret, 0);
        Arrays.fill(scalar, (byte) 0);
        if (!good) {
            throw new GeneralSecurityException("a public key of small order");
        }
        return secret;
    }

    /** A copy of the private key's octets. */
    static byte[] scalar(PrivateKey x25519) {
        return ((XECPrivateKey) x25519).getScalar().orElseThrow(() -> new IllegalStateException("the private key can't be read"));
    }

    /** @param x25519Secret is overwritten */
    private static byte[] derive(Public to, byte[] x25519Secret, SecretKey mlKemSecret, byte[] ephemeralKey, byte[] mlKemCiphertext)
            throws GeneralSecurityException {
        byte[] info = ByteBuffer.allocate(LABEL.length + 1 + Integer.BYTES + 2 * X25519_OCTETS + ML_KEM_CIPHERTEXT_OCTETS
                        + ML_KEM_PUBLIC_OCTETS)
                .put(LABEL).put((byte) 0).putInt(to.version()).put(ephemeralKey).put(mlKemCiphertext)
                .put(spkiTail(to.x25519(), X25519_OCTETS)).put(spkiTail(to.mlKem(), ML_KEM_PUBLIC_OCTETS)).array();
        try {
            return KDF.getInstance("HKDF-SHA384", "SunJCE").deriveData(HKDFParameterSpec.ofExtract()
                    .addSalt(LABEL).addIKM(mlKemSecret).addIKM(x25519Secret).thenExpand(info, OwnWrap.SECRET_OCTETS));
        } finally {
            Arrays.fill(x25519Secret, (byte) 0);
        }
    }

    /** The bare key at the end of its SubjectPublicKeyInfo. */
    private static byte[] spkiTail(PublicKey key, int octets) {
        byte[] spki = key.getEncoded();
        return Arrays.copyOfRange(spki, spki.length - octets, spki.length);
    }

    private static IllegalStateException missing(GeneralSecurityException e) {
        return new IllegalStateException("this JDK can't do X25519 with ML-KEM-768; run JDK 25 or later", e);
    }
}
