package sekisho.mailhook.relay;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeSet;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;
import sekisho.mailhook.smtp.Recipient;
import sekisho.mailhook.smtp.SmtpReply;

/**
 * One connection to the next hop. Connecting, TLS and AUTH are the library's; MAIL, RCPT and the text are ours, with the answers to them. Methods are
 * synchronized since the library wants its lock held. After an exception the connection is only good for {@link #drop}.
 */
final class RelayConnection extends SMTPTransport {
    private static final int BLOCK_OCTETS = 16 * 1024;
    private static final int CHUNK_OCTETS = 128 * 1024;
    private static final int RECIPIENTS_IN_A_GROUP = 100;
    private static final long ANSWER_OCTETS = 64 * 1024;
    private static final long CONNECT_OCTETS = 1 << 20;
    /** Words that are there already, or on their way. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);
    private static final byte[] DOT = {'.', '\r', '\n'};

    private final Host host;
    private final HopSettings settings;
    private final RelaySockets sockets;
    private @Nullable Replies replies;
    /** Commands whose answers weren't read yet. */
    private int awaited;
    private int messages;
    private long idleSince;
    /** STARTTLS was begun, and the host hasn't answered behind it. */
    private boolean tlsPending;

    private RelayConnection(Host host, HopSettings settings, RelaySockets sockets, Properties properties) {
        super(Session.getInstance(properties), null);
        this.host = host;
        this.settings = settings;
        this.sockets = sockets;
    }

    /** The connection is gone or makes no sense any more; the transaction has not reached the end of its text. */
    static sealed class BrokenException extends Exception permits OutOfStepException {
        private static final long serialVersionUID = 1;

        /** Whether TLS was offered and did not come about, or was of no use. */
        private final boolean tlsFailed;

        BrokenException(String message, @Nullable Throwable cause) {
            this(message, cause, false);
        }

        private BrokenException(String message, @Nullable Throwable cause, boolean tlsFailed) {
            super(message, cause);
            this.tlsFailed = tlsFailed;
        }

        /** With 421, which a host may say to any command (RFC 5321 §3.8). */
        private static BrokenException closing(SmtpReply reply) {
            return new BrokenException("said " + reply.oneLine(), null);
        }

        boolean tlsFailed() {
            return tlsFailed;
        }
    }

    /** It has said what nobody asked: what else it said may have been the answer to another command. */
    private static final class OutOfStepException extends BrokenException {
        private static final long serialVersionUID = 1;

        OutOfStepException() {
            super("is out of step: spoke without having been asked", null);
        }
    }

    /** One that isn't open yet. */
    static RelayConnection to(Host host, HopSettings settings) {
        boolean required = settings.tls() == HopSettings.Tls.REQUIRED;
        var sockets = new RelaySockets(host, required ? settings.trust() : RelaySockets.unauthenticated(), required);
        Properties properties = new Properties();
        properties.put("mail.smtp.localhost", settings.hello());
        properties.put("mail.smtp.socketFactory", sockets.plain());
        properties.put("mail.smtp.socketFactory.fallback", "false");   // else a failure leads to a second connection, past our limits
        properties.put("mail.smtp.ssl.socketFactory", sockets.tls());
        properties.put("mail.smtp.ssl.checkserveridentity", "false");   // the library knows the address alone; our factory checks the name
        properties.put("mail.smtp.starttls.enable", Boolean.toString(settings.tls() != HopSettings.Tls.OFF));
        properties.put("mail.smtp.starttls.required", Boolean.toString(required));
        properties.put("mail.smtp.connectiontimeout", Long.toString(settings.timeouts().connect().toMillis()));
        properties.put("mail.smtp.quitwait", "false");
        properties.put("mail.smtp.auth", Boolean.toString(settings.credentials().isPresent()));
        return new RelayConnection(host, settings, sockets, properties);
    }

