package sekisho.mailhook.relay;

import java.net.IDN;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Cache;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.lookup.LookupSession;
import org.xbill.DNS.lookup.NoSuchDomainException;
import org.xbill.DNS.lookup.NoSuchRRSetException;
import org.xbill.DNS.lookup.RedirectLoopException;
import org.xbill.DNS.lookup.RedirectOverflowException;
import sekisho.mailhook.smtp.SmtpReply;

/**
 * The hosts that DNS names for a domain (RFC 5321 §5.1): by preference, equal ones in random order, without MX records the domain itself. A
 * domain that names "." takes no mail (RFC 7505). What can't be looked up is temporary, never the same as what isn't there.
 */
public final class MxHosts {
    private static final int MOST_HOSTS = 5;
    private static final int MOST_RECORDS = 20;
    private static final int MOST_REDIRECTS = 8;
    private static final int CACHED = 10_000;

    private final LookupSession session;
    private final String self;
    private final int port;
    private final Duration patience;
    private final RandomGenerator random;

    /**
     * @param servers where to ask; the system's when empty
     * @param timeout for an answer of one server
     * @param self    our own host name: mail to a domain for which it is the best host would come back
     * @param port    where the hosts listen
     */
    public MxHosts(List<InetSocketAddress> servers, Duration timeout, String self, int port) {
        this(servers, timeout, self, port, RandomGenerator.getDefault());
    }

    MxHosts(List<InetSocketAddress> servers, Duration timeout, String self, int port, RandomGenerator random) {
        var asked = servers.isEmpty() ? ResolverConfig.getCurrentConfig().servers() : servers;
        var resolver = new ExtendedResolver(asked.stream().<Resolver>map(SimpleResolver::new).toList());
        resolver.setTimeout(timeout.multipliedBy(3));
        for (var each : resolver.getResolvers()) {
            each.setTimeout(timeout);
        }
        resolver.setRetries(2);
        var cache = new Cache(DClass.IN);
        cache.setMaxEntries(CACHED);
        cache.setMaxNCache((int) Duration.ofMinutes(5).toSeconds());
        this.session = LookupSession.builder().resolver(resolver).cache(cache).maxRedirects(MOST_REDIRECTS).build();
        this.self = self.toLowerCase(Locale.ROOT);
        this.port = port;
        this.patience = timeout.multipliedBy(4);
        this.random = random;
    }

    /** The hosts for one domain. */
    public Hosts of(String domain) {
        return () -> find(domain);
    }

    private Hosts.Found find(String domain) throws InterruptedException {
        Name name;
        try {
            name = Name.fromString(IDN.toASCII(domain, IDN.ALLOW_UNASSIGNED), Name.root);
        } catch (TextParseException | IllegalArgumentException noName) {
            return nowhere("5.1.2", "DNS can't know such a domain");
        }
        return switch (lookup(name, Type.MX)) {
            case Answer.NoName _ -> nowhere("5.1.2", "the domain doesn't exist");
            case Answer.Failed(var why) -> new Hosts.Found.NotNow(new SmtpReply(451, "4.4.3", "no MX records of the domain now: " + why));
            case Answer.NoRecords _ -> addresses(List.of(name), "5.1.2", "the domain has neither MX records nor an address");
            case Answer.Records(var records) -> hosts(records);
        };
    }

    private Hosts.Found hosts(List<Record> records) throws InterruptedException {
        var byPreference = new ArrayList<>(records.stream().filter(MXRecord.class::isInstance).map(MXRecord.class::cast).toList());
        if (byPreference.stream().allMatch(mx -> mx.getTarget().equals(Name.root))) {
            return nowhere("5.1.10", "the domain takes no mail (null MX)");   // RFC 7505 §3, RFC 7504
        }
        byPreference.removeIf(mx -> mx.getTarget().equals(Name.root));
        Collections.shuffle(byPreference, random);
        byPreference.sort(Comparator.comparingInt(MXRecord::getPriority));
        var own = byPreference.stream().filter(mx -> text(mx.getTarget()).equals(self)).mapToInt(MXRecord::getPriority).min();
        byPreference.removeIf(mx -> own.isPresent() && mx.getPriority() >= own.getAsInt());
        if (byPreference.isEmpty()) {
            return nowhere("5.4.6", "the mail would loop: the best host of the domain is this one");
        }
        return addresses(byPreference.stream().limit(MOST_RECORDS).map(MXRecord::getTarget).toList(), "5.4.4", "none of the domain's MX hosts has an address");
    }

