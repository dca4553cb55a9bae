package sekisho.mailhook.smtp;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;

/**
 * One connection: finds out whose it is, greets, reads lines and ends it. What the lines say is {@link SmtpCommands}.
 *
 * <p>In order: the header of a proxy in front, where one is due; the counts of that client; the TLS handshake, where it comes first; the
 * greeting. Until then a session has {@link #OPENING}, drop by drop or not.
 */
final class SmtpSession implements Runnable {
    private static final System.Logger LOG = System.getLogger(SmtpSession.class.getName());
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Duration FAREWELL = Duration.ofSeconds(1);
    private static final Duration OPENING = Duration.ofSeconds(30);
    /** How long somebody stays who may not send, or not yet: long enough to sign in. */
    private static final Duration STRANGER = Duration.ofMinutes(2);
    private static final SmtpReply SHUTTING_DOWN = new SmtpReply(421, "4.3.2", "shutting down, try again later");
    /** To somebody who has not learnt what to expect here. RFC 5321 §4.3.1 makes a client wait; whoever doesn't may be sent away (§7.8). */
    private static final SmtpReply EARLY = new SmtpReply(554, "5.5.0", "a command came before the answer to the one before it, and PIPELINING isn't offered");
    static final SmtpReply TOO_MANY = new SmtpReply(421, "4.7.0", "too many connections, try again later");

    /** Whether {@link #askToStop} may end the session: only while it waits for a command, and not for the next chunk of a message. */
    private enum Phase { BUSY, WAITING, BETWEEN_CHUNKS, STOPPING }