    synchronized void open() throws BrokenException {
        sockets.socket.expectWithin(settings.timeouts().connect().plus(settings.timeouts().command()), CONNECT_OCTETS);
        var credentials = settings.credentialsOrNull();
        try {
            connect(host.address().getHostAddress(), host.port(), credentials == null ? null : credentials.user(), credentials == null ? null : credentials.password());
            if (credentials != null && !supportsExtension("AUTH") && !supportsExtension("AUTH=LOGIN")) {
                throw new MessagingException("it offers no AUTH, and the password of the route can't be used");   // the library would go on without
            }
            replies = new Replies(sockets);
        } catch (MessagingException | IOException e) {
            throw new BrokenException((tlsPending ? RelayResult.NO_TLS : "cannot open ") + host + ": " + reason(e), e, tlsPending);
        }
    }

    /** Called once the host has offered it. */
    @Override
    protected void startTLS() throws MessagingException {
        tlsPending = true;
        super.startTLS();
    }

    /**
     * After STARTTLS the library keeps what was said in clear when EHLO fails; anybody may have said that. And where EHLO is put off, or answered by
     * what is no refusal (that was to be read before, and its answer comes next), it goes on with HELO, as to a server that knows no extensions: what such
     * a one seemed to lack would be refused for good, and TLS left out. A 250 that was to be read before looks like the answer of such a server, too: that
     * is asked twice.
     */
    @Override
    protected boolean ehlo(String domain) throws MessagingException {
        boolean understood = super.ehlo(domain);
        boolean later = getLastReturnCode() / 100 == 4;
        if (understood || later) {
            tlsPending = false;
        }
        if (later) {
            throw new MessagingException("EHLO was put off: " + getLastServerResponse());
        }
        if (!understood && sockets.isEncrypted()) {
            throw new MessagingException("EHLO refused after STARTTLS");
        }
        if (!understood && getLastReturnCode() / 100 != 5) {
            throw new MessagingException("no answer to EHLO, but: " + getLastServerResponse());
        }
        if (understood && offersNothing() && (super.ehlo(domain) ? !offersNothing() : getLastReturnCode() / 100 != 5)) {   // some refuse a second one
            throw new MessagingException("it is out of step: it answered EHLO twice, and not alike");
        }
        return understood;
    }

    private boolean offersNothing() {
        return getLastServerResponse().lines().count() == 1;
    }

    /** What the message needs to go to each recipient and the next hop does not offer, as the replies to give for them; nothing where nothing is missing. */
    synchronized Map<Recipient, SmtpReply> missing(OutgoingEnvelope envelope) {
        var missing = new HashMap<Recipient, SmtpReply>();
        for (Recipient recipient : envelope.recipients()) {
            SmtpReply reply = missingFor(envelope.to(List.of(recipient)));
            if (reply != null) {
                missing.put(recipient, reply);
            }
        }
        return missing;
    }

    private @Nullable SmtpReply missingFor(OutgoingEnvelope envelope) {
        if (envelope.smtpUtf8() && !supportsExtension("SMTPUTF8")) {
            return new SmtpReply(550, "5.6.7", "the next hop takes no addresses or header fields outside ASCII (SMTPUTF8)");
        }
        if ((envelope.eightBit() || envelope.smtpUtf8()) && !supportsExtension("8BITMIME")) {
            return new SmtpReply(550, "5.6.3", "the next hop takes no 8-bit text (8BITMIME), and converting it would break signatures");
        }
        String limit = supportsExtension("SIZE") ? getExtensionParameter("SIZE").strip() : "";
        if (limit.matches("0*[1-9]\\d{0,17}") && envelope.sizeOctets() > Long.parseLong(limit)) {
            return new SmtpReply(552, "5.3.4", "larger than the " + limit + " octets that the next hop takes");
        }
        return null;
    }

    private boolean pipelines() {
        return supportsExtension("PIPELINING");
    }

