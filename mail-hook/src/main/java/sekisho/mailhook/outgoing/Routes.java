package sekisho.mailhook.outgoing;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.outbox.Routing;
import sekisho.gateway.people.EmailAddress;
import sekisho.mailhook.intake.MailHookConfig;
import sekisho.mailhook.relay.Destination;
import sekisho.mailhook.relay.HopSettings;
import sekisho.mailhook.relay.HopSettings.Tls;
import sekisho.mailhook.relay.Hosts;
import sekisho.mailhook.relay.MxHosts;

/** The configured routes: which domain goes by which, and what a destination is called. */
final class Routes {

    /** The route of {@code mail-hook.smart-host}. */
    static final String SMART_HOST = "smart-host";

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,32}");
    private static final Pattern ADDRESS = Pattern.compile("\\[([0-9A-Fa-f:.]+)](?::([0-9]{1,5}))?|([^:\\[\\]\\s]+)(?::([0-9]{1,5}))?");
    private static final Pattern MX = Pattern.compile("mx(?::([0-9]{1,5}))?");
    private static final int SMTP_PORT = 25;
    private static final String ALL = "*";

    private final Map<String, Route> byName = new LinkedHashMap<>();
    private final Map<String, Route> byDomain = new HashMap<>();
    private final Map<String, LongAdder> clearTexts = new ConcurrentHashMap<>();

    /** Exactly one of the two says where to. */
    private record Route(String name, HopSettings settings, @Nullable Hosts listed, @Nullable MxHosts mx) {
        String destination(String domain) {
            return mx == null ? name : name + "/" + domain;
        }
    }

    /** @throws IllegalStateException when keys contradict each other; the message names them */
    Routes(MailHookConfig config) {
        config.routes().forEach((name, route) -> add(name, route, config));
        var host = config.smartHost().host();
        if (host.isPresent() == byDomain.containsKey(ALL)) {
            throw new IllegalStateException(host.isPresent()
                ? "mail-hook.smart-host.host and a route for domains=* are two ways for the same mail; leave out one"
                : "nothing says where mail goes: set mail-hook.smart-host.host, or a route for domains=*");
        }
        if (host.isPresent()) {
            var named = new Hosts.Named(host.get(), config.smartHost().port());
            var route = new Route(SMART_HOST, NextHop.settings(config.smartHost(), "mail-hook.smart-host.", config.hostName()),
                Hosts.listed(List.of(named)), null);
            byName.put(SMART_HOST, route);
            byDomain.put(ALL, route);
        }
    }

    private void add(String name, MailHookConfig.Route route, MailHookConfig config) {
        var keys = "mail-hook.routes." + name + ".";
        if (!NAME.matcher(name).matches() || name.equals(SMART_HOST)) {
            throw new IllegalStateException(keys + "*: a route's name is small letters, digits and hyphens, and not " + SMART_HOST);
        }
        var settings = NextHop.settings(route, keys, config.hostName());
        var mx = MX.matcher(route.via().strip());
        if (mx.matches() && settings.tls() == Tls.REQUIRED) {
            throw new IllegalStateException(keys + "tls=required needs " + keys + "via with the names of hosts: a certificate for a name that "
                + "anybody can put into DNS proves nothing");
        }
        var made = mx.matches()
            ? new Route(name, settings, null, new MxHosts(servers(config), config.dns().timeout(), config.hostName(), port(mx.group(1), keys + "via")))
            : new Route(name, settings, Hosts.listed(hosts(route.via(), keys + "via")), null);
        byName.put(name, made);
        for (var domain : route.domains()) {
            var pattern = pattern(domain).orElseThrow(() -> new IllegalStateException(keys + "domains: " + domain + " is no domain"));
            var other = byDomain.putIfAbsent(pattern, made);
            if (other != null) {
                throw new IllegalStateException(keys + "domains: " + domain + " is in the route " + other.name + " too");
            }
        }
    }

    /** In the form in which domains are compared. */
    private static Optional<String> pattern(String text) {
        if (text.equals(ALL)) {
            return Optional.of(ALL);
        }
        boolean below = text.startsWith("*.");
        return EmailAddress.of("x", below ? text.substring(2) : text).map(each -> (below ? "*." : "") + each.comparedDomain());
    }

    private static List<Hosts.Named> hosts(String text, String key) {
        var hosts = new ArrayList<Hosts.Named>();
        for (var each : Arrays.asList(text.split(","))) {
            var address = ADDRESS.matcher(each.strip());
            if (!address.matches()) {
                throw new IllegalStateException(key + ": " + each.strip() + " is no host:port");
            }
            boolean v6 = address.group(1) != null;
            hosts.add(new Hosts.Named(v6 ? address.group(1) : address.group(3), port(address.group(v6 ? 2 : 4), key)));
        }
        return hosts;
    }

    private static int port(@Nullable String digits, String key) {
        int port = digits == null ? SMTP_PORT : Integer.parseInt(digits);
        if (port < 1 || port > 65535) {
            throw new IllegalStateException(key + ": a port is 1 to 65535");
        }
        return port;
    }

    private static List<InetSocketAddress> servers(MailHookConfig config) {
        var servers = new ArrayList<InetSocketAddress>();
        for (var each : config.dns().servers().orElse(List.of())) {
            var address = ADDRESS.matcher(each.strip());
            boolean v6 = address.matches() && address.group(1) != null;
            try {
                var literal = address.matches() ? InetAddress.ofLiteral(v6 ? address.group(1) : address.group(3)) : InetAddress.ofLiteral(each.strip());
                var port = address.matches() ? address.group(v6 ? 2 : 4) : null;
                servers.add(new InetSocketAddress(literal, port == null ? 53 : port(port, "mail-hook.dns.servers")));
            } catch (IllegalArgumentException noAddress) {
                throw new IllegalStateException("mail-hook.dns.servers: " + each + " is no address", noAddress);
            }
        }
        return servers;
    }

    /** @see Routing#destination */
    String destination(String domain) {
        var exact = byDomain.get(domain);
        if (exact != null && !domain.equals(ALL)) {
            return exact.destination(domain);
        }
        for (int dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
            var below = byDomain.get("*" + domain.substring(dot));
            if (below != null) {
                return below.destination(domain);
            }
        }
        return byDomain.get(ALL).destination(domain);
    }

    /** How a destination's hosts are talked to; empty when its route isn't one of these. */
    Optional<HopSettings> settings(String destination) {
        return Optional.ofNullable(byName.get(Routing.route(destination))).map(Route::settings);
    }

    /** The caller closes it. */
    Destination open(String destination) {
        var route = byName.get(Routing.route(destination));
        if (route == null) {
            throw new IllegalArgumentException("there is no route " + Routing.route(destination));
        }
        var hosts = route.mx == null ? route.listed : route.mx.of(destination.substring(route.name.length() + 1));
        return new Destination(java.util.Objects.requireNonNull(hosts), route.settings, clearTexts(route.name));
    }

    /** How many connections of a route were made in clear because TLS failed, since the start. */
    LongAdder clearTexts(String route) {
        return clearTexts.computeIfAbsent(route, _ -> new LongAdder());
    }

    /** The names of all. */
    List<String> names() {
        return List.copyOf(byName.keySet());
    }
}