    private final SmtpListener listener;
    private final SmtpSettings settings;
    private final Socket raw;
    private final Traffic.Visit visit;
    private final Wire wire;
    private final long total;
    private volatile long deadline;
    private final SmtpCommands commands;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.BUSY);
    private final String name;
    /** When the handshake or header that is going on must be done, as {@link System#nanoTime}; 0 while none is. */
    private volatile long stageEnd;

    SmtpSession(SmtpListener listener, Socket raw, Traffic.Visit visit) throws IOException {
        this.listener = listener;
        this.settings = listener.settings();
        this.raw = raw;
        this.visit = visit;
        this.total = System.nanoTime() + settings.limits().total().toNanos();
        this.deadline = total;
        this.wire = new Wire(raw, settings.limits(), deadline);
        byte[] random = new byte[8];
        RANDOM.nextBytes(random);
        this.name = HexFormat.of().formatHex(random);
        this.commands = new SmtpCommands(this, listener, wire);
    }

    @Override
    public void run() {
        try (raw; visit; wire; commands) {
            try {
                if (open()) {
                    converse();
                }
            } catch (SessionEndedException e) {
                farewell(e.reply());
            } catch (SocketTimeoutException e) {
                farewell(new SmtpReply(421, "4.4.2", "no command for too long, or session too long"));
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "session " + name + " ended by a fault", e);
                farewell(new SmtpReply(421, "4.3.0", "local trouble, try again later"));
            }
        } catch (ProtocolException e) {
            LOG.log(Level.INFO, () -> "session " + name + " with " + raw.getInetAddress().getHostAddress() + " refused: " + e.getMessage());
        } catch (IOException e) {
            LOG.log(Level.DEBUG, () -> "session " + name + " with " + raw.getInetAddress().getHostAddress() + " broke off: " + e);
        } finally {
            listener.ended(this);
        }
    }

    /** @return false when this client has too many connections: it is told so and not waited for */
    private boolean open() throws IOException {
        beginStage();
        boolean tlsFirst = settings.tls().mode() == SmtpSettings.TlsMode.IMPLICIT;
        if (!listener.isBehindProxy()) {
            beginFor(raw.getInetAddress(), raw.getPort());   // the listener has admitted it
        } else {
            switch (proxied()) {
                case ProxyHeader.Nobody() -> {
                    endBy(System.nanoTime() + STRANGER.toNanos());
                    commands.begin(Client.connected(name, raw.getInetAddress(), raw.getPort(), false), false);
                }
                case ProxyHeader.From(InetAddress address, int port) -> {
                    if (!isClient(address, port)) {
                        if (!tlsFirst) {   // in clear nobody would understand it there
                            wire.reply(TOO_MANY);
                            wire.flush();
                        }
                        return false;
                    }
                }
            }
        }
        if (tlsFirst) {
            secure();
        }
        endStage();
        if (wire.speaksWithin(tlsFirst ? Duration.ZERO : settings.greetingPause())) {
            throw new SessionEndedException(new SmtpReply(554, "5.5.0", "spoke before the greeting"));
        }
        greet();
        return true;
    }

    /** Only where proxies stand in front: from anybody else the header could say anything, and without one nobody knows who it is. */
    private ProxyHeader proxied() throws IOException {
        if (!Network.anyContains(settings.hosts().proxies(), raw.getInetAddress())) {
            throw new ProtocolException("this port takes connections through its proxies only");
        }
        raw.setSoTimeout(timeoutMillis(OPENING));
        try {
            return ProxyHeader.read(raw.getInputStream());
        } catch (SocketTimeoutException e) {
            throw new ProtocolException("no PROXY header in time");
        }
    }

    /**
     * The session is this client's from now on, from the greeting.
     *
     * @return false when that client has too many connections
     */
    boolean isClient(InetAddress address, int port) {
        if (!listener.isAdmitted(visit, address)) {
            LOG.log(Level.INFO, () -> "session " + name + ": too many connections, " + address.getHostAddress() + " sent away");
            return false;
        }
        beginFor(address, port);
        return true;
    }

    private void beginFor(InetAddress address, int port) {
        endBy(listener.maySendAt(address) ? total : System.nanoTime() + STRANGER.toNanos());
        commands.begin(Client.connected(name, address, port, Network.anyContains(settings.hosts().trusted(), address)), true);
    }

    /** Whoever it is may send from now on. */
    void signedIn() {
        visit.maySend();
        endBy(total);
    }

    private void endBy(long time) {
        long end = Math.min(time - total, 0) + total;   // nanoTime may wrap
        deadline = end;
        wire.endBy(end);
    }

    /** Goes on over TLS, after the client was told that it may begin. */
    void secure() throws IOException {
        var context = settings.tls().contextOrNull();
        if (context == null) {
            throw new IllegalStateException("no certificate");
        }
        SSLContext tls = context.get();
        beginStage();
        raw.setSoTimeout(timeoutMillis(OPENING));
        commands.secured(wire.secure(tls));
        endStage();
    }

    void greet() throws IOException {
        wire.reply(new SmtpReply(220, "", settings.hostName() + " ESMTP Sekisho"));
    }

    private void beginStage() {
        stageEnd = System.nanoTime() + OPENING.toNanos() | 1;
    }

    private void endStage() {
        stageEnd = 0;
    }

    private int timeoutMillis(Duration atMost) {
        return Math.clamp(Math.min(settings.limits().idle().toMillis(), atMost.toMillis()), 1, Integer.MAX_VALUE);
    }

    private void converse() throws IOException {
        while (true) {
            switch (nextLine(commands.longestLine())) {
                case Wire.Line.End() -> {
                    return;
                }
                case Wire.Line.BareLineFeed() -> throw new SessionEndedException(new SmtpReply(500, "5.5.2", "commands end in CRLF"));
                case Wire.Line.TooLong(boolean chunk) -> unread(new SmtpReply(500, "5.5.2", "line longer than " + commands.longestLine() + " octets"), chunk);
                case Wire.Line.Unreadable(boolean chunk) -> unread(new SmtpReply(500, "5.5.2", "control characters or octets that are not UTF-8"), chunk);
                case Wire.Line.Text(String text) -> commands.obey(text);
            }
        }
    }

    /** @param chunk whether octets follow that are no commands; how many is not known then */
    private void unread(SmtpReply reply, boolean chunk) throws IOException {
        if (chunk) {
            throw new SessionEndedException(reply);
        }
        commands.wrong(reply);
    }

    /** Waits for a line; that is when the session may be told to stop. */
    Wire.Line nextLine(int longest) throws IOException {
        Phase waiting = commands.isBetweenChunks() ? Phase.BETWEEN_CHUNKS : Phase.WAITING;
        phase.set(waiting);
        if (waiting == Phase.WAITING && listener.isStopping()) {
            throw new SessionEndedException(SHUTTING_DOWN);
        }
        if (!settings.pipelining() && wire.hasInputBeforeReply()) {
            throw new SessionEndedException(EARLY);
        }
        Wire.Line line = wire.readLine(longest);
        if (!phase.compareAndSet(waiting, Phase.BUSY)) {
            throw new SessionEndedException(SHUTTING_DOWN);
        }
        return line;
    }

    private void farewell(SmtpReply reply) throws IOException {
        commands.close();
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
        long stage = stageEnd;
        return now - deadline > SmtpTransaction.ANSWERING.toNanos() && !commands.isAnswering(now) || stage != 0 && now - stage > 0 || wire.isStuck(now);
    }

    /** The time for messages to come to their end is over: one that is still coming in is forgotten, with 421, when more of it comes. */
    void breakOff() {
        wire.endWith(SHUTTING_DOWN);
    }

    /** The same for a client that has fallen silent. What it sends now it may never hear our answer to: TCP resets what nobody reads. */
    void breakOffSilent() {
        try {
            raw.shutdownInput();
        } catch (IOException _) {
            cutOff();
        }
    }

    /** The last call: whoever's message is only being stored is cut off, and it won't be accepted; whoever's is being accepted hears so. */
    void giveUp() {
        if (commands.giveUp()) {
            cutOff();
        }
    }

    void cutOff() {
        try {
            raw.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, () -> "session " + name + ": " + e);
        }
    }
}
