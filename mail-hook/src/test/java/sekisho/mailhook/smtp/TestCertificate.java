package sekisho.mailhook.smtp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate for localhost, made anew by keytool for each run of the tests, in the PEM files that an administrator would have. */
public final class TestCertificate {
    private static final TestCertificate ONE = make();
    private final Path chain;
    private final Path key;
    private final Certificate certificate;

    private TestCertificate(Path chain, Path key, Certificate certificate) {
        this.chain = chain;
        this.key = key;
        this.certificate = certificate;
    }

    public static Path chain() {
        return ONE.chain;
    }

    public static Path key() {
        return ONE.key;
    }

    /** Of a certificate that nobody has. */
    public static Path anotherKey() {
        return make().key;
    }

    public static SSLContext server() {
        try {
            return TlsCertificate.serverContext(chain(), key());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client's context that trusts this certificate and nothing else. */
    public static SSLContext trusting() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("localhost", ONE.certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static TestCertificate make() {
        try {
            Path folder = Files.createTempDirectory("sekisho-tls");
            Path file = folder.resolve("localhost.p12");
            Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "it",
                    "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=localhost", "-ext", "SAN=dns:localhost,ip:127.0.0.1",
                    "-storetype", "PKCS12", "-keystore", file.toString(), "-storepass", "changeit", "-validity", "2").redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            if (keytool.waitFor() != 0) {
                throw new IOException("keytool failed");
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
                store.load(in, "changeit".toCharArray());
            }
            Files.delete(file);
            Certificate certificate = store.getCertificate("it");
            Path chain = pem(folder.resolve("chain.pem"), "CERTIFICATE", certificate.getEncoded());
            Path key = pem(folder.resolve("key.pem"), "PRIVATE KEY", store.getKey("it", "changeit".toCharArray()).getEncoded());
            for (Path path : new Path[] {folder, chain, key}) {
                path.toFile().deleteOnExit();
            }
            return new TestCertificate(chain, key, certificate);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path pem(Path file, String type, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return Files.writeString(file, "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
    }
}
