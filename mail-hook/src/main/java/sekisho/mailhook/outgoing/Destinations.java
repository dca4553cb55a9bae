package sekisho.mailhook.outgoing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.outbox.Routing;
import sekisho.mailhook.relay.Destination;

/**
 * The destinations in use, and how much each can take: one whose hosts have just answered, as many messages at once as it has connections; a new
 * one a few; one that didn't answer the last time a single one, to see whether it does again. All that haven't answered share half of what
 * this process can do, so that those which do always have the other half. One that answered and hasn't lately is between the two: a single message
 * needs none of what is shared, so that a partner who is written to once an hour doesn't wait behind the silent; more count as those of a new one.
 * None has more than three quarters, however many connections its hosts may have: it may fall silent with them.
 */
final class Destinations implements Routing, AutoCloseable {

    private static final int NEW = 5;
    /** How long it is remembered whether a destination has answered, much longer than its connections are kept: a partner writes once an hour. */
    private static final long REMEMBERED_NANOS = Duration.ofHours(2).toNanos();
    /** How long an answer stands for a host that answers, whatever is under way to it; longer than most take for a message. */
    private static final long ANSWERED_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int MOST_KNOWN = 10_000;

    private final Routes routes;
    private final int most;
    private final int known;
    private final Map<String, Place> places = new ConcurrentHashMap<>();
    private final AtomicInteger unproven = new AtomicInteger();
    private final LongSupplier nanos;

    /** @param most messages being sent at one time, to whatever destination */
    Destinations(Routes routes, int most) {
        this(routes, most, MOST_KNOWN, System::nanoTime);
    }

    /**
     * @param known of how many destinations it is remembered how they answered; of those in use always
     * @param nanos a clock that only goes forward
     */
    Destinations(Routes routes, int most, int known, LongSupplier nanos) {
        this.routes = routes;
        this.most = most;
        this.known = known;
        this.nanos = nanos;
    }

    /** What is known, be it old. */
    private enum Standing { NEW, ANSWERS, FAILING }

    private final class Place {
        /** While something is under way, and for a while behind it. */
        private @Nullable Destination destination;
        private Standing standing = Standing.NEW;
        /** Or when it was seen last that it doesn't. */
        private long answered;
        private int underWay;
        /** How many of these take what all that don't answer share. */
        private int underWayUnproven;
        /** Whether it had no room left at the last look; until half of it is free again. */
        private boolean filled;
        private long since = nanos.getAsLong();

        boolean hasJustAnswered() {
            return standing == Standing.ANSWERS && nanos.getAsLong() - answered <= ANSWERED_NANOS;
        }

        /** Whether the next message needs nothing of what is shared. */
        boolean isProven() {
            return hasJustAnswered() || standing == Standing.ANSWERS && underWay == underWayUnproven;
        }

        void count(int underWayOfShared) {
            unproven.addAndGet(underWayOfShared - underWayUnproven);
            underWayUnproven = underWayOfShared;
        }

        synchronized void countSilent() {
            if (standing == Standing.ANSWERS && !hasJustAnswered()) {
                count(Math.max(underWayUnproven, underWay - 1));
            }
        }

        synchronized Optional<Destination> destination() {
            return Optional.ofNullable(destination);
        }

        synchronized boolean isIdle() {
            return underWay == 0;
        }

        synchronized long since() {
            return since;
        }
    }

    @Override
    public String destination(String domain) {
        return routes.destination(domain);
    }

    @Override
    public int free(String destination) {
        int connections = limit(destination);
        var place = places.get(destination);
        if (place == null) {
            return Math.min(few(connections), half());
        }
        synchronized (place) {
            return free(place, connections);
        }
    }

    private int free(Place place, int connections) {
        return switch (place.standing) {
            case ANSWERS -> place.hasJustAnswered() ? connections - place.underWay
                : place.isProven() ? Math.min(1, connections - place.underWay)
                : Math.min(few(connections) - place.underWay, half());
            case NEW -> Math.min(few(connections) - place.underWay, half());
            case FAILING -> Math.min(1 - place.underWay, half());
        };
    }

    private static int few(int connections) {
        return Math.min(NEW, connections);
    }

    private int limit(String destination) {
        return Math.min(Math.max(1, most - (most + 3) / 4), routes.settings(destination).map(settings -> settings.connections()).orElse(0));
    }

