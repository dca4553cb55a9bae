package sekisho.mailhook.outgoing;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import sekisho.gateway.outbox.Routing;
import sekisho.mailhook.relay.Destination;

/**
 * The destinations in use, and how much each can take: one whose hosts have answered, as many messages at once as it has connections; a new
 * one a few; one that didn't answer the last time a single one, to see whether it does again. All that haven't answered share half of what
 * this process can do, so that those which do always have the other half.
 */
final class Destinations implements Routing, AutoCloseable {

    private static final int NEW = 5;
    private static final long FORGET_FAILING_NANOS = Duration.ofHours(2).toNanos();

    private final Routes routes;
    private final int most;
    private final Map<String, Place> places = new ConcurrentHashMap<>();
    private final AtomicInteger unproven = new AtomicInteger();

    /** @param most messages being sent at one time, to whatever destination */
    Destinations(Routes routes, int most) {
        this.routes = routes;
        this.most = most;
    }

    private enum Standing { NEW, ANSWERS, FAILING }

    private static final class Place {
        private final Destination destination;
        private Standing standing = Standing.NEW;
        private int underWay;
        private int underWayUnproven;
        /** Whether it had no room left at the last look; until half of it is free again. */
        private boolean filled;
        private long since = System.nanoTime();

        Place(Destination destination) {
            this.destination = destination;
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
            return Math.min(Math.min(NEW, connections), half());
        }
        synchronized (place) {
            return free(place, connections);
        }
    }

    private int free(Place place, int connections) {
        return switch (place.standing) {
            case ANSWERS -> connections - place.underWay;
            case NEW -> Math.min(Math.min(NEW, connections) - place.underWay, half());
            case FAILING -> Math.min(1 - place.underWay, half());
        };
    }

    private int limit(String destination) {
        return routes.settings(destination).map(settings -> settings.connections()).orElse(0);
    }

    @Override
    public boolean isProven(String destination) {
        var place = places.get(destination);
        if (place == null) {
            return false;
        }
        synchronized (place) {
            return place.standing == Standing.ANSWERS;
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
            var place = known == null ? new Place(routes.open(name)) : known;
            synchronized (place) {
                place.underWay++;
                if (place.standing != Standing.ANSWERS) {
                    place.underWayUnproven++;
                    unproven.incrementAndGet();
                }
                place.filled |= free(place, limit(name)) <= 0;
            }
            return place;
        });
    }

    /** The destination of an attempt under way. */
    Destination get(String destination) {
        return place(destination).destination;
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
            if (standing == Standing.ANSWERS) {
                unproven.addAndGet(-place.underWayUnproven);
                place.underWayUnproven = 0;
            }
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
            place.since = System.nanoTime();
            if (place.underWayUnproven > place.underWay) {
                unproven.addAndGet(place.underWay - place.underWayUnproven);
                place.underWayUnproven = place.underWay;
            }
            boolean again = place.filled && place.standing == Standing.ANSWERS && place.underWay <= limit(destination) / 2;
            place.filled &= !again;
            return again;
        }
    }

    /** Forgets destinations that nothing was sent to for a while. */
    void forgetIdle() {
        long now = System.nanoTime();
        for (var name : places.keySet()) {
            places.computeIfPresent(name, (_, place) -> {
                synchronized (place) {
                    long keep = place.standing == Standing.FAILING ? FORGET_FAILING_NANOS
                        : routes.settings(name).map(settings -> settings.keepIdle().toNanos()).orElse(0L);
                    if (place.underWay > 0 || now - place.since < keep) {
                        return place;
                    }
                }
                place.destination.close();
                return null;
            });
        }
    }

    /** How many connections a route has now. */
    int connections(String route) {
        return places.entrySet().stream().filter(each -> Routing.route(each.getKey()).equals(route)).mapToInt(each -> each.getValue().destination.connections()).sum();
    }

    /** Breaks off all that is being sent; see {@link Destination#abort}. */
    void abort() {
        places.values().forEach(place -> place.destination.abort());
    }

    @Override
    public void close() {
        places.values().forEach(place -> place.destination.close());
    }
}