    /**
     * The answer to MAIL and, when that was positive, those to each RCPT.
     *
     * @throws BrokenException when nothing was refused or put off before that
     */
    synchronized EnvelopeReplies sendEnvelope(OutgoingEnvelope envelope) throws BrokenException {
        messages++;
        var answers = new ArrayList<SmtpReply>();
        BrokenException broken = null;
        try {
            ask(envelope, answers);
        } catch (OutOfStepException e) {
            throw e;   // which answer is whose nobody knows
        } catch (BrokenException e) {
            broken = e;
        }
        if (broken == null) {
            return new EnvelopeReplies(answers.getFirst(), answers.subList(1, answers.size()), null);
        }
        if (!answers.isEmpty() && isClosing(answers.getLast())) {
            broken = BrokenException.closing(answers.removeLast());
        }
        if (answers.stream().allMatch(RelayConnection::isSuccess)) {
            throw broken;
        }
        return new EnvelopeReplies(answers.getFirst(), answers.subList(1, answers.size()), broken);
    }

    private void ask(OutgoingEnvelope envelope, List<SmtpReply> answers) throws BrokenException {
        boolean pipelining = pipelines();
        var pace = new EnvelopePace(settings.timeouts().command(), envelope.recipients().size(), System.nanoTime());
        send(mailCommand(envelope));
        if (!pipelining) {
            answers.add(answer(pace));
        }
        for (int from = 0; from < envelope.recipients().size() && (answers.isEmpty() || isSuccess(answers.getFirst())); from += RECIPIENTS_IN_A_GROUP) {
            BrokenException gone = null;
            for (Recipient recipient : envelope.recipients().subList(from, Math.min(envelope.recipients().size(), from + RECIPIENTS_IN_A_GROUP))) {
                try {
                    send(rcptCommand(recipient, envelope.smtpUtf8()));
                } catch (BrokenException e) {
                    gone = e;
                    break;
                }
                if (!pipelining) {
                    answers.add(answer(pace));
                }
            }
            while (awaited > 0) {   // also of a host that is gone before it had all commands: it may have said why
                answers.add(answer(pace));
            }
            if (gone != null) {
                throw gone;
            }
        }
    }

    /** @param broken why some of {@code recipients} are missing; null when none are */
    record EnvelopeReplies(SmtpReply mail, List<SmtpReply> recipients, @Nullable BrokenException broken) {

        boolean anybody() {
            return isSuccess(mail) && recipients.stream().anyMatch(RelayConnection::isSuccess);
        }
    }

    private String mailCommand(OutgoingEnvelope envelope) {
        var command = new StringBuilder("MAIL FROM:<").append(envelope.from()).append('>');
        if (envelope.sizeOctets() >= 0 && supportsExtension("SIZE")) {
            command.append(" SIZE=").append(envelope.sizeOctets());
        }
        if (envelope.eightBit() || envelope.smtpUtf8()) {
            command.append(" BODY=8BITMIME");
        }
        if (envelope.smtpUtf8()) {
            command.append(" SMTPUTF8");
        }
        if (supportsExtension("DSN")) {
            envelope.ret().ifPresent(ret -> command.append(" RET=").append(ret));
            envelope.envid().ifPresent(envid -> command.append(" ENVID=").append(envid));
        }
        return command.toString();
    }

    private String rcptCommand(Recipient recipient, boolean smtpUtf8) {
        var command = new StringBuilder("RCPT TO:<").append(recipient).append('>');
        if (supportsExtension("DSN")) {
            if (!recipient.notifyOn().isEmpty()) {
                command.append(" NOTIFY=").append(String.join(",", new TreeSet<>(recipient.notifyOn()).stream().map(Enum::name).toList()));
            }
            (smtpUtf8 ? recipient.orcpt() : recipient.orcptInAscii()).ifPresent(orcpt -> command.append(" ORCPT=").append(orcpt));
        }
        return command.toString();
    }