    @Override
    public boolean isProven(String destination) {
        var place = places.get(destination);
        if (place == null) {
            return false;
        }
        synchronized (place) {
            return place.isProven();
        }
    }

    @Override
    public int unprovenRoom() {
        return Math.max(0, half());
    }

    private int half() {
        return most / 2 - unproven.get();
    }

    /** Before an attempt begins; {@link #end} follows. */
    void begin(String destination) {
        places.compute(destination, (name, known) -> {
            var place = known == null ? new Place() : known;
            synchronized (place) {
                if (place.destination == null) {
                    place.destination = routes.open(name);
                }
                place.count(place.underWayUnproven + (place.isProven() ? 0 : 1));
                place.underWay++;
                place.filled |= free(place, limit(name)) <= 0;
            }
            return place;
        });
    }

    /** The destination of an attempt under way. */
    Destination get(String destination) {
        return place(destination).destination().orElseThrow();
    }

    private Place place(String destination) {
        var place = places.get(destination);
        if (place == null) {
            throw new IllegalStateException("nothing was begun for " + destination);
        }
        return place;
    }

    void reached(String destination) {
        stands(destination, Standing.ANSWERS);
    }

    void unreached(String destination) {
        stands(destination, Standing.FAILING);
    }

    private void stands(String destination, Standing standing) {
        var place = place(destination);
        synchronized (place) {
            place.standing = standing;
            place.count(standing == Standing.ANSWERS ? 0 : place.underWay);
            place.answered = nanos.getAsLong();
        }
    }

    /**
     * An attempt has ended, however.
     *
     * @return whether the destination was filled, so that more may wait for it, and now has half of its room or more again: once for each
     *     time that it was filled, and only where hosts answer
     */
    boolean end(String destination) {
        var place = place(destination);
        synchronized (place) {
            place.underWay--;
            place.since = nanos.getAsLong();
            place.count(Math.min(place.underWayUnproven, place.underWay));
            boolean again = place.filled && place.standing == Standing.ANSWERS && place.underWay <= limit(destination) / 2;
            place.filled &= !again;
            return again;
        }
    }

    /** What is under way to those that haven't answered since then is no longer that of destinations that answer. */
    void countSilent() {
        places.values().forEach(Place::countSilent);
    }

    /**
     * Closes the destinations that nothing was sent to for a while; after a longer one, or when more are known than anybody writes to, it is forgotten
     * how they answered.
     */
    void forgetIdle() {
        long now = nanos.getAsLong();
        for (var name : places.keySet()) {
            forgetIdle(name, now, false);
        }
        var idle = places.entrySet().stream().filter(each -> each.getValue().isIdle()).collect(Collectors.toMap(Map.Entry::getKey, each -> now - each.getValue().since()));
        idle.entrySet().stream().sorted(Map.Entry.<String, Long>comparingByValue().reversed()).limit(Math.max(0, places.size() - known))
            .forEach(each -> forgetIdle(each.getKey(), now, true));
    }

    /** @param crowded whether there is one too many, so that it is forgotten at once */
    private void forgetIdle(String destination, long now, boolean crowded) {
        long keep = routes.settings(destination).map(settings -> settings.keepIdle().toNanos()).orElse(0L);
        var unused = new ArrayList<Destination>();   // closed when the map is free again: others look into it
        places.computeIfPresent(destination, (_, place) -> {
            boolean forgotten;
            synchronized (place) {
                long idle = now - place.since;
                if (place.underWay > 0 || idle < keep && !crowded) {
                    return place;
                }
                place.destination().ifPresent(unused::add);
                place.destination = null;
                forgotten = crowded || place.standing == Standing.NEW || idle >= REMEMBERED_NANOS;
            }
            return forgotten ? null : place;
        });
        unused.forEach(Destination::close);
    }

    /** How many connections a route has now. */
    int connections(String route) {
        return places.entrySet().stream().filter(each -> Routing.route(each.getKey()).equals(route)).flatMap(each -> each.getValue().destination().stream())
            .mapToInt(Destination::connections).sum();
    }

    /** Breaks off all that is being sent; see {@link Destination#abort}. */
    void abort() {
        places.values().forEach(place -> place.destination().ifPresent(Destination::abort));
    }

    @Override
    public void close() {
        places.values().forEach(place -> place.destination().ifPresent(Destination::close));
    }
}
