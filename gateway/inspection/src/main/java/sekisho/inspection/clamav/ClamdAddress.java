package sekisho.inspection.clamav;

import java.nio.file.Path;

/** Where clamd listens. */
public sealed interface ClamdAddress {
    /** A Unix socket ({@code LocalSocket}). */
    record UnixSocket(Path path) implements ClamdAddress {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /** A TCP port ({@code TCPAddr}, {@code TCPSocket}). What is scanned crosses the network in clear. */
    record Tcp(String host, int port) implements ClamdAddress {
        public Tcp {
            if (host.isBlank() || port < 1 || port > 65_535) {
                throw new IllegalArgumentException("a scanner's address is a socket's absolute path or host:port");
            }
        }

        @Override
        public String toString() {
            return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /**
     * An address as settings write it: {@code /run/clamav/clamd.ctl}, {@code 127.0.0.1:3310}, {@code [::1]:3310}.
     *
     * @throws IllegalArgumentException when it is none of these
     */
    static ClamdAddress parse(String text) {
        if (text.startsWith("/")) {
            return new UnixSocket(Path.of(text));
        }
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            host = "";
        }
        try {
            return new Tcp(host, Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a scanner's address is a socket's absolute path or host:port", e);
        }
    }
}
