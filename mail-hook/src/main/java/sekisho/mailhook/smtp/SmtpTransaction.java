package sekisho.mailhook.smtp;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The mail transaction of a session: MAIL, RCPT, then DATA or BDAT (RFC 5321 §3.3, RFC 3030 §2). A {@link RefusedException} is a wrong command
 * of the client; a reply that is returned, also a negative one, is an answer to a right one.
 */
final class SmtpTransaction implements AutoCloseable {
    private static final SmtpReply NO_MAIL = new SmtpReply(503, "5.5.1", "MAIL first");
    /** How long a session that is over may take to say so, and what became of its last message. */
    static final Duration ANSWERING = Duration.ofSeconds(5);
    static final SmtpReply UNTRUSTED = new SmtpReply(550, "5.7.1", "relaying denied to this network");

    /** How far a complete message has come. */
    private enum Finish { NONE, STORING, ACCEPTING, GIVEN_UP }

    private final SmtpListener listener;
    private final SmtpSettings settings;
    private final Transactions transactions;
    private final Wire wire;
    private @Nullable ReversePath from;
    private MailParameters parameters = MailParameters.NONE;
    /** By the key of the mailbox, in the order in which they were first named. */
    private final Map<String, Recipient> recipients = new LinkedHashMap<>();
    private @Nullable MessageBody body;
    private @Nullable TextLines chunks;
    private boolean mailRefused;
    private int excused;
    private int count;
    /** Written by the session's thread, read by the one that watches it. */
    private final AtomicReference<Finish> finish = new AtomicReference<>(Finish.NONE);
    private volatile long finished = System.nanoTime();

    SmtpTransaction(SmtpListener listener, Wire wire) {
        this.listener = listener;
        this.settings = listener.settings();
        this.transactions = listener.transactions();
        this.wire = wire;
    }

    /** Between MAIL and the end of its message, or RSET. */
    boolean isOpen() {
        return from != null;
    }

    SmtpReply mail(Client client, String argument) throws IOException {
        excused = 0;
        mailRefused = true;   // until it is accepted: the commands that came in one group with it are not errors of the client
        if (client.helo().isEmpty()) {
            throw new RefusedException(new SmtpReply(503, "5.5.1", "EHLO first"));
        }
        if (from != null) {
            mailRefused = false;
            throw new RefusedException(new SmtpReply(503, "5.5.1", "MAIL was given; RSET forgets it"));
        }
        requireRight(client);
        if (count++ >= settings.limits().transactions()) {
            throw new SessionEndedException(new SmtpReply(421, "4.7.0", "enough messages for one session, connect again"));
        }
        var path = new PathParser(behind("FROM:", argument), "5.1.7");
        ReversePath reversePath = path.reversePath();
        MailParameters given = EsmtpParameters.parse(path.rest()).forMail(client.esmtp(), settings);
        requireUtf8For(reversePath.orNull(), given.smtpUtf8());
        if (given.sizeOctets() > settings.limits().messageOctets()) {
            transactions.refused(tooLarge());
            return tooLarge();
        }
        if (!countedIn(listener.messagesPerMinute(), client)) {
            return new SmtpReply(450, "4.7.1", "too many messages in a minute, try again later");
        }
        SmtpReply reply = asked(client, () -> transactions.mail(client, reversePath, given));
        if (reply.isPositive()) {
            mailRefused = false;
            from = reversePath;
            parameters = given;
        }
        return reply;
    }

    private void requireRight(Client client) throws RefusedException {
        boolean signedIn = settings.signInOrNull() == null || client.submitterOrNull() != null;
        if (client.tlsOrNull() == null && (settings.tls().isRequired() || !signedIn)) {
            throw new RefusedException(new SmtpReply(530, "5.7.0", "STARTTLS first"));
        }
        if (!client.trusted()) {
            throw new RefusedException(UNTRUSTED);
        }
        if (!signedIn) {
            throw new RefusedException(new SmtpReply(530, "5.7.0", "AUTH first"));
        }
    }

    /** By the address that it came from first, and by the account: a stolen password is used from many addresses. */
    private static boolean countedIn(RateLimit limit, Client client) {
        String address = Traffic.key(client.origin());
        if (!limit.take(address)) {
            return false;
        }
        Submitter submitter = client.submitterOrNull();
        if (submitter == null || limit.take("account " + submitter.account())) {
            return true;
        }
        limit.giveBack(address);
        return false;
    }

