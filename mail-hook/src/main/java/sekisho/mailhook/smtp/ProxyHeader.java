package sekisho.mailhook.smtp;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a proxy in front says about a connection before anything else (PROXY protocol, versions 1 and 2). Octets are read one by one or by a
 * count that was given, never further, since the next one may belong to a TLS handshake.
 *
 * <pre>
 * version 1   PROXY TCP4 client-address our-address client-port our-port CR LF     at most 107 octets
 * version 2   signature 12, version and command 1, family and transport 1, length 2, then so many octets: addresses, ports, more
 * </pre>
 */
sealed interface ProxyHeader {
    /** The connection is this client's. */
    record From(InetAddress address, int port) implements ProxyHeader {}

    /** The proxy's own connection, such as a health check, or that of a client without an address: it may not send mail. */
    record Nobody() implements ProxyHeader {}

    byte[] SIGNATURE = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};
    int LONGEST_LINE = 107;
    /** Of addresses and additions in version 2; 536 is what every receiver must take, and nobody sends so much. */
    int LONGEST_REST = 4096;

    /**
     * @throws ProtocolException this is no PROXY header, or a wrong one: the connection can't be anybody's
     * @throws IOException       the connection ended or took too long
     */
    static ProxyHeader read(InputStream in) throws IOException {
        byte[] start = exactly(in, SIGNATURE.length);
        return Arrays.equals(start, SIGNATURE) ? readBinary(in) : readLine(in, start);
    }

    private static ProxyHeader readLine(InputStream in, byte[] start) throws IOException {
        byte[] line = Arrays.copyOf(start, LONGEST_LINE);
        int length = start.length;
        if (!new String(start, StandardCharsets.ISO_8859_1).startsWith("PROXY ")) {
            throw new ProtocolException("no PROXY header");   // at once: whoever sends something else may never send a line end
        }
        while (line[length - 1] != '\n') {
            if (length == LONGEST_LINE) {
                throw new ProtocolException("PROXY header too long");
            }
            line[length++] = exactly(in, 1)[0];
        }
        String text = new String(line, 0, length, StandardCharsets.ISO_8859_1);
        if (text.matches("PROXY UNKNOWN( [^\r\n]*)?\r\n")) {
            return new Nobody();
        }
        String[] words = text.replaceAll("\r\n$", "").split(" ", -1);
        boolean tcp4 = words.length == 6 && words[1].equals("TCP4");
        boolean tcp6 = words.length == 6 && words[1].equals("TCP6");
        if (!text.endsWith("\r\n") || !tcp4 && !tcp6) {
            throw new ProtocolException("PROXY header not understood");
        }
        InetAddress address = literal(words[2], tcp6);
        literal(words[3], tcp6);
        port(words[5]);
        return new From(address, port(words[4]));
    }

    private static InetAddress literal(String text, boolean ipv6) throws ProtocolException {
        String shape = ipv6 ? "[0-9a-fA-F:.]*:[0-9a-fA-F:.]*" : "\\d{1,3}(\\.\\d{1,3}){3}";
        try {
            if (text.matches(shape)) {
                return InetAddress.ofLiteral(text);
            }
        } catch (IllegalArgumentException _) {
            // the same as a wrong shape
        }
        throw new ProtocolException("no address in a PROXY header");
    }

    private static int port(String text) throws ProtocolException {
        if (!text.matches("0|[1-9]\\d{0,4}") || Integer.parseInt(text) > 65535) {
            throw new ProtocolException("no port in a PROXY header");
        }
        return Integer.parseInt(text);
    }

    private static ProxyHeader readBinary(InputStream in) throws IOException {
        byte[] head = exactly(in, 4);
        int length = (head[2] & 0xff) << 8 | head[3] & 0xff;
        if ((head[0] & 0xf0) != 0x20 || length > LONGEST_REST) {
            throw new ProtocolException("PROXY header of another version, or too long");
        }
        byte[] rest = exactly(in, length);
        return switch (head[0] & 0x0f) {
            case 0 -> new Nobody();   // LOCAL: whatever else stands there is skipped
            case 1 -> switch (head[1] & 0xff) {
                case 0x00, 0x31 -> new Nobody();   // not told, or a UNIX socket
                case 0x11 -> from(rest, 4);
                case 0x21 -> from(rest, 16);
                default -> throw new ProtocolException("PROXY header for something that isn't TCP");
            };
            default -> throw new ProtocolException("PROXY command not known");
        };
    }

    private static ProxyHeader from(byte[] rest, int addressOctets) throws ProtocolException, UnknownHostException {
        int ports = 2 * addressOctets;
        if (rest.length < ports + 4) {
            throw new ProtocolException("PROXY header too short");
        }
        InetAddress address = InetAddress.getByAddress(Arrays.copyOf(rest, addressOctets));
        return new From(address, (rest[ports] & 0xff) << 8 | rest[ports + 1] & 0xff);
    }

    private static byte[] exactly(InputStream in, int octets) throws IOException {
        byte[] read = in.readNBytes(octets);
        if (read.length < octets) {
            throw new EOFException("ended in the PROXY header");
        }
        return read;
    }
}
