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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import sekisho.mailhook.smtp.Client;
import sekisho.mailhook.smtp.Envelope;
import sekisho.mailhook.smtp.MailParameters;
import sekisho.mailhook.smtp.Network;
import sekisho.mailhook.smtp.Recipient;
import sekisho.mailhook.smtp.RefusedException;
import sekisho.mailhook.smtp.ReversePath;
import sekisho.mailhook.smtp.SmtpListener;
import sekisho.mailhook.smtp.SmtpReply;
import sekisho.mailhook.smtp.SmtpSettings;
import sekisho.mailhook.smtp.Transactions;

/** One connection to a listener of this process, which takes every message into memory. */
final class Talk implements AutoCloseable {

    /** Which listener. */
    enum With {
        /** As it is installed. */
        PLAIN,
        /** Behind a proxy, it believes XCLIENT and XFORWARD, and offers STARTTLS and BINARYMIME. */
        HOSTS,
        /** Within TLS; MAIL needs AUTH. */
        SIGN_IN
    }

    private static final Mailboxes TAKEN = new Mailboxes();
    private static final Map<With, SmtpListener> LISTENERS = new EnumMap<>(With.class);
    private static final Secrets SECRETS = new Secrets();
    private static final String PROXY = "PROXY TCP4 127.0.0.1 127.0.0.1 40000 25\r\n";

    private final With with;
    private final Socket socket;
    private final BufferedReader replies;

    private Talk(With with, Socket socket) throws IOException {
        this.with = with;
        this.socket = socket;
        this.replies = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    static Talk open(With with) throws IOException {
        TAKEN.first = null;
        TAKEN.envelopes.clear();
        int port = LISTENERS.computeIfAbsent(with, Talk::listener).port();
        var socket = with == With.SIGN_IN ? SECRETS.connect(port) : new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        var talk = new Talk(with, socket);
        if (with == With.HOSTS) {
            talk.say(PROXY.getBytes(StandardCharsets.US_ASCII));
        }
        talk.expect(1);
        return talk;
    }

    static Talk open() throws IOException {
        return open(With.PLAIN);
    }

    private static SmtpListener listener(With with) {
        var settings = SmtpSettings.loopback(0).withGreetingPause(Duration.ZERO);
        var us = List.of(Network.parse("127.0.0.0/8"));
        try {
            return SmtpListener.start(switch (with) {
                case PLAIN -> settings;
                case HOSTS -> settings.withHosts(new SmtpSettings.Hosts(us, us, us, us)).withBinaryMime().withTls(SmtpSettings.TlsMode.STARTTLS, SECRETS::context);
                case SIGN_IN -> settings.withTls(SmtpSettings.TlsMode.IMPLICIT, SECRETS::context).withSignIn(SECRETS);
            }, TAKEN);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    With with() {
        return with;
    }

    /** Says EHLO, and who we are where that is asked. */
    void greet() throws IOException {
        say(("EHLO fuzz.example\r\n" + (with == With.SIGN_IN ? SECRETS.auth() : "")).getBytes(StandardCharsets.US_ASCII));
        expect(with == With.SIGN_IN ? 2 : 1);
    }

    /** Up to the text. */
    void envelope(String mail, String rcpt) throws IOException {
        greet();
        say((mail + "\r\n" + rcpt + "\r\n").getBytes(StandardCharsets.US_ASCII));
        expect(2);
    }

    /** A server that has had enough may close; what is said after that is lost, which is its right. */
    void say(byte[] octets) {
        try {
            socket.getOutputStream().write(octets);
        } catch (IOException closed) {
            if (!(closed instanceof SocketException || closed instanceof SSLException)) {
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
        } catch (SocketException | SSLException closed) {
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
        } catch (SocketException | SSLException closed) {
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
                public SmtpReply finish(Acceptance acceptance) throws RefusedException {
                    acceptance.begin();
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
