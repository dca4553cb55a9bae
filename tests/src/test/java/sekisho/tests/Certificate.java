package sekisho.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate for localhost as an administrator makes one, with openssl.
 *
 * @param chain PEM
 * @param key PEM, PKCS #8
 */
public record Certificate(Path chain, Path key) {

    public static Certificate make(Path folder) throws IOException, InterruptedException {
        var certificate = new Certificate(folder.resolve("chain.pem"), folder.resolve("key.pem"));
        var openssl = new ProcessBuilder("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2",
            "-keyout", certificate.key.toString(), "-out", certificate.chain.toString())
            .redirectErrorStream(true).redirectOutput(folder.resolve("openssl.log").toFile()).start();
        if (openssl.waitFor() != 0) {
            throw new IOException("openssl made no certificate: " + Files.readString(folder.resolve("openssl.log")));
        }
        return certificate;
    }

    /** A client's context that trusts this certificate and nothing else. */
    public SSLContext trusting() throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (var in = Files.newInputStream(chain)) {
            store.setCertificateEntry("localhost", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
