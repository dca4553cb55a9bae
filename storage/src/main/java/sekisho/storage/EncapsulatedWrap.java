package sekisho.storage;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

/**
 * Wraps an object's key to a public key whose private half a token or a server keeps. They offer no more than P-256 (PKCS #11) or RSA
 * (Transit), neither of which knows of a place, so they are used to carry a fresh secret only.
 *
 * <pre>
 * 0     encapsulation                          E = 65, an ephemeral P-256 point 04 || x || y; or the RSA modulus' octets, RSAES-OAEP
 *                                              (SHA-256, MGF1 with SHA-256, no label) of a random secret of 32 octets
 * E     AES-256-GCM(key, nonce, object's key)  32 + tag 16
 *
 * key 32 || nonce 12 = HKDF-SHA-384(salt "sekisho/wrap/v2", input secret, info
 *     "sekisho/wrap/v2" 00 || algorithm 00 || version u32 || encapsulation || SubjectPublicKeyInfo)
 * secret             = of P-256, x of the shared point, 32 (SEC 1 §3.3.1)
 * associated data    = "sekisho/key/v1" 00 || delivery || object
 * </pre>
 *
 * The nonce is derived because its key is used once.
 */
final class EncapsulatedWrap {
    static final String P256 = "P-256+HKDF-SHA384+A256GCM";
    static final String RSA = "RSA-OAEP-256+HKDF-SHA384+A256GCM";
    static final int RSA_LEAST_BITS = 3072;
    static final int SECRET_OCTETS = 32;

