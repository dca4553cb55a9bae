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
    private final WritePace pace = new WritePace();

    /** @param address the one it connects to, whatever the library looks up */
    RelaySocket(InetAddress address) {
        this.address = address;
    }

    /** Begins to wait for an answer. */
    void expectWithin(Duration time, long octets) {
        deadline = System.nanoTime() + time.toNanos();
        octetsLeft = octets;
    }

    WritePace pace() {
        return pace;
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
                pace.writeBegins(System.nanoTime());
                out.write(buffer, offset, length);
                pace.writeEnds(System.nanoTime(), length);
            }
        };
    }
}
