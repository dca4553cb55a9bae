package sekisho.mailhook.smtp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.NullMarked;

/** {@link ProxyHeader} for a target; it stands in their package, since nobody else outside of it reads them. */
@NullMarked
public final class ProxyFuzz {

    private static final String END = "\r\n";

    private ProxyFuzz() {
    }

    /** Reads what a connection begins with. A line is read to its end and no further, and whose it is means the same when we write it. */
    public static void read(byte[] octets) {
        var in = new ByteArrayInputStream(octets);
        try {
            if (!(ProxyHeader.read(in) instanceof ProxyHeader.From(var address, var port))) {
                return;
            }
            int read = octets.length - in.available();
            if (octets[0] == 'P' && !new String(octets, 0, read, StandardCharsets.ISO_8859_1).endsWith(END)) {
                throw new IllegalStateException("read " + read + " octets, which are no line");
            }
            var again = ProxyHeader.read(new ByteArrayInputStream(line(address, port).getBytes(StandardCharsets.US_ASCII)));
            if (!again.equals(new ProxyHeader.From(address, port))) {
                throw new IllegalStateException(address + " and " + port + " became " + again);
            }
        } catch (IOException _) {
            // no header, or not the whole of one
        }
    }

    private static String line(InetAddress address, int port) {
        boolean ipv6 = address instanceof Inet6Address;
        return "PROXY " + (ipv6 ? "TCP6 " : "TCP4 ") + address.getHostAddress() + (ipv6 ? " ::1 " : " 127.0.0.1 ") + port + " 25" + END;
    }
}
