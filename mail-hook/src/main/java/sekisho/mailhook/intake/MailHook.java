package sekisho.mailhook.intake;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.delivery.Deliveries;
import sekisho.gateway.files.IncomingFiles;
import sekisho.gateway.files.Vault;
import sekisho.gateway.health.Backing;
import sekisho.mailhook.mime.SplitLimits;
import sekisho.mailhook.smtp.Network;
import sekisho.mailhook.smtp.SmtpLimits;
import sekisho.mailhook.smtp.SmtpListener;
import sekisho.mailhook.smtp.SmtpSettings;
import sekisho.mailhook.smtp.TlsCertificate;

/** Starts the listener with the product and stops it first, so that no session is left without the rest. */
@ApplicationScoped
public class MailHook {

    private static final Duration READY_EVERY = Duration.ofSeconds(2);
    private static final Duration READY_PATIENCE = Duration.ofSeconds(6);

    private final MailHookConfig config;
    private final Deliveries deliveries;
    private final Vault vault;
    private final IncomingFiles incoming;
    private final Clock clock;
    private final MeterRegistry metrics;
    private final Readiness readiness;
    private @Nullable SmtpListener listener;

    MailHook(MailHookConfig config, Deliveries deliveries, Vault vault, IncomingFiles incoming, Backing backing, Clock clock, MeterRegistry metrics) {
        this.config = config;
        this.deliveries = deliveries;
        this.vault = vault;
        this.incoming = incoming;
        this.clock = clock;
        this.metrics = metrics;
        this.readiness = new Readiness(backing::requireDatabase, backing::requireStore, READY_EVERY, READY_PATIENCE);
    }

    void start(@Observes @Priority(3000) StartupEvent event) {
        vault.requireSealing();
        try {
            var transactions = new HookTransactions(deliveries, vault, incoming, readiness.start(), clock, config, splitLimits());
            var started = SmtpListener.start(settings(), transactions);
            listener = started;
            metrics.gauge("sekisho.smtp.connections", started, SmtpListener::connections);
            Log.infof("SMTP listener on %s:%d", config.listener().address(), started.port());
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot listen on " + config.listener().address() + ":" + config.listener().port() + ": "
                + failed.getMessage() + "; stop the other process or set mail-hook.listener.port", failed);
        }
    }

    void stop(@Observes @Priority(1) ShutdownEvent event) {
        if (listener != null) {
            listener.stop(config.listener().drain());
        }
        readiness.close();
    }

    private SmtpSettings settings() throws IOException {
        var listens = config.listener();
        var limits = config.limits();
        return new SmtpSettings(InetAddress.getByName(listens.address()), listens.port(), config.hostName(),
            listens.trustedNetworks().stream().map(Network::parse).toList(),
            new SmtpLimits(limits.message().asLongValue(), limits.commandLineOctets(), Math.toIntExact(limits.line().asLongValue()),
                limits.recipients(), limits.connections(), limits.connectionsPerClient(), limits.idle(), limits.total(), limits.errors(),
                limits.transactions()),
            SmtpSettings.BareNewlines.valueOf(listens.bareNewlines().toUpperCase(Locale.ROOT)), listens.greetingPause(), tls(), listens.tlsRequired());
    }

    private @Nullable Supplier<SSLContext> tls() throws IOException {
        var chain = config.listener().certificate();
        var key = config.listener().certificateKey();
        if (chain.isEmpty() && key.isEmpty()) {
            return null;
        }
        if (chain.isEmpty() || key.isEmpty()) {
            throw new IOException("mail-hook.listener.certificate and mail-hook.listener.certificate-key are set both or neither");
        }
        TlsCertificate.serverContext(chain.get(), key.get());
        return () -> context(chain.get(), key.get());
    }

    private static SSLContext context(Path chain, Path key) {
        try {
            return TlsCertificate.serverContext(chain, key);
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    private SplitLimits splitLimits() {
        var limits = config.limits();
        var defaults = SplitLimits.defaults();
        return new SplitLimits(Math.toIntExact(limits.header().asLongValue()), Math.toIntExact(limits.headerLine().asLongValue()),
            limits.headerFields(), limits.nesting(), limits.parts(), defaults.inlineImageOctets(), defaults.inlineImagesOctets(),
            defaults.keptPartOctets());
    }
}
