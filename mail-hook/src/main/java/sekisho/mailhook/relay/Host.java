package sekisho.mailhook.relay;

import java.net.InetAddress;

/**
 * One address of a host that takes mail.
 *
 * @param name what its certificate and our reports call it
 */
public record Host(String name, InetAddress address, int port) {

    /** {@code host:port}, as reports name it. */
    @Override
    public String toString() {
        return name + ":" + port;
    }
}
