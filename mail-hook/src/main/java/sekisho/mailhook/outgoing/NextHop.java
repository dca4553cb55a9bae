package sekisho.mailhook.outgoing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import sekisho.mailhook.intake.MailHookConfig;
import sekisho.mailhook.relay.SmartHostSettings;
import sekisho.mailhook.relay.SmartHostSettings.Credentials;
import sekisho.mailhook.relay.SmartHostSettings.Timeouts;
import sekisho.mailhook.relay.SmartHostSettings.Tls;
import sekisho.mailhook.smtp.TlsCertificate;

/** Reads where mail goes and how from {@code mail-hook.smart-host.*}. */
final class NextHop {

    private static final String KEYS = "mail-hook.smart-host.";
    private static final int MESSAGES_PER_CONNECTION = 100;

    private NextHop() {
    }

    /** @throws IllegalStateException when keys contradict each other or a file can't be used; the message names the key and shows no secret */
    static SmartHostSettings settings(MailHookConfig config) {
        var next = config.smartHost();
        boolean required = next.tls() == Tls.REQUIRED;
        if (next.user().isPresent() != next.passwordFile().isPresent()) {
            throw new IllegalStateException(KEYS + "user and " + KEYS + "password-file are set both or neither");
        }
        if (next.user().isPresent() && !required) {
            throw new IllegalStateException(KEYS + "user needs " + KEYS + "tls=required: a password is never sent in clear or to just anybody");
        }
        if (next.trustedCertificates().isPresent() && !required) {
            throw new IllegalStateException(KEYS + "trusted-certificates needs " + KEYS + "tls=required: otherwise no certificate is checked");
        }
        var settings = SmartHostSettings.of(next.host(), next.port())
            .withHello(config.hostName())
            .withTls(next.tls(), next.trustedCertificates().map(NextHop::trusting).orElse(null))
            .withChunking(next.chunking())
            .withConnections(next.connections(), MESSAGES_PER_CONNECTION)
            .withTimeouts(timeouts(next.timeouts()));
        @Nullable String user = next.user().orElse(null);
        @Nullable Path file = next.passwordFile().orElse(null);
        return user == null || file == null ? settings : settings.withCredentials(new Credentials(user, password(file)));
    }

    private static Timeouts timeouts(MailHookConfig.Timeouts limits) {
        try {
            return new Timeouts(limits.connect(), limits.command(), limits.block(), limits.dataEnd());
        } catch (IllegalArgumentException wrong) {
            throw new IllegalStateException(KEYS + "timeouts.*: " + wrong.getMessage(), wrong);
        }
    }

    private static String password(Path file) {
        try {
            var password = Files.readString(file).stripTrailing();
            if (password.isEmpty()) {
                throw new IllegalStateException("the file " + file + " (" + KEYS + "password-file) is empty");
            }
            return password;
        } catch (IOException unreadable) {
            throw new IllegalStateException("cannot read " + file + " (" + KEYS + "password-file): " + unreadable, unreadable);
        }
    }

    private static SSLContext trusting(Path pem) {
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int number = 0;
            for (Certificate certificate : TlsCertificate.certificates(pem)) {
                store.setCertificateEntry("trusted-" + number++, certificate);
            }
            if (number == 0) {
                throw new IllegalStateException("no certificate in " + pem + " (" + KEYS + "trusted-certificates)");
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException unusable) {
            throw new IllegalStateException("cannot use " + pem + " (" + KEYS + "trusted-certificates): " + unusable.getMessage(), unusable);
        }
    }
}