    /**
     * Sends the text and returns the answer to its end, or the one that stopped it earlier. Behind commands in a group by DATA: among their answers
     * a stray one can't be told, and 354 is what none of them is; to a chunk a late answer to RCPT would do as well as its own (docs/decisions/0030).
     *
     * @throws BrokenException        nothing was accepted; also when the next hop has said something before that end and no refusal
     * @throws NoFinalAnswerException perhaps it was
     * @throws IOException            of the writer; nothing was accepted, and the connection must be dropped: it is in the middle of the text
     */
    synchronized SmtpReply sendText(MessageWriter body) throws BrokenException, NoFinalAnswerException, IOException {
        sockets.socket.pace().textBegins();
        return settings.chunking() && supportsExtension("CHUNKING") && !pipelines() ? sendChunks(body) : sendData(body);
    }

    /** The end of the text was sent and no answer to it came. */
    static final class NoFinalAnswerException extends Exception {
        private static final long serialVersionUID = 1;

        NoFinalAnswerException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    private SmtpReply sendData(MessageWriter body) throws BrokenException, NoFinalAnswerException, IOException {
        send("DATA");
        SmtpReply go = answer();
        if (go.code() != 354) {
            if (isSuccess(go)) {
                throw new BrokenException("answered DATA with " + go.code(), null);
            }
            return go;
        }
        var text = new CanonicalOutput((block, length, last) -> {
            sockets.out().write(block, 0, length);
            if (last) {
                requireInStep();
                sockets.out().write(DOT);
                sockets.out().flush();
            }
        }, true, BLOCK_OCTETS);
        SmtpReply early = write(body, text);
        return early != null ? early : finalAnswer();
    }

    private SmtpReply sendChunks(MessageWriter body) throws BrokenException, NoFinalAnswerException, IOException {
        requireInStepYet();
        var refusal = new SmtpReply[1];
        var text = new CanonicalOutput((block, length, last) -> {
            try {
                send("BDAT " + length + (last ? " LAST" : ""));
                sockets.out().write(block, 0, length);
                sockets.out().flush();
                if (!last) {
                    SmtpReply reply = answer();
                    if (!isSuccess(reply)) {
                        refusal[0] = reply;
                        throw new IOException("chunk refused");
                    }
                }
            } catch (BrokenException e) {
                throw new IOException(e.getMessage(), e);
            }
        }, false, CHUNK_OCTETS);
        SmtpReply early = write(body, text, refusal);
        return early != null ? early : finalAnswer();
    }

    /** Returns null when all was written, or the refusal that came in the middle. */
    private @Nullable SmtpReply write(MessageWriter body, CanonicalOutput text, SmtpReply... refusal) throws BrokenException, IOException {
        try {
            body.writeTo(text);
            text.finish();
            return null;
        } catch (IOException e) {
            if (text.failure() == null) {
                throw e;
            }
            if (refusal.length > 0 && refusal[0] != null) {
                return refusal[0];
            }
            return lastWords(text.failure());
        }
    }

    /** A next hop that closes in the middle of the text, or speaks there, may have said why. */
    private SmtpReply lastWords(@Nullable IOException failure) throws BrokenException {
        try {
            var said = RemoteReply.parse(replies().read(LAST_WORDS, ANSWER_OCTETS)).filter(reply -> !reply.isPositive());
            if (said.isPresent()) {
                drop();
                return said.get();
            }
        } catch (IOException | RuntimeException e) {
            throw new BrokenException("went away in the middle of the text", e);
        }
        throw new BrokenException("went away, or out of step, in the middle of the text", failure);
    }

    private SmtpReply finalAnswer() throws NoFinalAnswerException {
        try {
            var reply = RemoteReply.parse(replies().read(settings.timeouts().dataEnd(), ANSWER_OCTETS));
            awaited = 0;
            if (reply.isPresent() && reply.get().code() / 100 != 3) {
                return reply.get();
            }
            throw new NoFinalAnswerException("no answer to the end of the message", null);
        } catch (IOException | RuntimeException e) {
            throw new NoFinalAnswerException("no answer to the end of the message: " + reason(e), e);
        }
    }