    private Hosts.Found addresses(List<Name> names, String enhanced, String none) throws InterruptedException {
        var found = new LinkedHashMap<InetAddress, Host>();
        @Nullable String failure = null;
        boolean all = true;
        for (var name : names) {
            var addresses = new ArrayList<InetAddress>();
            @Nullable String failed = null;
            for (int type : new int[] {Type.A, Type.AAAA}) {
                switch (lookup(name, type)) {
                    case Answer.Records(var records) -> records.forEach(each -> address(each, text(name), addresses));
                    case Answer.Failed(var why) -> failed = why;
                    case Answer.NoName _, Answer.NoRecords _ -> { }
                }
            }
            if (failed != null) {
                failure = failed;
                all &= !addresses.isEmpty();   // the host is known by its other addresses
            }
            Collections.shuffle(addresses, random);
            Hosts.byFamily(addresses).forEach(address -> found.putIfAbsent(address, new Host(text(name), address, port)));
            if (found.size() >= MOST_HOSTS) {
                break;
            }
        }
        if (!found.isEmpty()) {
            return new Hosts.Found.Some(found.values().stream().limit(MOST_HOSTS).toList(), all);
        }
        return failure == null ? nowhere(enhanced, none) : new Hosts.Found.NotNow(new SmtpReply(451, "4.4.3", "no address of the domain's hosts now: " + failure));
    }

    private static void address(Record record, String name, List<InetAddress> addresses) {
        try {
            switch (record) {
                case ARecord a -> addresses.add(InetAddress.getByAddress(name, a.getAddress().getAddress()));
                case AAAARecord aaaa -> addresses.add(InetAddress.getByAddress(name, aaaa.getAddress().getAddress()));
                default -> { }
            }
        } catch (UnknownHostException wrongLength) {
            throw new IllegalStateException(wrongLength);
        }
    }

    private static Hosts.Found nowhere(String enhanced, String text) {
        return new Hosts.Found.Nowhere(new SmtpReply(550, enhanced, text));
    }

    /** Without the dot at its end, as certificates and the SNI have it. */
    private static String text(Name name) {
        return name.toString(true).toLowerCase(Locale.ROOT);
    }

    private sealed interface Answer {
        record Records(List<Record> records) implements Answer {}

        record NoName() implements Answer {}

        record NoRecords() implements Answer {}

        record Failed(String why) implements Answer {}
    }

    private Answer lookup(Name name, int type) throws InterruptedException {
        var asked = session.lookupAsync(name, type).toCompletableFuture();
        try {
            var records = asked.get(patience.toMillis(), TimeUnit.MILLISECONDS).getRecords();
            return records.isEmpty() ? new Answer.NoRecords() : new Answer.Records(records);
        } catch (TimeoutException silent) {
            asked.cancel(true);
            return new Answer.Failed("no answer");
        } catch (ExecutionException failed) {
            return switch (cause(failed)) {
                case NoSuchDomainException _ -> new Answer.NoName();
                case NoSuchRRSetException _ -> new Answer.NoRecords();
                case RedirectLoopException _, RedirectOverflowException _ -> new Answer.Failed("its aliases lead nowhere");
                case Throwable other -> new Answer.Failed(other.getClass().getSimpleName().replaceAll("Exception$", ""));
            };
        }
    }

    private static Throwable cause(Throwable failed) {
        var cause = failed;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
