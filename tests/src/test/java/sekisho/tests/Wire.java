package sekisho.tests;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A wire between a client and a server on this machine, which can be cut and mended. */
public final class Wire implements AutoCloseable {

    private final ServerSocket listening;
    private final int server;
    private final Set<Closeable> ends = ConcurrentHashMap.newKeySet();
    private volatile boolean whole = true;

    /**
     * @param port   where clients come
     * @param server the port they are led to
     */
    public Wire(int port, int server) throws IOException {
        this.server = server;
        this.listening = new ServerSocket();
        listening.setReuseAddress(true);
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                var client = listening.accept();
                if (!whole) {
                    client.close();
                    continue;
                }
                var there = new Socket(InetAddress.getLoopbackAddress(), server);
                ends.add(client);
                ends.add(there);
                Thread.ofVirtual().start(() -> pass(client, there));
                Thread.ofVirtual().start(() -> pass(there, client));
            } catch (IOException goneOrClosed) {
                // the next one may come through
            }
        }
    }

    private void pass(Socket from, Socket to) {
        try (from; to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
        } catch (IOException cut) {
            // both ends are closed
        } finally {
            ends.remove(from);
            ends.remove(to);
        }
    }

    /** Ends every connection, and lets nobody through until {@link #mend}. */
    public void cut() throws IOException {
        whole = false;
        for (var end : ends) {
            end.close();
        }
    }

    public void mend() {
        whole = true;
    }

    @Override
    public void close() throws IOException {
        listening.close();
        cut();
    }
}
