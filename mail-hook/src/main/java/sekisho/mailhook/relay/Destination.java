package sekisho.mailhook.relay;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import sekisho.mailhook.relay.RelayConnection.BrokenException;
import sekisho.mailhook.relay.RelayConnection.EnvelopeReplies;
import sekisho.mailhook.relay.RelayConnection.NoFinalAnswerException;
import sekisho.mailhook.relay.RelayResult.MaybeDelivered;
import sekisho.mailhook.relay.RelayResult.Permanent;
import sekisho.mailhook.relay.RelayResult.Temporary;
import sekisho.mailhook.relay.RelayResult.Unreached;
import sekisho.mailhook.smtp.Recipient;
import sekisho.mailhook.smtp.SmtpReply;

/**
 * A place that mail goes to: its hosts are tried in order, and a few connections are kept for the next message. Used by many threads at once;
 * {@link #send} waits for a free connection.
 */
public final class Destination implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Destination.class.getName());
    /** Postfix's {@code smtp_mx_session_limit}. */
    private static final int SESSIONS = 2;
    private static final String ENDED = "a kept connection to {0} had ended; connecting anew";

    private final Hosts hosts;
    private final HopSettings settings;
    private final LongAdder clearTexts;
    private final Connections connections;

    public Destination(Hosts hosts, HopSettings settings) {
        this(hosts, settings, new LongAdder());
    }

    /** @param clearTexts counts the connections that were made in clear because TLS failed */
    public Destination(Hosts hosts, HopSettings settings, LongAdder clearTexts) {
        this.hosts = hosts;
        this.settings = settings;
        this.clearTexts = clearTexts;
        this.connections = new Connections(settings);
    }

    /**
     * Sends one message. Every recipient has exactly one result, in the order of the envelope. A host that can't be connected to, or ends the
     * connection before it has answered RCPT, is passed over for the next one, but for those whom it had refused by then; and so, for those of the
     * recipients whom it put off, is one that says a temporary no, or breaks off in the text (RFC 5321 §5.1): {@value #SESSIONS} hosts are heard at the
     * most. One that doesn't offer what the message needs to go to a recipient is passed over too and not counted, since nothing was said to it of that
     * one; only when none of all the hosts can take it, it fails for good; never while some host can't be looked up.
     *
     * @throws IOException          what {@code body} threw, never the network, before any host was heard to the end: nobody has the message. Once one
     *                              was, its answers are the result, whatever happens at the next
     * @throws InterruptedException while waiting for a free connection, or for DNS; nothing was done
     */
    public List<RelayResult> send(OutgoingEnvelope envelope, MessageWriter body) throws IOException, InterruptedException {
        return send(envelope, body, false).results();
    }

    /**
     * What came of a message.
     *
     * @param results one for each recipient, in the order of the envelope
     * @param clear   whether some host whose TLS failed was asked in clear text: what it said then is no answer to the next message, which begins with TLS
     */
    public record Outcome(List<RelayResult> results, boolean clear) {
    }

    /**
     * The same, for a message that may have been tried before.
     *
     * @param again whether it was, a retry's pause ago, and TLS failed: with {@link HopSettings.Tls#OPPORTUNISTIC} the hosts whose TLS fails now as well are
     *     talked to in clear, once all were tried by TLS, for those recipients who are still left. A connection like that carries this one message
     */
    public Outcome send(OutgoingEnvelope envelope, MessageWriter body, boolean again) throws IOException, InterruptedException {
        connections.enter();
        try {
            var outcome = sendNow(envelope, body, again);
            return connections.aborted() ? new Outcome(RelayResults.aborted(outcome.results()), outcome.clear()) : outcome;
        } finally {
            connections.leave();
        }
    }

    private Outcome sendNow(OutgoingEnvelope envelope, MessageWriter body, boolean again) throws IOException, InterruptedException {
        List<RelayResult> results = RelayResults.none(envelope);
        RelayConnection kept = connections.takeKept();
        if (kept != null) {
            try {
                results = send(kept, envelope, body, false);
            } catch (StaleException e) {
                LOG.log(Level.DEBUG, ENDED, kept.remote());
                kept = null;
            }
        }
        if (RelayResults.left(results).isEmpty()) {
            return new Outcome(results, false);
        }
        if (connections.aborted()) {
            return new Outcome(RelayResults.brokenOff(results), false);
        }
        Hosts.Found there;
        try {
            there = hosts.find();
        } catch (InterruptedException | RuntimeException e) {
            if (kept == null) {
                throw e;
            }
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            return new Outcome(RelayResults.brokenOff(results), false);   // somebody may have it by the kept connection
        }
        return switch (there) {
            case Hosts.Found.Some found -> send(found, kept == null ? null : kept.host(), envelope, body, results, again);
            case Hosts.Found.Nowhere(var reply) -> new Outcome(RelayResults.after(results, recipient -> new Permanent(recipient, "", reply, false)), false);
            case Hosts.Found.NotNow(var reply) -> new Outcome(RelayResults.after(results, recipient -> new Unreached(recipient, "", reply, false)), false);
        };
    }

    /** A host, and whether to talk to it in clear although it offers TLS. */
    private record Try(Host host, boolean clear) {
    }

    /** @param heard the host that {@code first} are the results of, if any are */
    private Outcome send(Hosts.Found.Some found, @Nullable Host heard, OutgoingEnvelope envelope, MessageWriter body, List<RelayResult> first,
            boolean again) throws IOException {
        var tries = new ArrayDeque<Try>();
        found.hosts().stream().filter(host -> !host.equals(heard)).forEach(host -> tries.add(new Try(host, false)));
        List<RelayResult> results = first;
        boolean clear = false;
        int sessions = heard == null || RelayResults.nobodyTakes(first) ? 0 : 1;
        while (!tries.isEmpty()) {
            var next = tries.remove();
            // a host that is asked anew is no further one: backups that put off all mail mustn't keep it from that
            List<Recipient> left = sessions < SESSIONS || next.clear() ? RelayResults.left(results) : RelayResults.untaken(results);
            if (left.isEmpty()) {
                continue;
            }
            if (connections.aborted()) {
                return new Outcome(RelayResults.brokenOff(results), clear);
            }
            Host host = next.host();
            clear |= next.clear();
            try {
                var there = send(next, envelope.to(left), body);
                var each = there.iterator();
                results = RelayResults.after(results, left, _ -> next.clear() ? RelayResults.inClear(each.next()) : each.next());
                sessions += RelayResults.nobodyTakes(there) ? 0 : 1;
            } catch (StaleException e) {
                SmtpReply why = new SmtpReply(451, "4.4.2", said(e));
                results = RelayResults.after(results, left, recipient -> {
                    var there = e.silent ? new Unreached(recipient, host.toString(), why, false) : new Temporary(recipient, host.toString(), why, false);
                    return next.clear() ? RelayResults.inClear(there) : there;
                });
                LOG.log(Level.DEBUG, host + " was passed over: " + why.oneLine());
            } catch (BrokenException e) {
                SmtpReply why = new SmtpReply(451, e.tlsFailed() || isTlsTrouble(e) ? RelayResult.FAILED_TLS : "4.4.1", said(e));
                boolean later = e.tlsFailed() && settings.mayFallBackToClearText();   // it was talked to, and may be again: other mail needn't wait for it
                results = RelayResults.after(results, left, recipient -> later ? new Temporary(recipient, host.toString(), why, false)
                    : new Unreached(recipient, host.toString(), why, false));
                LOG.log(Level.DEBUG, host + " was passed over: " + why.oneLine());
                if (later && again) {
                    tries.add(new Try(host, true));
                }
            } catch (IOException | RuntimeException | Error e) {   // of the body
                if (sessions == 0) {
                    throw e;
                }
                LOG.log(Level.WARNING, "the message couldn't be read again for " + host + ": " + e.getClass().getName());
                return new Outcome(RelayResults.brokenOff(results), clear);
            }
        }
        return new Outcome(found.all() ? results : RelayResults.brokenOff(results), clear);
    }

    private List<RelayResult> send(Try next, OutgoingEnvelope envelope, MessageWriter body) throws StaleException, BrokenException, IOException {
        var kept = next.clear() ? null : connections.takeKept(next.host());
        if (kept != null) {
            try {
                return send(kept, envelope, body, false);
            } catch (StaleException e) {
                LOG.log(Level.DEBUG, ENDED, kept.remote());
            }
        }
        return send(open(next), envelope, body, next.clear());
    }

    private RelayConnection open(Try next) throws BrokenException {
        var connection = RelayConnection.to(next.host(), next.clear() ? settings.withTls(HopSettings.Tls.OFF, null) : settings);
        connections.use(connection);
        try {
            connection.open();
        } catch (BrokenException | RuntimeException | Error e) {
            connections.forget(connection);
            throw e;
        }
        if (!next.clear()) {
            return connection;
        }
        LOG.log(Level.WARNING, next.host() + " offers TLS and has failed at it again; a message goes to it in clear text");
        clearTexts.increment();
        return connection;
    }

    private static String said(Exception e) {
        return e.getMessage() == null ? "not reached" : e.getMessage();
    }

    /** How many connections there are now, idle ones too. */
    public int connections() {
        return connections.count();
    }

    /** The connection ended before MAIL or RCPT was answered, and refused nobody: another one may do. It may have been this message that it didn't like. */
    private static final class StaleException extends Exception {
        private static final long serialVersionUID = 1;
        /** Whether the host said nothing at all to it for as long as we waited: so it would to any other message. */
        private final boolean silent;

        StaleException(@Nullable String message, @Nullable Throwable cause) {
            super(message, cause);
            this.silent = isTimeout(cause);
        }
    }

    /**
     * Sends it to those recipients to whom it can go by this connection; for the others it fails here.
     *
     * @param clear whether it is in clear text since TLS failed; it carries no other message then
     */
    private List<RelayResult> send(RelayConnection connection, OutgoingEnvelope envelope, MessageWriter body, boolean clear) throws StaleException, IOException {
        var missing = connection.missing(envelope);
        var taken = envelope.recipients().stream().filter(recipient -> !missing.containsKey(recipient)).toList();
        if (taken.isEmpty()) {
            connections.giveBack(connection, true, !clear);
        }
        var sent = taken.isEmpty() ? Collections.<RelayResult>emptyIterator() : transact(connection, envelope.to(taken), body, clear).iterator();
        return RelayResults.each(envelope, recipient -> {
            var lacking = missing.get(recipient);
            return lacking == null ? sent.next() : new Permanent(recipient, connection.remote(), lacking, false);
        });
    }

    private List<RelayResult> transact(RelayConnection connection, OutgoingEnvelope envelope, MessageWriter body, boolean clear) throws StaleException, IOException {
        boolean reusable = false;
        try {
            EnvelopeReplies replies = ask(connection, envelope);
            BrokenException hungUp = replies.broken();
            if (hungUp != null) {
                return broken(connection, envelope, replies, clear, hungUp);
            }
            if (!replies.anybody()) {
                reusable = connection.reset();
                return RelayResults.of(connection.remote(), envelope, replies, clear, _ -> {
                    throw new IllegalStateException("nobody was accepted");
                });
            }
            try {
                SmtpReply end = connection.sendText(body);
                reusable = RelayConnection.isSuccess(end) || connection.reset();
                boolean dsn = connection.supportsExtension("DSN");
                return RelayResults.of(connection.remote(), envelope, replies, clear, recipient -> RelayResults.said(recipient, connection.remote(), end, dsn));
            } catch (BrokenException e) {
                return broken(connection, envelope, replies, clear, e);
            } catch (NoFinalAnswerException e) {
                String reason = said(e);
                LOG.log(Level.WARNING, connection.remote() + ": " + reason + "; the message may or may not have arrived");
                return RelayResults.of(connection.remote(), envelope, replies, clear, recipient -> new MaybeDelivered(recipient, connection.remote(), reason));
            }
        } finally {
            connections.giveBack(connection, reusable, !clear);
        }
    }

    private static List<RelayResult> broken(RelayConnection connection, OutgoingEnvelope envelope, EnvelopeReplies replies, boolean clear, BrokenException why) {
        SmtpReply broken = new SmtpReply(451, "4.4.2", connection.remote() + " " + why.getMessage());
        return RelayResults.of(connection.remote(), envelope, replies, clear, recipient -> new Temporary(recipient, connection.remote(), broken, false));
    }

    private static EnvelopeReplies ask(RelayConnection connection, OutgoingEnvelope envelope) throws StaleException {
        EnvelopeReplies replies;
        try {
            replies = connection.sendEnvelope(envelope);
        } catch (BrokenException e) {
            throw new StaleException(connection.remote() + " " + e.getMessage(), e);
        }
        if (replies.mail().code() == 421) {
            throw new StaleException(connection.remote() + " said " + replies.mail().oneLine(), null);
        }
        return replies;
    }

    private static boolean isTlsTrouble(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException || String.valueOf(cause.getMessage()).contains("STARTTLS")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isTimeout(@Nullable Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }

    /**
     * Breaks off what is being sent, and sends nothing any more. Whoever is in {@link #send} has its results at once, but for one that waits for DNS or
     * reads its text: {@link RelayResult.MaybeDelivered} where the text had come to its end, {@link RelayResult.Aborted} where it hadn't. Threads are left
     * alone: they have to write that down.
     */
    public void abort() {
        connections.abort();
    }

    /** Ends the kept connections, and doesn't wait for that. A message that is being sent goes on to its end. */
    @Override
    public void close() {
        connections.close();
    }
}
