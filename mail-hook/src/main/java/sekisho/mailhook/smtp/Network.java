package sekisho.mailhook.smtp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** An address range such as {@code 192.0.2.0/24}, {@code 2001:db8::/32} or one address. Never a name: a name would ask DNS whom to trust. */
public record Network(InetAddress address, int prefixBits) {
    public Network {
        if (prefixBits < 0 || prefixBits > address.getAddress().length * 8) {
            throw new IllegalArgumentException("prefix length " + prefixBits + " does not fit " + address.getHostAddress());
        }
    }

    public static Network parse(String text) {
        String[] parts = text.strip().split("/", -1);
        boolean literal = parts[0].indexOf(':') >= 0 ? parts[0].matches("[0-9a-fA-F:.]+") : parts[0].matches("\\d{1,3}(\\.\\d{1,3}){3}");
        if (!literal || parts.length > 2 || parts.length == 2 && !parts[1].matches("\\d{1,3}")) {
            throw new IllegalArgumentException("not a network: " + text + "; write 192.0.2.0/24 or 2001:db8::/32");
        }
        try {
            InetAddress address = InetAddress.getByName(parts[0]);
            return new Network(address, parts.length == 2 ? Integer.parseInt(parts[1]) : address.getAddress().length * 8);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not a network: " + text, e);
        }
    }

    static boolean anyContains(List<Network> networks, InetAddress address) {
        return networks.stream().anyMatch(network -> network.contains(address));
    }

    public boolean contains(InetAddress other) {
        byte[] mine = address.getAddress();
        byte[] theirs = other.getAddress();
        if (mine.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < prefixBits; bit += 8) {
            int mask = prefixBits - bit >= 8 ? 0xff : 0xff << (8 - (prefixBits - bit));
            if (((mine[bit / 8] ^ theirs[bit / 8]) & mask & 0xff) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + prefixBits;
    }
}
