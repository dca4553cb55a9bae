package sekisho.mailhook.intake;

import io.quarkus.logging.Log;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import sekisho.mailhook.intake.ListenerConfig.Auth;
import sekisho.mailhook.intake.ListenerConfig.Authors;
import sekisho.mailhook.intake.ListenerConfig.Direction;
import sekisho.mailhook.intake.ListenerConfig.NullSender;
import sekisho.mailhook.smtp.Network;
import sekisho.mailhook.smtp.Rates;
import sekisho.mailhook.smtp.RenewedCertificate;
import sekisho.mailhook.smtp.SignIn;
import sekisho.mailhook.smtp.SmtpListener;
import sekisho.mailhook.smtp.SmtpSettings;
import sekisho.mailhook.smtp.SmtpSettings.Tls;
import sekisho.mailhook.smtp.SmtpSettings.TlsMode;
import sekisho.mailhook.smtp.Traffic;
import sekisho.mailhook.smtp.Transactions;

/** The listeners of {@code mail-hook.listeners.*}: checked all together before one opens, opened all or none, stopped at one time. */
final class Listeners {

    static final String ONLY = "hook";

    private final List<SmtpListener> open = new ArrayList<>();
    private final Traffic traffic;

    private Listeners(Traffic traffic) {
        this.traffic = traffic;
    }

    /**
     * @param transactions makes those of a listener
     * @param signInOrNull asked by listeners with {@code auth=required}
     * @throws IllegalStateException when settings contradict each other; says which
     * @throws UncheckedIOException  when a port can't be opened; none is open then
     */
    static Listeners open(MailHookConfig config, Function<ListenerConfig, Transactions> transactions, @Nullable SignIn signInOrNull) {
        Map<String, SmtpSettings> settings = settings(config, signInOrNull);
        var listeners = new Listeners(new Traffic(config.limits().connections(), config.limits().connectionsPerClient()));
        settings.forEach((name, each) -> {
            try {
                var started = SmtpListener.start(each, transactions.apply(all(config).get(name)), listeners.traffic);
                listeners.open.add(started);
                Log.infof("SMTP listener %s on %s:%d", name, each.address().getHostAddress(), started.port());
            } catch (IOException failed) {
                listeners.stop(Duration.ZERO);
                throw new UncheckedIOException("listener " + name + ": " + failed.getMessage() + " (" + key(name, "port") + ")", failed);
            }
        });
        return listeners;
    }

    /** How many connections are open now. */
    int connections() {
        return traffic.connections();
    }

    /** Whether who has signed in there writes their own addresses into the From field. */
    static boolean bindsFrom(ListenerConfig listener) {
        return listener.auth() == Auth.REQUIRED && listener.fromField().orElse(Authors.OWN) == Authors.OWN;
    }

    /** Whether only reports may come there from the null reverse-path. */
    static boolean reportsAlone(ListenerConfig listener) {
        return listener.auth() == Auth.REQUIRED || listener.nullSender() == NullSender.REPORTS;
    }

    /** Whether some listener needs people to sign in. */
    static boolean needSignIn(MailHookConfig config) {
        return all(config).values().stream().anyMatch(each -> each.auth() == Auth.REQUIRED);
    }

    /** All at one time, so that the last one doesn't take mail while the first one waits for its sessions. */
    void stop(Duration grace) {
        try (var stopping = Executors.newVirtualThreadPerTaskExecutor()) {
            open.forEach(listener -> stopping.execute(() -> listener.stop(grace)));
        }
    }

    private static Map<String, ListenerConfig> all(MailHookConfig config) {
        return config.listeners().isEmpty() ? Map.of(ONLY, config.listeners().get(ONLY)) : new TreeMap<>(config.listeners());
    }

