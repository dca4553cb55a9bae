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
import sekisho.mailhook.relay.HopSettings;
import sekisho.mailhook.relay.HopSettings.Credentials;
import sekisho.mailhook.relay.HopSettings.Timeouts;
import sekisho.mailhook.relay.HopSettings.Tls;
import sekisho.mailhook.smtp.TlsCertificate;

/** Reads how mail is handed over from {@code mail-hook.smart-host.*} or {@code mail-hook.routes.NAME.*}. */
final class NextHop {

    private final MailHookConfig.Hop next;
    private final String keys;

    private NextHop(MailHookConfig.Hop next, String keys) {
        this.next = next;
        this.keys = keys;
    }

    /**
     * @param keys  what the keys begin with
     * @param hello what we call ourselves
     * @throws IllegalStateException when keys contradict each other or a file can't be used; the message names the key and shows no secret
     */
    static HopSettings settings(MailHookConfig.Hop next, String keys, String hello) {
        return new NextHop(next, keys).settings(hello);
    }

    private HopSettings settings(String hello) {
        boolean required = next.tls() == Tls.REQUIRED;
        if (next.user().isPresent() != next.passwordFile().isPresent()) {
            throw new IllegalStateException(keys + "user and " + keys + "password-file are set both or neither");
        }
        if (next.user().isPresent() && !required) {
            throw new IllegalStateException(keys + "user needs " + keys + "tls=required: a password is never sent in clear or to just anybody");
        }
        if (next.trustedCertificates().isPresent() && !required) {
            throw new IllegalStateException(keys + "trusted-certificates needs " + keys + "tls=required: otherwise no certificate is checked");
        }
        var settings = HopSettings.DEFAULT
            .withHello(hello)
            .withTls(next.tls(), next.trustedCertificates().map(this::trusting).orElse(null))
            .withChunking(next.chunking())
            .withConnections(next.connections(), next.messagesPerConnection(), next.keepIdle())
            .withTimeouts(timeouts(next.timeouts()));
        @Nullable String user = next.user().orElse(null);
        @Nullable Path file = next.passwordFile().orElse(null);
        return user == null || file == null ? settings : settings.withCredentials(new Credentials(user, password(file)));
    }

    private Timeouts timeouts(MailHookConfig.Timeouts limits) {
        try {
            return new Timeouts(limits.connect(), limits.command(), limits.block(), limits.dataEnd());
        } catch (IllegalArgumentException wrong) {
            throw new IllegalStateException(keys + "timeouts.*: " + wrong.getMessage(), wrong);
        }
    }

    private String password(Path file) {
        try {
            var password = Files.readString(file).stripTrailing();
            if (password.isEmpty()) {
                throw new IllegalStateException("the file " + file + " (" + keys + "password-file) is empty");
            }
            return password;
        } catch (IOException unreadable) {
            throw new IllegalStateException("cannot read " + file + " (" + keys + "password-file): " + unreadable, unreadable);
        }
    }

    private SSLContext trusting(Path pem) {
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int number = 0;
            for (Certificate certificate : TlsCertificate.certificates(pem)) {
                store.setCertificateEntry("trusted-" + number++, certificate);
            }
            if (number == 0) {
                throw new IllegalStateException("no certificate in " + pem + " (" + keys + "trusted-certificates)");
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException unusable) {
            throw new IllegalStateException("cannot use " + pem + " (" + keys + "trusted-certificates): " + unusable.getMessage(), unusable);
        }
    }
}
