package sekisho.gateway;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Speaks clamd's INSTREAM and does what a test says, dying in the middle too. What the real one does, the tests of inspection look at. */
public final class ScriptedClamd implements AutoCloseable {

    /** What is found in a file that says this. */
    public static final String MALWARE = "this is malware";
    static final String FIND = "Test.Malware-1";

    /** How it behaves. */
    public enum Mood {
        /** Finds {@link #MALWARE} and nothing else. */
        WELL,
        /** Hangs up at once. */
        AWAY,
        /** Hangs up after the first chunk. */
        DYING,
        /** Says that the stream is too long. */
        TOO_LARGE
    }

    private final ServerSocket server;
    private final AtomicInteger asked = new AtomicInteger();
    private volatile Mood mood = Mood.WELL;
    private final AtomicReference<Runnable> beforeAnAnswer = new AtomicReference<>();

    ScriptedClamd() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::listen);
    }

    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** How many connections it had. */
    int asked() {
        return asked.get();
    }

    void is(Mood other) {
        mood = other;
    }

    /** What happens once a file was read and before it is said what was found. */
    void before(Runnable answer) {
        beforeAnAnswer.set(answer);
    }

    private void listen() {
        try {
            while (!server.isClosed()) {
                var client = server.accept();
                asked.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException closed) {
            // the tests are over
        }
    }

    private void serve(Socket client) {
        try (client; var in = new DataInputStream(client.getInputStream())) {
            if (mood == Mood.AWAY) {
                return;
            }
            for (int octet = in.read(); octet > 0; octet = in.read()) {
                // zINSTREAM
            }
            var text = new StringBuilder();
            for (int length = in.readInt(); length > 0; length = in.readInt()) {
                text.append(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
                if (mood == Mood.DYING) {
                    return;
                }
            }
            var first = beforeAnAnswer.getAndSet(null);
            if (first != null) {
                first.run();
            }
            var answer = mood == Mood.TOO_LARGE ? "INSTREAM size limit exceeded. ERROR"
                : text.indexOf(MALWARE) >= 0 ? "stream: " + FIND + " FOUND" : "stream: OK";
            client.getOutputStream().write((answer + "\0").getBytes(StandardCharsets.US_ASCII));
        } catch (EOFException cut) {
            // the client went away
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