    SmtpReply rcpt(Client client, String argument) throws IOException {
        if (from == null) {
            throw new RefusedException(NO_MAIL);
        }
        requireNoBody();
        var path = new PathParser(behind("TO:", argument), "5.1.3");
        Mailbox mailbox = path.forwardPath(settings.hostName());
        Recipient recipient = EsmtpParameters.parse(path.rest()).forRecipient(mailbox, client.esmtp(), parameters.smtpUtf8());
        requireUtf8For(mailbox, parameters.smtpUtf8());
        if (recipients.computeIfPresent(mailbox.key(), (_, known) -> known.and(recipient)) != null) {
            return new SmtpReply(250, "2.1.5", "already a recipient");
        }
        if (recipients.size() >= settings.limits().recipients()) {
            return new SmtpReply(452, "4.5.3", "too many recipients; send to the others in another transaction");
        }
        if (!countedIn(listener.recipientsPerMinute(), client)) {
            return new SmtpReply(450, "4.7.1", "too many recipients in a minute, try again later");
        }
        SmtpReply reply = asked(client, () -> transactions.rcpt(client, envelope(), recipient));
        if (reply.isPositive()) {
            recipients.put(mailbox.key(), recipient);
        }
        return reply;
    }

    /** Receives the text too; the reply is the one to the dot, unless the command itself is refused. */
    SmtpReply data(Client client, String argument) throws IOException {
        requireSilence(Duration.ZERO);   // first of all, before any reply
        try {
            requireTextNow(argument);
        } catch (RefusedException e) {
            requireSilence(settings.greetingPause());
            throw e;
        }
        if (recipients.isEmpty()) {
            requireSilence(settings.greetingPause());
            return new SmtpReply(554, "5.5.1", "no valid recipients");
        }
        MessageBody receiving = begin(client);
        body = receiving;
        SmtpReply refusal = receiving.refusal();
        if (refusal != null) {
            reset();
            requireSilence(settings.greetingPause());
            return refusal;
        }
        wire.reply(new SmtpReply(354, "", "send the message, end with CRLF.CRLF"));
        new DataReader(wire, receiving, settings.bareNewlines(), settings.limits().textLineOctets()).readToDot();
        return finish(receiving);
    }

    /**
     * DATA ends a group (RFC 2920 §3.1), so whatever comes before 354 is a text that would be obeyed as commands once DATA is refused. What was sent
     * with it may be underway still, or in the next record of TLS: a refusal waits for it.
     */
    private void requireSilence(Duration atLeast) throws IOException {
        if (wire.speaksWithin(atLeast)) {
            throw new SessionEndedException(new SmtpReply(554, "5.5.0", "text before 354"));
        }
    }

    private void requireTextNow(String argument) throws RefusedException {
        if (from == null) {
            throw new RefusedException(NO_MAIL);
        }
        requireNoBody();
        if (!argument.isEmpty()) {
            throw new RefusedException(new SmtpReply(501, "5.5.4", "DATA takes no argument"));
        }
        if (isBinary()) {
            throw new RefusedException(new SmtpReply(503, "5.5.1", "a message with BODY=BINARYMIME comes by BDAT"));
        }
    }

    /** Receives the chunk too, whatever the answer: its octets are never commands. */
    SmtpReply bdat(Client client, String argument) throws IOException {
        String[] words = argument.split(" +");
        boolean last = words.length == 2 && words[1].toUpperCase(Locale.ROOT).equals("LAST");
        if (words.length > 2 || words.length == 2 && !last || !words[0].matches("[0-9]{1,40}")) {
            // How many octets follow is not known, so nothing after this line can be told to be a command.
            throw new SessionEndedException(new SmtpReply(501, "5.5.4", "BDAT takes a number of octets, and LAST"));
        }
        long chunkOctets = EsmtpParameters.saturated(words[0]);
        boolean outOfOrder = from == null || recipients.isEmpty();
        MessageBody receiving = body;
        if (receiving == null) {
            receiving = outOfOrder ? refused(client, from == null ? NO_MAIL : new SmtpReply(554, "5.5.1", "no valid recipients")) : begin(client);
            body = receiving;
        }
        if (receiving.isBeyondReading(chunkOctets)) {
            receiving.refuse(tooLarge());
            throw new SessionEndedException(tooLarge());
        }
        TextLines lines = chunks;
        if (lines == null) {
            lines = new TextLines(receiving, settings.bareNewlines(), settings.limits().textLineOctets());
            chunks = lines;
        }
        readChunk(receiving, lines, chunkOctets);
        if (last && !isBinary()) {
            lines.chunksEnded();
        }
        SmtpReply refusal = receiving.refusal();
        if (outOfOrder) {
            if (from == null || last) {   // else the chunks behind it, which are of the same message, are refused too
                body = null;
                chunks = null;
            }
            throw new RefusedException(refusal == null ? NO_MAIL : refusal);
        }
        if (last) {
            return finish(receiving);
        }
        return refusal != null ? refusal : new SmtpReply(250, "2.0.0", chunkOctets + " octets received");
    }

