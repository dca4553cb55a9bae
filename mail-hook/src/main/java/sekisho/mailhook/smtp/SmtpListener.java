package sekisho.mailhook.smtp;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import sekisho.gateway.Rounds;

/**
 * Takes mail on one port: a virtual thread and some 22 KiB of buffers for each connection.
 *
 * <p>{@link #start} returns when the port is open; {@link #stop} lets messages that are being received come to their end.
 */
public final class SmtpListener implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SmtpListener.class.getName());
    private static final int BACKLOG = 512;
    /** How long a client that is sending has to send something, and so to hear 421, before its input is closed. */
    private static final Duration SENDING = Duration.ofMillis(500);
    /** How long the end of a session may take: the 421, and the storing of a message that was complete. */
    private static final Duration LEAVING = Duration.ofSeconds(10);
    /** Out of file descriptors or memory, most likely: accepting again at once would spin. */
    private static final Duration AFTER_FAILURE = Duration.ofMillis(100);

    private final SmtpSettings settings;
    private final Transactions transactions;
    private final Traffic traffic;
    private final ServerSocket server;
    private final RateLimit connectionsPerMinute;
    private final RateLimit messagesPerMinute;
    private final RateLimit recipientsPerMinute;
    private final Set<SmtpSession> sessions = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean stopping;

    private SmtpListener(SmtpSettings settings, Transactions transactions, Traffic traffic, ServerSocket server) {
        this.settings = settings;
        this.transactions = transactions;
        this.traffic = traffic;
        this.server = server;
        this.connectionsPerMinute = new RateLimit(settings.rates().connections());
        this.messagesPerMinute = new RateLimit(settings.rates().messages());
        this.recipientsPerMinute = new RateLimit(settings.rates().recipients());
    }

    /** A listener that is alone in its process. */
    public static SmtpListener start(SmtpSettings settings, Transactions transactions) throws IOException {
        return start(settings, transactions, new Traffic(settings.limits().connections(), settings.limits().connectionsPerClient()));
    }

    /**
     * Opens the port and takes connections until {@link #stop}.
     *
     * @param traffic counts the connections of all listeners that share it
     * @throws IOException when the port can't be opened; says which and what to do
     */
    public static SmtpListener start(SmtpSettings settings, Transactions transactions, Traffic traffic) throws IOException {
        ServerSocket server = new ServerSocket();
        try {
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(settings.address(), settings.port()), BACKLOG);
        } catch (IOException e) {
            server.close();
            throw new IOException("cannot listen for SMTP on " + settings.address().getHostAddress() + ":" + settings.port() + ": " + e.getMessage()
                    + "; stop the other process or set another port", e);
        }
        var listener = new SmtpListener(settings, transactions, traffic, server);
        Thread.ofPlatform().name("smtp-accept-" + listener.port()).start(listener::acceptAll);
        Thread.ofVirtual().name("smtp-watch-" + listener.port()).start(listener::watch);
        return listener;
    }

    /** The port that is really open. */
    public int port() {
        return server.getLocalPort();
    }

    /** How many connections are open now. */
    public int connections() {
        return sessions.size();
    }

    SmtpSettings settings() {
        return settings;
    }

    Transactions transactions() {
        return transactions;
    }

    RateLimit messagesPerMinute() {
        return messagesPerMinute;
    }

    RateLimit recipientsPerMinute() {
        return recipientsPerMinute;
    }

    boolean isStopping() {
        return stopping;
    }

    private void acceptAll() {
        Rounds.run(() -> {
            if (!stopping) {
                var client = server.accept();
                try {
                    admit(client);
                } catch (IOException gone) {   // it went by itself, which keeps nobody else
                    LOG.log(Level.DEBUG, () -> "port " + port() + ": a client went before it was greeted: " + gone.getMessage());
                }
            }
            return !stopping;
        }, AFTER_FAILURE, failed -> {
            if (!stopping) {
                LOG.log(Level.WARNING, "port " + port() + ": a connection could not be accepted", failed);
            }
        });
    }

    /** Whatever keeps a session from beginning, its client isn't left waiting. */
    private void admit(Socket socket) throws IOException {
        boolean begun = false;
        try {
            begun = !stopping && begins(socket);
        } finally {
            if (!begun) {
                socket.close();
            }
        }
    }

    /** @return false when the client was sent away */
    private boolean begins(Socket socket) throws IOException {
        Traffic.Visit visit = traffic.enter();
        boolean begun = false;
        try {
            if (visit == null || !isBehindProxy() && !isAdmitted(visit, socket.getInetAddress())) {   // before anything is spent on it
                sendAway(socket);
            } else {
                socket.setTcpNoDelay(true);
                begin(new SmtpSession(this, socket, visit));
                begun = true;
            }
            return begun;
        } finally {
            if (visit != null && !begun) {
                visit.close();
            }
        }
    }

    private void begin(SmtpSession session) {
        boolean begun = false;
        try {
            sessions.add(session);
            Thread.ofVirtual().name("smtp-session").start(session);
            begun = true;
        } finally {
            if (!begun) {
                ended(session);
            }
        }
        if (stopping) {
            session.askToStop();
        }
    }

    /** Whether the address of a connection is that of a proxy, and the client's is yet to be told. */
    boolean isBehindProxy() {
        return !settings.hosts().proxies().isEmpty();
    }

    /** Whether a client may send because of its address alone. */
    boolean maySendAt(InetAddress client) {
        return settings.signInOrNull() == null && Network.anyContains(settings.hosts().trusted(), client);
    }

    /** Whether this client may have one more connection now; it is counted then. */
    boolean isAdmitted(Traffic.Visit visit, InetAddress client) {
        return visit.become(client, maySendAt(client)) && connectionsPerMinute.take(Traffic.key(client));
    }

    private void sendAway(Socket socket) throws IOException {
        try (socket) {
            if (settings.tls().mode() != SmtpSettings.TlsMode.IMPLICIT) {
                socket.getOutputStream().write(SmtpSession.TOO_MANY.onTheWire().getBytes(StandardCharsets.US_ASCII));
                socket.shutdownOutput();
            }
        }
        LOG.log(Level.INFO, () -> "too many connections: " + socket.getInetAddress().getHostAddress() + " sent away");
    }

    void ended(SmtpSession session) {
        sessions.remove(session);
        synchronized (sessions) {
            sessions.notifyAll();
        }
    }

    /** Cuts off sessions that no read limit can end. */
    private void watch() {
        Rounds.run(() -> {
            boolean over = closed.await(1, TimeUnit.SECONDS);
            cutOffOverdue(System.nanoTime());
            return !over;
        }, AFTER_FAILURE, failed -> LOG.log(Level.WARNING, "port " + port() + ": sessions could not be looked after", failed));
    }

    /** @param now in {@link System#nanoTime} */
    void cutOffOverdue(long now) {
        sessions.stream().filter(session -> session.isOverdue(now)).forEach(SmtpSession::cutOff);
    }

    /**
     * Takes no new connections, ends with 421 those that wait for a command, and lets those in the middle of a message come to its end, but no
     * longer than {@code grace}; then they hear 421 too, nothing of their message stays, and their clients send it again. A message that was
     * complete then is still answered, unless storing it takes more than another 10 s: then it won't be accepted, and is sent again. Returns when all
     * sessions have ended, some 20 s after {@code grace} at the latest.
     */
    public void stop(Duration grace) {
        stop(grace, LEAVING);
    }

    void stop(Duration grace, Duration leaving) {
        stopping = true;
        try {
            server.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "port " + port() + " could not be closed", e);
        }
        sessions.forEach(SmtpSession::askToStop);
        if (!awaitNoSessions(grace)) {
            LOG.log(Level.WARNING, sessions.size() + " sessions broken off after " + grace);
            sessions.forEach(SmtpSession::breakOff);
            if (!awaitNoSessions(SENDING)) {
                sessions.forEach(SmtpSession::breakOffSilent);
            }
            if (!awaitNoSessions(leaving)) {
                sessions.forEach(SmtpSession::giveUp);
                if (!awaitNoSessions(leaving)) {
                    sessions.forEach(SmtpSession::cutOff);
                }
            }
        }
        closed.countDown();
    }

    private boolean awaitNoSessions(Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        synchronized (sessions) {
            while (!sessions.isEmpty()) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return false;
                }
                try {
                    sessions.wait(left);
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
        }
        return true;
    }

    /** Stops at once; messages in the middle are cut off. */
    @Override
    public void close() {
        stop(Duration.ZERO);
    }
}
