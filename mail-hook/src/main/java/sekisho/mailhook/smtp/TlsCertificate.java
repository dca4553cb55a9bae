package sekisho.mailhook.smtp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** TLS contexts from PEM files, as certificate programs leave them. */
public final class TlsCertificate {
    private TlsCertificate() {}

    /**
     * For a server.
     *
     * @param chain PEM, own certificate first
     * @param key   PEM, unencrypted PKCS #8
     * @throws IOException says which file is wrong, and never shows what is in it
     */
    public static SSLContext serverContext(Path chain, Path key) throws IOException {
        try {
            Certificate[] certificates = certificates(chain).toArray(Certificate[]::new);
            if (certificates.length == 0) {
                throw new IOException("no certificate in " + chain);
            }
            PublicKey certified = certificates[0].getPublicKey();
            PrivateKey own = privateKey(key, certified.getAlgorithm());
            if (!isPair(own, certified)) {
                throw new IOException("the key " + key + " is not that of the certificate " + chain);
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("smtp", own, new char[0], certificates);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("certificate " + chain + " and key " + key + " do not work together: " + e.getMessage(), e);
        }
    }

    private static boolean isPair(PrivateKey own, PublicKey certified) throws GeneralSecurityException {
        String algorithm = certified.getAlgorithm();
        if (algorithm.equals("RSASSA-PSS")) {
            return true;   // can't be told without the parameters that such a key may only be used with
        }
        Signature signature = Signature.getInstance(switch (algorithm) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> algorithm;   // EdDSA
        });
        byte[] text = {1};
        signature.initSign(own);
        signature.update(text);
        byte[] signed = signature.sign();
        signature.initVerify(certified);
        signature.update(text);
        return signature.verify(signed);
    }

    /** All certificates in a PEM file. */
    public static Collection<? extends Certificate> certificates(Path pem) throws IOException {
        try {
            return CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(Files.readAllBytes(pem)));
        } catch (GeneralSecurityException e) {
            throw new IOException("no PEM certificates in " + pem, e);
        }
    }

    private static PrivateKey privateKey(Path file, String algorithm) throws IOException, GeneralSecurityException {
        String pem = Files.readString(file, StandardCharsets.US_ASCII);
        byte @Nullable [] der = null;
        int begin = pem.indexOf("-----BEGIN PRIVATE KEY-----");
        int end = pem.indexOf("-----END PRIVATE KEY-----");
        if (begin >= 0 && end > begin) {
            try {
                der = Base64.getMimeDecoder().decode(pem.substring(pem.indexOf("-----", begin + 10) + 5, end));
            } catch (IllegalArgumentException e) {
                throw new IOException("the key in " + file + " is cut off or damaged", e);
            }
        }
        if (der == null) {
            throw new IOException("no unencrypted PKCS #8 key (BEGIN PRIVATE KEY) in " + file + "; convert it with: openssl pkcs8 -topk8 -nocrypt");
        }
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    }
}
