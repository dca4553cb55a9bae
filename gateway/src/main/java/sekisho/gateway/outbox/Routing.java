package sekisho.gateway.outbox;

/**
 * What the relay's side knows of where mail goes. A destination is what shares hosts and connections: a route's name, or
 * {@code route/domain} where each domain has hosts of its own. Must not block: it is asked while rows are claimed.
 */
public interface Routing {

    /**
     * Where mail for a domain goes.
     *
     * @param domain in the form in which domains are compared; empty when the address of a row can't be read
     */
    String destination(String domain);

    /** How many more items this node can begin to send there now; 0 for a destination it doesn't know. */
    int free(String destination);

    /** Whether its hosts have answered; all others share {@link #unprovenRoom}. */
    boolean isProven(String destination);

    /** How many more items this node can begin to send now to all destinations together that aren't proven. */
    int unprovenRoom();

    /** The part of a destination's name that is the route: one of few, while there are as many destinations as domains. */
    static String route(String destination) {
        int slash = destination.indexOf('/');
        return slash < 0 ? destination : destination.substring(0, slash);
    }
}
