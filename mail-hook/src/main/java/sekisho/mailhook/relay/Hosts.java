package sekisho.mailhook.relay;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import sekisho.mailhook.smtp.SmtpReply;

/** Finds the hosts of a destination, each time anew: their addresses may change. */
public interface Hosts {

    /** What was found. */
    sealed interface Found {
        /**
         * @param hosts addresses in the order in which they are tried; never none
         * @param all   whether these are all that count; else there are hosts whose addresses can't be told now
         */
        record Some(List<Host> hosts, boolean all) implements Found {
            public Some {
                hosts = List.copyOf(hosts);
                if (hosts.isEmpty()) {
                    throw new IllegalArgumentException("nothing found is another outcome");
                }
            }
        }

        /** There is no host, and will be none: the reply to give for every recipient, 5yz. */
        record Nowhere(SmtpReply reply) implements Found {}

        /** It can't be told now: a reply 4yz. */
        record NotNow(SmtpReply reply) implements Found {}
    }

    /** @throws InterruptedException while waiting for an answer */
    Found find() throws InterruptedException;

    /**
     * A host as an administrator names it. Its addresses are those that the system knows: names in {@code /etc/hosts} and of containers count.
     *
     * @param name without brackets when it is an address
     */
    record Named(String name, int port) {
        public Named {
            if (name.isBlank() || port < 1 || port > 65535) {
                throw new IllegalArgumentException("a host has a name and a port from 1 to 65535");
            }
        }

        private List<Host> addresses() throws UnknownHostException {
            var all = Arrays.asList(InetAddress.getAllByName(name));
            return byFamily(all).stream().limit(MOST_ADDRESSES).map(address -> new Host(name, address, port)).toList();
        }
    }

    /** Of one name in a list: one of each family, more would keep the next host waiting. */
    int MOST_ADDRESSES = 2;

    /** These and no others, in this order. */
    static Hosts listed(List<Named> names) {
        return () -> {
            var hosts = new ArrayList<Host>();
            var unknown = new ArrayList<String>();
            for (var each : names) {
                try {
                    hosts.addAll(each.addresses());
                } catch (UnknownHostException _) {
                    unknown.add(each.name());
                }
            }
            return hosts.isEmpty() ? new Found.NotNow(new SmtpReply(451, "4.4.3", "no address is known for " + String.join(", ", unknown)))
                : new Found.Some(hosts, unknown.isEmpty());
        };
    }

    /** IPv4 and IPv6 in turn, so that neither stands before the other when one of them leads nowhere. */
    static List<InetAddress> byFamily(List<InetAddress> addresses) {
        var four = new ArrayList<>(addresses.stream().filter(address -> address.getAddress().length == 4).toList());
        var six = new ArrayList<>(addresses.stream().filter(address -> address.getAddress().length != 4).toList());
        var inTurn = new ArrayList<InetAddress>();
        while (!four.isEmpty() || !six.isEmpty()) {
            if (!four.isEmpty()) {
                inTurn.add(four.removeFirst());
            }
            if (!six.isEmpty()) {
                inTurn.add(six.removeFirst());
            }
        }
        return inTurn;
    }
}
