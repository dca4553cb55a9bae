package sekisho.mailhook.smtp;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** One connection: greets, reads commands in order, and keeps what belongs to the session; the mail transaction is {@link SmtpTransaction}. */
final class SmtpSession implements Runnable {
    private static final System.Logger LOG = System.getLogger(SmtpSession.class.getName());
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Duration FAREWELL = Duration.ofSeconds(1);
    static final SmtpReply SHUTTING_DOWN = new SmtpReply(421, "4.3.2", "shutting down, try again later");

    /** Whether {@link #askToStop} may end the session: only while it waits for a command. */
    private enum Phase { BUSY, WAITING, STOPPING }

    private final SmtpListener listener;
    private final SmtpSettings settings;
    private final Socket raw;
    private final Wire wire;
    private final long deadline;
    private final SmtpTransaction transaction;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.BUSY);
    private Client client;
    private int errors;

    SmtpSession(SmtpListener listener, Socket raw) throws IOException {
        this.listener = listener;
        this.settings = listener.settings();
        this.raw = raw;
        this.deadline = System.nanoTime() + settings.limits().total().toNanos();
        this.wire = new Wire(raw, settings.limits(), deadline);
        byte[] name = new byte[8];
        RANDOM.nextBytes(name);
        this.client = new Client(HexFormat.of().formatHex(name), raw.getInetAddress(), raw.getPort(), settings.trusts(raw.getInetAddress()), "", false, null);
        this.transaction = new SmtpTransaction(settings, listener.transactions(), wire);
    }

    @Override
    public void run() {
        try (raw; transaction) {
            try {
                greet();
                converse();
            } catch (SessionEndedException e) {
                farewell(e.reply());
            } catch (SocketTimeoutException e) {
                farewell(new SmtpReply(421, "4.4.2", "no command for too long, or session too long"));
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "session " + client.session() + " ended by a fault", e);
                farewell(new SmtpReply(421, "4.3.0", "local trouble, try again later"));
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, () -> "session " + client.session() + " with " + client.address().getHostAddress() + " broke off: " + e);
        } finally {
            listener.ended(this);
        }
    }

    private void greet() throws IOException {
        if (wire.speaksWithin(settings.greetingPause())) {
            throw new SessionEndedException(new SmtpReply(554, "5.5.0", "spoke before the greeting"));
        }
        wire.reply(new SmtpReply(220, "", settings.hostName() + " ESMTP Sekisho"));
    }

    private void converse() throws IOException {
        while (true) {
            phase.set(Phase.WAITING);
            if (listener.isStopping()) {
                throw new SessionEndedException(SHUTTING_DOWN);
            }
            Wire.Line line = wire.readLine();
            if (!phase.compareAndSet(Phase.WAITING, Phase.BUSY)) {
                throw new SessionEndedException(SHUTTING_DOWN);
            }
            switch (line) {
                case Wire.Line.End() -> {
                    return;
                }
                case Wire.Line.BareLineFeed() -> throw new SessionEndedException(new SmtpReply(500, "5.5.2", "commands end in CRLF"));
                case Wire.Line.TooLong() -> wrong(new SmtpReply(500, "5.5.2", "line longer than " + settings.limits().commandLineOctets() + " octets"));
                case Wire.Line.Unreadable() -> wrong(new SmtpReply(500, "5.5.2", "control characters or octets that are not UTF-8"));
                case Wire.Line.Text(String text) -> {
                    try {
                        obey(text);
                    } catch (RefusedException e) {
                        wrong(e.reply());
                    }
                }
            }
        }
    }

    private void obey(String text) throws IOException {
        int space = text.indexOf(' ');
        String verb = (space < 0 ? text : text.substring(0, space)).toUpperCase(Locale.ROOT);
        String argument = space < 0 ? "" : text.substring(space + 1).strip();
        switch (verb) {
            case "EHLO" -> hello(argument, true);
            case "HELO" -> hello(argument, false);
            case "STARTTLS" -> startTls(argument);
            case "MAIL" -> wire.reply(transaction.mail(client, argument));
            case "RCPT" -> wire.reply(transaction.rcpt(client, argument));
            case "DATA" -> wire.reply(transaction.data(client, argument));
            case "BDAT" -> wire.reply(transaction.bdat(client, argument));
            case "RSET" -> {
                requireNoArgument(argument);
                transaction.reset();
                wire.reply(new SmtpReply(250, "2.0.0", "forgotten"));
            }
            case "NOOP" -> wire.reply(new SmtpReply(250, "2.0.0", "OK"));
            case "VRFY" -> wire.reply(new SmtpReply(252, "2.0.0", "not verified; send to it and see"));
            case "EXPN" -> throw new RefusedException(new SmtpReply(502, "5.5.1", "no lists here"));
            case "HELP" -> wire.reply(new SmtpReply(214, "2.0.0", "EHLO HELO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP STARTTLS QUIT"));
            case "QUIT" -> {
                requireNoArgument(argument);
                throw new SessionEndedException(new SmtpReply(221, "2.0.0", "bye"));
            }
            // A browser or a tricked HTTP client: its body would be the next commands.
            case "GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT", "DELETE", "PATCH" ->
                    throw new SessionEndedException(new SmtpReply(554, "5.5.1", "this is SMTP"));
            default -> throw new RefusedException(new SmtpReply(500, "5.5.1", "command not known"));
        }
    }

    private void hello(String name, boolean esmtp) throws IOException {
        if (!name.matches("[!-'*-~]{1,255}")) {
            throw new RefusedException(new SmtpReply(501, "5.5.4", "say who you are: one domain name or address literal"));
        }
        transaction.reset();
        client = new Client(client.session(), client.address(), client.port(), client.trusted(), name, esmtp, client.tlsOrNull());
        String greeting = settings.hostName() + " at your service";
        if (!esmtp) {
            wire.reply(new SmtpReply(250, "", greeting));
            return;
        }
        var lines = new ArrayList<>(List.of(greeting, "PIPELINING", "SIZE " + settings.limits().messageOctets(), "8BITMIME",
                "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN", "CHUNKING"));
        if (settings.tlsOrNull() != null && client.tlsOrNull() == null) {
            lines.add("STARTTLS");
        }
        wire.reply(new SmtpReply(250, "", lines));
    }

    private void startTls(String argument) throws IOException {
        var tls = settings.tlsOrNull();
        if (wire.hasInput()) {
            throw new SessionEndedException(new SmtpReply(554, "5.5.0", "commands behind STARTTLS"));
        }
        requireNoArgument(argument);
        if (tls == null) {
            throw new RefusedException(new SmtpReply(502, "5.5.1", "STARTTLS not offered"));
        }
        if (client.tlsOrNull() != null) {
            throw new RefusedException(new SmtpReply(503, "5.5.1", "TLS already on"));
        }
        var context = tls.get();
        wire.reply(new SmtpReply(220, "2.0.0", "go ahead"));
        wire.flush();
        raw.setSoTimeout(Math.clamp(settings.limits().idle().toMillis(), 1, 60_000));
        var secured = (SSLSocket) context.getSocketFactory().createSocket(raw, client.address().getHostAddress(), client.port(), true);
        secured.setUseClientMode(false);
        secured.startHandshake();
        SSLSession session = secured.getSession();
        transaction.reset();
        wire.switchTo(secured);
        client = new Client(client.session(), client.address(), client.port(), client.trusted(), "", false,
                new Client.Tls(session.getProtocol(), session.getCipherSuite()));
    }

    private static void requireNoArgument(String argument) throws RefusedException {
        if (!argument.isEmpty()) {
            throw new RefusedException(new SmtpReply(501, "5.5.4", "takes no argument"));
        }
    }

    /** Answers a wrong command; somebody who sends nothing else is sent away. */
    private void wrong(SmtpReply reply) throws IOException {
        wire.reply(reply);
        if (!transaction.excuses(reply) && ++errors >= settings.limits().errors()) {
            throw new SessionEndedException(new SmtpReply(421, "4.7.0", "too many errors"));
        }
    }

    private void farewell(SmtpReply reply) throws IOException {
        transaction.reset();
        phase.set(Phase.BUSY);
        wire.reply(reply);
        wire.linger(FAREWELL);
    }

    /** Called by the listener's threads. A session that waits for a command says 421 and ends; one that receives a message goes on. */
    void askToStop() {
        if (phase.compareAndSet(Phase.WAITING, Phase.STOPPING)) {
            try {
                raw.shutdownInput();   // wakes the read, which sees the end
            } catch (IOException _) {
                cutOff();
            }
        }
    }

    /** Whether the session has lasted too long or its client takes no replies; reads have their own time limit. */
    boolean isOverdue(long now) {
        return now - deadline > Duration.ofSeconds(5).toNanos() || wire.isStuck(now);
    }

    void cutOff() {
        try {
            raw.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, () -> "session " + client.session() + ": " + e);
        }
    }
}
