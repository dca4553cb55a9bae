package sekisho.fuzz;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import sekisho.mailhook.smtp.Client;
import sekisho.mailhook.smtp.Envelope;
import sekisho.mailhook.smtp.MailParameters;
import sekisho.mailhook.smtp.Recipient;
import sekisho.mailhook.smtp.ReversePath;
import sekisho.mailhook.smtp.SmtpListener;
import sekisho.mailhook.smtp.SmtpReply;
import sekisho.mailhook.smtp.SmtpSettings;
import sekisho.mailhook.smtp.Transactions;

/** One connection to a listener of this process, which takes every message into memory. */
final class Talk implements AutoCloseable {

    private static final Mailboxes TAKEN = new Mailboxes();
    private static final SmtpListener LISTENER = listener();

    private final Socket socket;
    private final BufferedReader replies;

    private Talk(Socket socket) throws IOException {
        this.socket = socket;
        this.replies = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    static Talk open() throws IOException {
        TAKEN.first = null;
        TAKEN.envelopes.clear();
        var socket = new Socket(InetAddress.getLoopbackAddress(), LISTENER.port());
        socket.setSoTimeout(10_000);
        var talk = new Talk(socket);
        talk.expect(1);
        return talk;
    }

    private static SmtpListener listener() {
        try {
            return SmtpListener.start(SmtpSettings.loopback(0).withGreetingPause(Duration.ZERO), TAKEN);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A server that has had enough may close; what is said after that is lost, which is its right. */
    void say(byte[] octets) {
        try {
            socket.getOutputStream().write(octets);
        } catch (IOException closed) {
            if (!(closed instanceof SocketException)) {
                throw new UncheckedIOException(closed);
            }
        }
    }

    /** Reads so many replies, of one or more lines. */
    void expect(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            String line;
            do {
                line = line();
            } while (line != null && line.length() > 3 && line.charAt(3) == '-');
        }
    }

    /** Says the last words and reads all replies up to the end. */
    void end(String lastWords) throws IOException {
        say(lastWords.getBytes(StandardCharsets.US_ASCII));
        drain();
    }

    private void drain() throws IOException {
        try {
            socket.shutdownOutput();
        } catch (SocketException closed) {
            return;
        }
        String line;
        do {
            line = line();
        } while (line != null);
    }

    private @Nullable String line() throws IOException {
        String line;
        try {
            line = replies.readLine();
        } catch (SocketException closed) {
            return null;
        }
        if (line != null && (line.startsWith("451") || line.startsWith("421 4.3.0") || !line.matches("[2-5][0-9][0-9][ -][ -~]*"))) {
            throw new IllegalStateException("the server said: " + line);
        }
        return line;
    }

    /** The first message that was begun, if it was taken in, is this; null: it may not have been. What is begun behind it is another. */
    void requireFirst(byte @Nullable [] expected) {
        byte[] taken = TAKEN.first;
        if (taken != null && !Arrays.equals(taken, expected)) {
            throw new IllegalStateException("taken in as " + new String(taken, StandardCharsets.ISO_8859_1));
        }
    }

    /** Of the messages that were begun, in order. */
    static List<Envelope> envelopes() {
        return List.copyOf(TAKEN.envelopes);
    }

    @Override
    public void close() throws IOException {
        try (socket) {
            drain();
        }
    }

    private static final class Mailboxes implements Transactions {

        private volatile byte @Nullable [] first;
        final List<Envelope> envelopes = new CopyOnWriteArrayList<>();

        @Override
        public SmtpReply mail(Client client, ReversePath from, MailParameters parameters) {
            return new SmtpReply(250, "2.1.0", "sender ok");
        }

        @Override
        public SmtpReply rcpt(Client client, Envelope soFar, Recipient to) {
            return new SmtpReply(250, "2.1.5", "recipient ok");
        }

        @Override
        public MessageIntake begin(Client client, Envelope envelope) {
            boolean isFirst = envelopes.isEmpty();
            envelopes.add(envelope);
            return new MessageIntake() {
                private final ByteArrayOutputStream octets = new ByteArrayOutputStream();

                @Override
                public void feed(byte[] buffer, int offset, int length) {
                    octets.write(buffer, offset, length);
                }

                @Override
                public SmtpReply finish() {
                    if (isFirst) {
                        first = octets.toByteArray();
                    }
                    return new SmtpReply(250, "2.6.0", "accepted");
                }

                @Override
                public void close() {
                    // it goes with this object
                }
            };
        }
    }
}
