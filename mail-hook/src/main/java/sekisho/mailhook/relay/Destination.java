package sekisho.mailhook.relay;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import sekisho.mailhook.relay.RelayConnection.BrokenException;
import sekisho.mailhook.relay.RelayConnection.EnvelopeReplies;
import sekisho.mailhook.relay.RelayConnection.NoFinalAnswerException;
import sekisho.mailhook.relay.RelayResult.Delivered;
import sekisho.mailhook.relay.RelayResult.MaybeDelivered;
import sekisho.mailhook.relay.RelayResult.Permanent;
import sekisho.mailhook.relay.RelayResult.Temporary;
import sekisho.mailhook.smtp.Recipient;
import sekisho.mailhook.smtp.SmtpReply;

/** The next hop, with a few connections that are kept for the next message. Used by many threads at once; {@link #send} waits for a free connection. */
public final class SmartHost implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SmartHost.class.getName());

    private final SmartHostSettings settings;
    private final Semaphore permits;
    private final Deque<RelayConnection> idle = new ArrayDeque<>();
    private final Set<RelayConnection> busy = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);

    public SmartHost(SmartHostSettings settings) {
        this.settings = settings;
        this.permits = new Semaphore(settings.connections(), true);
        Thread.ofVirtual().name("relay-watch").start(this::watch);
    }

    /**
     * Sends one message. Every recipient has exactly one result, in the order of the envelope.
     *
     * @throws IOException          what {@code body} threw, never the network; the next hop has nothing
     * @throws InterruptedException while waiting for a free connection; nothing was done
     */
    public List<RelayResult> send(OutgoingEnvelope envelope, MessageWriter body) throws IOException, InterruptedException {
        permits.acquire();
        try {
            RelayConnection kept = takeIdle();
            if (kept != null) {
                try {
                    return send(kept, envelope, body);
                } catch (StaleException e) {
                    LOG.log(Level.DEBUG, "a kept connection to " + remote() + " had ended; connecting anew");
                }
            }
            try {
                return send(RelayConnection.open(settings), envelope, body);
            } catch (StaleException e) {
                return temporary(envelope, "4.4.2", e.getMessage());
            } catch (BrokenException e) {
                return temporary(envelope, isTlsTrouble(e) ? "4.7.5" : "4.4.1", e.getMessage());
            }
        } finally {
            permits.release();
        }
    }

    /** The connection ended before MAIL was answered: another one may do. */
    private static final class StaleException extends Exception {
        private static final long serialVersionUID = 1;

        StaleException(@Nullable String message) {
            super(message);
        }
    }

    private List<RelayResult> send(RelayConnection connection, OutgoingEnvelope envelope, MessageWriter body) throws StaleException, IOException {
        busy.add(connection);
        boolean reusable = false;
        List<SmtpReply> accepting = List.of();
        try {
            SmtpReply missing = connection.missing(envelope);
            if (missing != null) {
                reusable = true;
                return each(envelope, recipient -> new Permanent(recipient, remote(), missing, false));
            }
            EnvelopeReplies replies;
            try {
                replies = connection.sendEnvelope(envelope);
            } catch (BrokenException e) {
                throw new StaleException("smart host " + e.getMessage());
            }
            if (replies.mail().code() == 421) {
                throw new StaleException("smart host said " + replies.mail().oneLine());
            }
            boolean nobody = !RelayConnection.isSuccess(replies.mail()) || replies.recipients().stream().noneMatch(RelayConnection::isSuccess);
            if (nobody) {
                reusable = connection.reset();
                return results(envelope, replies, replies.mail(), false);
            }
            accepting = replies.recipients();
            SmtpReply end = connection.sendText(body);
            reusable = RelayConnection.isSuccess(end) || connection.reset();
            return results(envelope, replies, end, connection.supportsExtension("DSN"));
        } catch (BrokenException e) {
            return temporary(envelope, "4.4.2", "smart host " + e.getMessage());
        } catch (NoFinalAnswerException e) {
            LOG.log(Level.WARNING, remote() + ": " + e.getMessage() + "; the message may or may not have arrived");
            return unanswered(envelope, accepting, e.getMessage() == null ? "" : e.getMessage());
        } finally {
            busy.remove(connection);
            giveBack(connection, reusable);
        }
    }

    /** Only those whose RCPT was accepted may have it; the others have their answer. */
    private List<RelayResult> unanswered(OutgoingEnvelope envelope, List<SmtpReply> rcpts, String reason) {
        List<RelayResult> results = new ArrayList<>();
        for (int i = 0; i < envelope.recipients().size(); i++) {
            Recipient recipient = envelope.recipients().get(i);
            boolean refused = i < rcpts.size() && !RelayConnection.isSuccess(rcpts.get(i));
            results.add(refused ? result(recipient, rcpts.get(i), rcpts.get(i).code() == 552, false) : new MaybeDelivered(recipient, remote(), reason));
        }
        return results;
    }

    /** @param end the answer that holds for every recipient whose RCPT was accepted */
    private List<RelayResult> results(OutgoingEnvelope envelope, EnvelopeReplies replies, SmtpReply end, boolean dsn) {
        List<RelayResult> results = new ArrayList<>();
        for (int i = 0; i < envelope.recipients().size(); i++) {
            SmtpReply rcpt = i < replies.recipients().size() && RelayConnection.isSuccess(replies.mail()) ? replies.recipients().get(i) : end;
            results.add(result(envelope.recipients().get(i), RelayConnection.isSuccess(rcpt) ? end : rcpt, rcpt != end && rcpt.code() == 552, dsn));
        }
        return results;
    }

    /** @param tooMany 552 to RCPT: old servers say so when there are too many recipients, so it is temporary (RFC 5321 §4.5.3.1.10) */
    private RelayResult result(Recipient recipient, SmtpReply reply, boolean tooMany, boolean dsn) {
        return switch (reply.code() / 100) {
            case 2 -> new Delivered(recipient, remote(), reply, dsn);
            case 5 -> tooMany ? new Temporary(recipient, remote(), reply, true) : new Permanent(recipient, remote(), reply, true);
            default -> new Temporary(recipient, remote(), reply, true);
        };
    }

    private List<RelayResult> temporary(OutgoingEnvelope envelope, String enhanced, @Nullable String why) {
        SmtpReply reply = new SmtpReply(451, enhanced, why == null ? "smart host not reached" : why);
        return each(envelope, recipient -> new Temporary(recipient, remote(), reply, false));
    }

    private static List<RelayResult> each(OutgoingEnvelope envelope, Function<Recipient, RelayResult> result) {
        return envelope.recipients().stream().map(result).toList();
    }

    private static boolean isTlsTrouble(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException || String.valueOf(cause.getMessage()).contains("STARTTLS")) {
                return true;
            }
        }
        return false;
    }

    private @Nullable RelayConnection takeIdle() {
        synchronized (idle) {
            return idle.pollLast();
        }
    }

    private void giveBack(RelayConnection connection, boolean reusable) {
        if (!reusable) {
            connection.drop();
            return;
        }
        connection.becomesIdle();
        synchronized (idle) {
            if (connection.messages() < settings.messagesPerConnection() && closed.getCount() > 0) {
                idle.addLast(connection);
                return;
            }
        }
        connection.quit();
    }

    /** Ends connections that have been idle too long, and those whose next hop does not take what we write. */
    private void watch() {
        try {
            while (!closed.await(1, TimeUnit.SECONDS)) {
                long now = System.nanoTime();
                busy.stream().filter(connection -> connection.isStuck(now)).forEach(RelayConnection::drop);
                List<RelayConnection> expired = new ArrayList<>();
                synchronized (idle) {
                    while (!idle.isEmpty() && now - idle.peekFirst().idleSince() > settings.keepIdle().toNanos()) {
                        expired.add(idle.pollFirst());
                    }
                }
                expired.forEach(RelayConnection::quit);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private String remote() {
        return RelayConnection.remote(settings);
    }

    /** Ends the kept connections. A message that is being sent goes on to its end. */
    @Override
    public void close() {
        closed.countDown();
        for (RelayConnection connection = takeIdle(); connection != null; connection = takeIdle()) {
            connection.quit();
        }
    }
}