    /** By name. @throws IllegalStateException when they contradict each other or themselves */
    static Map<String, SmtpSettings> settings(MailHookConfig config, @Nullable SignIn signInOrNull) {
        Map<String, SmtpSettings> settings = new LinkedHashMap<>();
        all(config).forEach((name, each) -> {
            if (!name.matches("[a-z0-9-]{1,32}")) {
                throw new IllegalStateException("mail-hook.listeners." + name + ": a listener's name is 1 to 32 of a-z 0-9 -");
            }
            settings.forEach((other, its) -> {
                if (its.port() == each.port() && each.port() != 0 && its.address().equals(address(name, each))) {
                    throw new IllegalStateException(key(name, "port") + " and " + key(other, "port") + " are the same: give each listener its own");
                }
            });
            settings.put(name, settings(name, each, config, signInOrNull));
        });
        return settings;
    }

    private static SmtpSettings settings(String name, ListenerConfig listener, MailHookConfig config, @Nullable SignIn signInOrNull) {
        if (listener.direction() == Direction.INBOUND) {
            throw new IllegalStateException(key(name, "direction") + "=inbound is for a later version: this one takes outbound mail only");
        }
        boolean signIn = listener.auth() == Auth.REQUIRED;
        if (signIn && listener.tls() == TlsMode.NONE) {
            throw new IllegalStateException(key(name, "auth") + "=required needs " + key(name, "tls")
                + "=implicit, or starttls-required: a password is never taken in clear");
        }
        if (!signIn && listener.fromField().isPresent()) {
            throw new IllegalStateException(key(name, "from-field") + " needs " + key(name, "auth") + "=required: else nobody has an address of their own");
        }
        var hosts = new SmtpSettings.Hosts(networks(name, "trusted-networks", listener.trustedNetworks()),
            networks(name, "xforward-networks", listener.xforwardNetworks().orElse(List.of())),
            networks(name, "xclient-networks", listener.xclientNetworks().orElse(List.of())),
            networks(name, "proxy-networks", listener.proxyNetworks().orElse(List.of())));
        var rates = new Rates(rate(listener.connectionsPerMinute(), signIn, 60), rate(listener.messagesPerMinute(), signIn, 120),
            rate(listener.recipientsPerMinute(), signIn, 2000));
        return new SmtpSettings(address(name, listener), listener.port(), config.hostName(), hosts, ConfiguredLimits.smtp(config.limits()), rates,
            listener.bareNewlines(), true, listener.pipelining(), listener.greetingPause(), tls(name, listener), signIn ? signInOrNull : null);
    }

    private static int rate(Optional<Integer> set, boolean signIn, int withSignIn) {
        return set.orElse(signIn ? withSignIn : 0);
    }

    private static InetAddress address(String name, ListenerConfig listener) {
        try {
            return InetAddress.getByName(listener.address());
        } catch (IOException unknown) {
            throw new IllegalStateException(key(name, "address") + "=" + listener.address() + " is no address of this machine", unknown);
        }
    }

    private static List<Network> networks(String name, String setting, List<String> texts) {
        try {
            return texts.stream().map(Network::parse).toList();
        } catch (IllegalArgumentException wrong) {
            throw new IllegalStateException(key(name, setting) + ": " + wrong.getMessage(), wrong);
        }
    }

    private static Tls tls(String name, ListenerConfig listener) {
        @Nullable Path chain = listener.certificate().orElse(null);
        @Nullable Path privateKey = listener.certificateKey().orElse(null);
        boolean wanted = listener.tls() != TlsMode.NONE;
        if (chain == null && privateKey == null && !wanted) {
            return Tls.NONE;
        }
        if (chain == null || privateKey == null) {
            throw new IllegalStateException(key(name, "certificate") + " and " + key(name, "certificate-key") + " are set both"
                + (wanted ? ": " + key(name, "tls") + " needs them" : " or neither"));
        }
        if (!wanted) {
            throw new IllegalStateException(key(name, "certificate") + " is of no use without " + key(name, "tls")
                + ": set that to starttls, starttls-required or implicit");
        }
        try {
            return new Tls(listener.tls(), new RenewedCertificate(chain, privateKey));
        } catch (IOException unusable) {
            throw new IllegalStateException("listener " + name + ": " + unusable.getMessage(), unusable);
        }
    }

    private static String key(String name, String setting) {
        return "mail-hook.listeners." + name + "." + setting;
    }
}