    private static final int RSA_MOST_BITS = 8192;
    private static final int SEALED_OCTETS = HybridWrap.OBJECT_KEY_OCTETS + 16;
    private static final int COORDINATE_OCTETS = 32;
    /** SubjectPublicKeyInfo of a P-256 key up to its point (RFC 5480 §2). */
    private static final byte[] P256_SPKI = HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d030107034200");
    private static final byte[] LABEL = "sekisho/wrap/v2".getBytes(StandardCharsets.US_ASCII);
    private static final OAEPParameterSpec OAEP = new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);
    private static final SecureRandom RANDOM = new SecureRandom();

    private EncapsulatedWrap() {
    }

    /** Public half of one version. */
    record Public(int version, PublicKey key) {
        Public {
            boolean p256 = key instanceof ECPublicKey && key.getEncoded().length == P256_SPKI.length + 1 + 2 * COORDINATE_OCTETS
                    && Arrays.equals(key.getEncoded(), 0, P256_SPKI.length, P256_SPKI, 0, P256_SPKI.length);
            boolean rsa = key instanceof RSAPublicKey known && known.getModulus().bitLength() >= RSA_LEAST_BITS
                    && known.getModulus().bitLength() <= RSA_MOST_BITS;
            if (version < 1 || !p256 && !rsa) {
                throw new IllegalArgumentException("not a P-256 key, nor one of RSA with " + RSA_LEAST_BITS + " bits or more");
            }
        }

        String algorithm() {
            return key instanceof RSAPublicKey ? RSA : P256;
        }

        private int encapsulationOctets() {
            return key instanceof RSAPublicKey known ? (known.getModulus().bitLength() + 7) / 8 : 1 + 2 * COORDINATE_OCTETS;
        }
    }

    static Public decode(int version, String algorithm, byte[] spki) throws GeneralSecurityException {
        var half = new Public(version, key(algorithm.equals(RSA) ? "RSA" : "EC", spki));
        if (!half.algorithm().equals(algorithm)) {
            throw new IllegalArgumentException("the algorithm isn't that of the key");
        }
        return half;
    }

    /** Of either provider of the JDK, never of a token's: what it gives is used in software. */
    static PublicKey key(String family, byte[] spki) throws GeneralSecurityException {
        return KeyFactory.getInstance(family, family.equals("RSA") ? "SunRsaSign" : "SunEC").generatePublic(new X509EncodedKeySpec(spki));
    }

    static byte[] wrap(Public to, byte[] objectKey, Place place) {
        if (objectKey.length != HybridWrap.OBJECT_KEY_OCTETS) {
            throw new IllegalArgumentException("an object's key is " + HybridWrap.OBJECT_KEY_OCTETS + " octets long");
        }
        byte[] secret = new byte[SECRET_OCTETS];
        try {
            byte[] encapsulation;
            if (to.key instanceof RSAPublicKey) {
                RANDOM.nextBytes(secret);
                Cipher rsa = Cipher.getInstance("RSA/ECB/OAEPPadding", "SunJCE");
                rsa.init(Cipher.ENCRYPT_MODE, to.key, OAEP);
                encapsulation = rsa.doFinal(secret);
            } else {
                KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
                generator.initialize(new ECGenParameterSpec("secp256r1"));
                KeyPair ephemeral = generator.generateKeyPair();
                KeyAgreement agreement = KeyAgreement.getInstance("ECDH", "SunEC");
                agreement.init(ephemeral.getPrivate());
                agreement.doPhase(to.key, true);
                secret = agreement.generateSecret();
                byte[] spki = ephemeral.getPublic().getEncoded();
                encapsulation = Arrays.copyOfRange(spki, P256_SPKI.length, spki.length);
            }
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, to, secret, encapsulation, place).doFinal(objectKey);
            return ByteBuffer.allocate(encapsulation.length + SEALED_OCTETS).put(encapsulation).put(sealed).array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK can't do " + to.algorithm() + "; run JDK 25 or later", e);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /** @throws SealBrokenException not wrapped to this half for this place */
    static byte[] unwrap(Public half, KeyBackEnd backEnd, String label, byte[] wrapped, Place place) throws SealBrokenException, StoreException {
        int octets = half.encapsulationOctets();
        if (wrapped.length != octets + SEALED_OCTETS) {
            throw new SealBrokenException("a key that is wrapped by " + half.algorithm() + " is " + (octets + SEALED_OCTETS) + " octets long");
        }
        byte[] encapsulation = Arrays.copyOf(wrapped, octets);
        if (!(half.key instanceof RSAPublicKey)) {
            point(encapsulation);
        }
        byte[] secret = backEnd.decapsulate(label, encapsulation);
        try {
            if (secret.length != SECRET_OCTETS) {
                throw new SealBrokenException("the encapsulated secret isn't " + SECRET_OCTETS + " octets long");
            }
            return cipher(Cipher.DECRYPT_MODE, half, secret, encapsulation, place).doFinal(wrapped, octets, SEALED_OCTETS);
        } catch (GeneralSecurityException e) {
            throw new SealBrokenException("the wrapped key is not what was wrapped to this key pair for this place", e);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /**
     * A point of P-256. One that isn't on the curve would have a token that doesn't look compute with the private key in another group, and
     * its answers tell the key.
     */
    static PublicKey point(byte[] encoded) throws SealBrokenException {
        try {
            var spki = ByteBuffer.allocate(P256_SPKI.length + encoded.length).put(P256_SPKI).put(encoded).array();
            var key = (ECPublicKey) key("EC", spki);
            ECParameterSpec curve = key.getParams();
            ECPoint at = key.getW();
            BigInteger p = ((ECFieldFp) curve.getCurve().getField()).getP();
            BigInteger right = at.getAffineX().pow(2).add(curve.getCurve().getA()).multiply(at.getAffineX()).add(curve.getCurve().getB());
            if (at.getAffineX().compareTo(p) >= 0 || at.getAffineY().compareTo(p) >= 0 || at.getAffineY().pow(2).subtract(right).mod(p).signum() != 0) {
                throw new SealBrokenException("the wrapped key's point isn't on the curve");
            }
            return key;
        } catch (GeneralSecurityException e) {
            throw new SealBrokenException("the wrapped key doesn't begin with a point of P-256", e);
        }
    }

    private static Cipher cipher(int mode, Public half, byte[] secret, byte[] encapsulation, Place place) throws GeneralSecurityException {
        byte[] algorithm = half.algorithm().getBytes(StandardCharsets.US_ASCII);
        byte[] spki = half.key.getEncoded();
        byte[] info = ByteBuffer.allocate(LABEL.length + 1 + algorithm.length + 1 + Integer.BYTES + encapsulation.length + spki.length)
                .put(LABEL).put((byte) 0).put(algorithm).put((byte) 0).putInt(half.version).put(encapsulation).put(spki).array();
        byte[] keyAndNonce = KDF.getInstance("HKDF-SHA384", "SunJCE")
                .deriveData(HKDFParameterSpec.ofExtract().addSalt(LABEL).addIKM(secret).thenExpand(info, 32 + 12));
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
        cipher.init(mode, new SecretKeySpec(keyAndNonce, 0, 32, "AES"), new GCMParameterSpec(128, keyAndNonce, 32, 12));
        cipher.updateAAD(place.associatedData(HybridWrap.KEY_LABEL));
        Arrays.fill(keyAndNonce, (byte) 0);
        return cipher;
    }
}
