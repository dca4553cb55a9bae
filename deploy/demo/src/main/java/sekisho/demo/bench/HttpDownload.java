package sekisho.demo.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One GET over a connection of its own, read by one thread, which costs as little as can be: what comes is looked at by nobody. */
final class HttpDownload implements AutoCloseable {
    private static final int LONGEST_HEAD = 16 << 10;

    private final SocketChannel channel;
    private final ByteBuffer buffer;
    private final int mostAtOnce;
    private final long length;
    private long octets;

    /**
     * What to ask for.
     *
     * @param cookies the value of the field {@code Cookie}; null for none
     * @param range   how many octets from the beginning; 0 for the whole
     */
    record Request(int port, String path, @Nullable String cookies, long range) {
        private String head() {
            return "GET " + path + " HTTP/1.1\r\nHost: localhost:" + port + "\r\n" + (cookies == null ? "" : "Cookie: " + cookies + "\r\n")
                    + (range == 0 ? "" : "Range: bytes=0-" + (range - 1) + "\r\n") + "\r\n";
        }
    }

    /**
     * Asks, and reads the head of the answer.
     *
     * @param mostAtOnce    octets that one read takes
     * @param receiveOctets of the operating system's buffer; 0 leaves it to that
     * @throws IOException when the answer isn't the file, or the part that was asked for
     */
    HttpDownload(Request request, int mostAtOnce, int receiveOctets) throws IOException {
        this.mostAtOnce = mostAtOnce;
        buffer = ByteBuffer.allocateDirect(Math.max(mostAtOnce, LONGEST_HEAD));
        channel = SocketChannel.open();
        try {
            if (receiveOctets > 0) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveOctets);
            }
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), request.port()));
            channel.write(ByteBuffer.wrap(request.head().getBytes(StandardCharsets.US_ASCII)));
            length = readHead(request);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private long readHead(Request request) throws IOException {
        while (true) {
            if (!buffer.hasRemaining() || channel.read(buffer) < 0) {
                throw new IOException("no answer to a GET at port " + request.port());
            }
            String text = StandardCharsets.ISO_8859_1.decode(buffer.duplicate().flip()).toString();
            int end = text.indexOf("\r\n\r\n");
            if (end >= 0) {
                if (!text.startsWith(request.range() == 0 ? "HTTP/1.1 200 " : "HTTP/1.1 206 ")) {
                    throw new IOException("the server at port " + request.port() + " said: " + text.lines().findFirst().orElse(""));
                }
                octets = buffer.position() - end - 4;
                return text.substring(0, end).lines().filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:")).findFirst()
                        .map(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                        .orElseThrow(() -> new IOException("an answer without a length"));
            }
        }
    }

    /** Of the body, as the head says. */
    long length() {
        return length;
    }

    /** Of the body, read so far. */
    long octets() {
        return octets;
    }

    /**
     * Reads once.
     *
     * @return false when the body has ended, or the connection has, before its time
     * @throws IOException the connection was reset
     */
    boolean read() throws IOException {
        buffer.clear().limit(mostAtOnce);
        int read = octets >= length ? -1 : channel.read(buffer);
        octets += Math.max(read, 0);
        return read >= 0;
    }

    /** Reads to the end. @throws IOException when the body isn't whole */
    void readAll() throws IOException {
        while (read()) {
            // thrown away
        }
        if (octets != length) {
            throw new IOException("a body ended at " + octets + " of " + length + " octets");
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
