package sekisho.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import sekisho.mailhook.smtp.Client;
import sekisho.mailhook.smtp.SignIn;
import sekisho.mailhook.smtp.Submitter;

/** A certificate that lives as long as this process, and the one person who signs in. */
final class Secrets implements SignIn {

    private static final String PASSWORD = "secret";
    private static final String USER = "hanako";
    private static final String TOKEN = "t";
    private static final Submitter HANAKO = new Submitter(USER, Set.of("a@example.co.jp"), Set.of(), Instant.MAX);

    private final SSLContext context;

    Secrets() {
        try {
            context = context(certificate());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (GeneralSecurityException failed) {
            throw new IllegalStateException("no TLS: " + failed.getMessage(), failed);
        }
    }

    private static KeyStore certificate() throws IOException, GeneralSecurityException {
        var folder = Files.createTempDirectory("fuzz");
        var file = folder.resolve("certificate.p12");
        try {
            var keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/keytool").toString(), "-genkeypair", "-alias", "localhost", "-keyalg", "EC",
                "-groupname", "secp256r1", "-dname", "CN=localhost", "-validity", "2", "-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", file.toString())
                .redirectErrorStream(true).start();
            var said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (keytool.waitFor() != 0) {
                throw new IOException("keytool made no certificate: " + said);
            }
            return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while keytool ran", interrupted);
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }

    private static SSLContext context(KeyStore store) throws GeneralSecurityException {
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        var trusted = KeyStore.getInstance("PKCS12");
        try {
            trusted.load(null, null);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        trusted.setCertificateEntry("localhost", store.getCertificate("localhost"));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** Of client and server. */
    SSLContext context() {
        return context;
    }

    Socket connect(int port) throws IOException {
        return context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    }

    /** The line that signs in. */
    String auth() {
        return "AUTH PLAIN " + Base64.getEncoder().encodeToString(("\0" + USER + "\0" + PASSWORD).getBytes(StandardCharsets.US_ASCII)) + "\r\n";
    }

    @Override
    public Set<Mechanism> mechanisms() {
        return EnumSet.allOf(Mechanism.class);
    }

    @Override
    public Outcome signIn(Client client, Proof proof) {
        boolean known = switch (proof) {
            case Proof.Password(var user, var password, var _) -> user.equals(USER) && password.equals(PASSWORD);
            case Proof.Token(var token, var _) -> token.equals(TOKEN);
        };
        return known ? new Outcome.SignedIn(HANAKO) : new Outcome.Refused();
    }
}
