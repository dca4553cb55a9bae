package sekisho.mailhook.relay;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * A socket with a limit for the time and the octets of each answer, however slowly or lavishly the next hop sends them; the library on top reads
 * an answer of any length into memory.
 */
final class RelaySocket extends Socket {
    private final InetAddress address;
    private volatile long deadline;
    private volatile long octetsLeft;
    private volatile long writingSince;

    /** @param address the one it connects to, whatever the library looks up */
    RelaySocket(InetAddress address) {
        this.address = address;
    }

    /** Begins to wait for an answer. */
    void expectWithin(Duration time, long octets) {
        deadline = System.nanoTime() + time.toNanos();
        octetsLeft = octets;
    }

    /** Whether a write has been waiting for the other side for longer than this. */
    boolean isStuck(long now, Duration longest) {
        long since = writingSince;
        return since != 0 && now - since > longest.toNanos();
    }

    @Override
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
        super.connect(new InetSocketAddress(address, ((InetSocketAddress) endpoint).getPort()), timeout);
        setTcpNoDelay(true);   // pipelined commands are small writes without answers in between
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new FilterInputStream(super.getInputStream()) {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    throw new SocketTimeoutException("no answer in time");
                }
                setSoTimeout(Math.clamp(millis, 1, Integer.MAX_VALUE));
                int read = super.read(buffer, offset, length);
                octetsLeft -= Math.max(0, read);
                if (octetsLeft < 0) {
                    throw new IOException("answer too long");
                }
                return read;
            }
        };
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return new FilterOutputStream(super.getOutputStream()) {
            @Override
            public void write(byte[] buffer, int offset, int length) throws IOException {
                writingSince = System.nanoTime() | 1;
                out.write(buffer, offset, length);
                writingSince = 0;
            }
        };
    }
}