    /** RFC 3030 §3: there is nothing that would end it but its length, and no line in it needs an end. */
    private boolean isBinary() {
        return parameters.body() == MailParameters.Body.BINARY_MIME;
    }

    private void readChunk(MessageBody receiving, TextLines lines, long chunkOctets) throws IOException {
        for (long left = chunkOctets; left > 0; ) {
            wire.fill();
            int part = (int) Math.min(left, wire.limit() - wire.position());
            if (isBinary()) {
                receiving.accept(wire.input(), wire.position(), part);
            } else {
                lines.chunk(wire.input(), wire.position(), wire.position() + part);
            }
            wire.consumeTo(wire.position() + part);
            left -= part;
        }
    }

    /** Whether a part of a message has come by BDAT, and is neither refused nor complete: its next command is the rest of it. */
    boolean isBetweenChunks() {
        return body != null && body.refusal() == null;
    }

    private MessageBody begin(Client client) {
        long limit = settings.limits().messageOctets();
        try {
            return new MessageBody(client.session(), limit, transactions.begin(client, envelope()));
        } catch (IOException | RuntimeException e) {
            return refused(client, MessageBody.reply(client.session(), e));
        }
    }

    private MessageBody refused(Client client, SmtpReply reply) {
        return new MessageBody(client.session(), settings.limits().messageOctets(), reply);
    }

    private SmtpReply finish(MessageBody receiving) {
        finish.set(Finish.STORING);
        try {
            return receiving.finish(this::beginAcceptance);
        } finally {
            reset();
            finished = System.nanoTime();   // before the other: whoever reads them the other way round finds one that holds
            finish.set(Finish.NONE);
        }
    }

    private void beginAcceptance() throws RefusedException {
        if (!finish.compareAndSet(Finish.STORING, Finish.ACCEPTING)) {
            throw new RefusedException(new SmtpReply(451, "4.3.2", "shutting down, try again later"));
        }
    }

    /** @return false when a complete message is being accepted, or was a moment ago: it is ours, and its client is to hear so */
    boolean giveUp() {
        return finish.compareAndSet(Finish.STORING, Finish.GIVEN_UP) || !isAnswering(System.nanoTime());
    }

    /**
     * Whether a complete message is being stored, or was until a moment ago. Whoever closed its connection would not stop that: the message
     * would be ours without the client's knowing, and it would send it again. What bounds this is the time that storing may take.
     */
    boolean isAnswering(long now) {
        return finish.get() != Finish.NONE || now - finished < ANSWERING.toNanos();
    }

    /** Forgets the transaction; of a message that is half received nothing stays. */
    void reset() {
        MessageBody unfinished = body;
        body = null;
        chunks = null;
        from = null;
        parameters = MailParameters.NONE;
        recipients.clear();
        mailRefused = false;
        if (unfinished != null) {
            unfinished.close();
        }
    }

    /** Whether a wrong command is only the consequence of a MAIL that was refused in the same group of commands. */
    boolean excuses(SmtpReply reply) {
        return mailRefused && reply.code() == 503 && excused++ < settings.limits().recipients();
    }

    @Override
    public void close() {
        reset();
    }

    private Envelope envelope() {
        ReversePath path = from;
        if (path == null) {
            throw new IllegalStateException("no transaction");
        }
        return new Envelope(path, parameters, List.copyOf(recipients.values()));
    }

    private void requireNoBody() throws RefusedException {
        if (body != null) {
            throw new RefusedException(new SmtpReply(503, "5.5.1", "a message is being sent with BDAT"));
        }
    }

    private SmtpReply tooLarge() {
        return MessageBody.tooLarge(settings.limits().messageOctets());
    }

    private static String behind(String keyword, String argument) throws RefusedException {
        if (!argument.regionMatches(true, 0, keyword, 0, keyword.length())) {
            throw new RefusedException(new SmtpReply(501, "5.5.4", "expected " + keyword + "<address>"));
        }
        return argument.substring(keyword.length()).stripLeading();
    }

    private static void requireUtf8For(@Nullable Mailbox mailbox, boolean smtpUtf8) throws RefusedException {
        if (mailbox != null && !mailbox.isAscii() && !smtpUtf8) {
            throw new RefusedException(new SmtpReply(553, "5.6.7", "an address outside ASCII needs SMTPUTF8 at MAIL"));
        }
    }

    private static SmtpReply asked(Client client, Supplier<SmtpReply> question) {
        try {
            return question.get();
        } catch (RuntimeException e) {
            return MessageBody.reply(client.session(), e);
        }
    }
}
