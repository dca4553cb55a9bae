package sekisho.tests;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Speaks clamd's INSTREAM: reads all of a file and finds nothing in it, or never says a word. What the real clamd does is tested with the real one. */
public final class ScriptedScanner implements AutoCloseable {

    private final ServerSocket server;
    private final AtomicInteger unanswered = new AtomicInteger();
    private volatile boolean answers;

    public ScriptedScanner() throws IOException {
        server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::listen);
    }

    /** For {@code gateway.scanner.address}. */
    public String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** From now on it answers, to who comes from now on. */
    public void answers() {
        answers = true;
    }

    /** How many files it has read to their end without a word. */
    public int unanswered() {
        return unanswered.get();
    }

    private void listen() {
        try {
            while (!server.isClosed()) {
                var client = server.accept();
                boolean answered = answers;
                Thread.ofVirtual().start(() -> serve(client, answered));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serve(Socket client, boolean answered) {
        try (client; var in = new DataInputStream(client.getInputStream())) {
            while (in.readByte() != 0) {
                // zINSTREAM
            }
            for (int length = in.readInt(); length > 0; length = in.readInt()) {
                in.skipNBytes(length);
            }
            if (answered) {
                client.getOutputStream().write("stream: OK\0".getBytes(StandardCharsets.US_ASCII));
            } else {
                unanswered.incrementAndGet();
                in.readAllBytes();   // until it goes away
            }
        } catch (EOFException | SocketException gone) {
            // it has had enough
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