    /** Forgets the transaction, so that the connection may carry the next one; false when it can't. */
    synchronized boolean reset() {
        try {
            send("RSET");
            return isSuccess(answer());
        } catch (BrokenException _) {
            return false;
        }
    }

    private void send(String command) throws BrokenException {
        if (awaited == 0) {
            requireInStepYet();
        }
        awaited++;
        try {
            // The library turns each character into one octet; given UTF-8 as characters it sends UTF-8 (RFC 6531 §3.1).
            sendCommand(new String(command.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
        } catch (MessagingException | RuntimeException e) {
            throw new BrokenException("went away: " + reason(e), e);
        }
    }

    /** While no answer is awaited: what it says now would be taken for that to the next command, and each later one for that to the command before. */
    private void requireInStep() throws IOException {
        if (replies().hasMore()) {
            throw new IOException("spoke without having been asked");
        }
    }

    private void requireInStepYet() throws BrokenException {
        String said;
        try {
            if (!replies().hasMore()) {
                return;
            }
            said = replies().read(LAST_WORDS, ANSWER_OCTETS);
        } catch (SocketTimeoutException _) {
            throw new OutOfStepException();   // half a reply
        } catch (IOException e) {
            throw new BrokenException("went away: " + reason(e), e);
        }
        throw RemoteReply.parse(said).filter(RelayConnection::isClosing).map(BrokenException::closing).orElseGet(OutOfStepException::new);
    }

    private static boolean isClosing(SmtpReply reply) {
        return reply.code() == 421;
    }

    private SmtpReply answer(EnvelopePace pace) throws BrokenException {
        var left = pace.left(System.nanoTime());
        if (left.isPositive()) {
            try {
                return answer(left);
            } catch (BrokenException e) {
                if (pace.left(System.nanoTime()).isPositive()) {
                    throw e;
                }
            }
        }
        throw new BrokenException("took too long over the recipients, though not over one", null);
    }

    private SmtpReply answer() throws BrokenException {
        return answer(settings.timeouts().command());
    }

    private SmtpReply answer(Duration atMost) throws BrokenException {
        String said;
        try {
            said = replies().read(atMost, ANSWER_OCTETS);
        } catch (IOException | RuntimeException e) {
            throw new BrokenException("gave no answer: " + reason(e), e);
        }
        awaited--;
        if (said == null) {
            throw new BrokenException("ended the connection", null);
        }
        return RemoteReply.parse(said).orElseThrow(() -> new BrokenException("gave no answer that is SMTP", null));
    }

    private Replies replies() {
        return Objects.requireNonNull(replies, "the connection is open");
    }

    static boolean isSuccess(SmtpReply reply) {
        return reply.code() / 100 == 2;
    }

    Host host() {
        return host;
    }

    /** {@code host:port}. */
    String remote() {
        return host.toString();
    }

    int messages() {
        return messages;
    }

    long idleSince() {
        return idleSince;
    }

    void becomesIdle() {
        idleSince = System.nanoTime();
    }

    boolean isStuck(long now) {
        return sockets.socket.pace().isTooSlow(now, settings.timeouts().block());
    }

    /** QUIT, without waiting for the answer. */
    synchronized void quit() {
        try {
            sockets.socket.expectWithin(Duration.ofSeconds(5), ANSWER_OCTETS);
            close();
        } catch (MessagingException | RuntimeException _) {
            drop();
        }
    }

    /** Closes at once, from any thread. Without QUIT: in the middle of the text QUIT would be text. */
    void drop() {
        try {
            sockets.socket.close();
        } catch (IOException _) {
            // it is gone
        }
    }

    private static String reason(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : RemoteReply.printable(message.lines().findFirst().orElse(""));   // mostly the host's words
    }
}
