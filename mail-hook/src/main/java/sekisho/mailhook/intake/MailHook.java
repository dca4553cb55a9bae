package sekisho.mailhook.intake;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.delivery.Deliveries;
import sekisho.gateway.delivery.UnfitMessages;
import sekisho.gateway.files.IncomingFiles;
import sekisho.gateway.files.Vault;
import sekisho.gateway.senders.Senders;
import sekisho.gateway.health.Backing;
import sekisho.gateway.outbox.SentCopies;
import sekisho.gateway.scan.ScannerAgreement;
import sekisho.mailhook.submission.OidcSignIn;

/** Starts the listeners with the product and stops them first, so that no session is left without the rest. */
@ApplicationScoped
public class MailHook {

    private static final Duration READY_EVERY = Duration.ofSeconds(2);
    private static final Duration READY_PATIENCE = Duration.ofSeconds(6);

    private final MailHookConfig config;
    private final Deliveries deliveries;
    private final UnfitMessages unfit;
    private final SentCopies copies;
    private final Vault vault;
    private final IncomingFiles incoming;
    private final Senders senders;
    private final ScannerAgreement scanners;
    private final Clock clock;
    private final MeterRegistry metrics;
    private final Readiness readiness;
    private final Receiving receiving;
    private @Nullable Listeners listeners;
    private @Nullable OidcSignIn signIn;

    MailHook(MailHookConfig config, Deliveries deliveries, UnfitMessages unfit, SentCopies copies, Vault vault, IncomingFiles incoming, Senders senders,
            ScannerAgreement scanners, Backing backing, Clock clock, MeterRegistry metrics, Receiving receiving) {
        this.config = config;
        this.deliveries = deliveries;
        this.unfit = unfit;
        this.copies = copies;
        this.vault = vault;
        this.incoming = incoming;
        this.senders = senders;
        this.scanners = scanners;
        this.clock = clock;
        this.metrics = metrics;
        this.receiving = receiving;
        this.readiness = new Readiness(backing::requireDatabase, backing::requireStore, ConfiguredLimits.minFree(config.limits()), READY_EVERY, READY_PATIENCE);
    }

    void start(@Observes @Priority(3000) StartupEvent event) {
        vault.requireSealing();
        senders.requireSome();
        scanners.takesPart();
        readiness.start();
        var people = Listeners.needSignIn(config) ? new OidcSignIn(config.submission()) : null;
        signIn = people;
        var opened = Listeners.open(config, each -> new HookTransactions(deliveries, unfit, vault, incoming, senders, copies::wentToAll, readiness, clock, config,
            ConfiguredLimits.of(config.limits()), Listeners.bindsFrom(each), Listeners.reportsAlone(each), receiving), people);
        listeners = opened;
        metrics.gauge("sekisho.smtp.connections", opened, Listeners::connections);
    }

    void stop(@Observes @Priority(1) ShutdownEvent event) {
        if (listeners != null) {
            listeners.stop(config.drain());
        }
        if (signIn != null) {
            signIn.close();
        }
        readiness.close();
    }
}
