package sekisho.mailhook.smtp;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The commands of one session, and what they have made of its {@link Client}; those of a mail transaction are {@link SmtpTransaction}'s. */
final class SmtpCommands implements AutoCloseable {
    private static final int FAILED_SIGN_INS = 3;
    /** Visible signs in any script, as a computer may be called; it opens nothing. Parentheses begin comments in trace fields. */
    private static final Pattern HELLO = Pattern.compile("[!-'*-~[^\\p{ASCII}\\p{C}\\p{Z}]]{1,255}");

    private final SmtpSession session;
    private final SmtpSettings settings;
    private final Wire wire;
    private final SmtpTransaction transaction;
    private Client client = Client.connected("", InetAddress.getLoopbackAddress(), 0, false);
    /** Whether the address is the client's own: not that of a proxy which didn't say whom it speaks for. */
    private boolean addressKnown;
    private int errors;
    private int failedSignIns;

    SmtpCommands(SmtpSession session, SmtpListener listener, Wire wire) {
        this.session = session;
        this.settings = listener.settings();
        this.wire = wire;
        this.transaction = new SmtpTransaction(listener, wire);
    }

    /** The session is this client's from now on; nothing that was said before counts. */
    void begin(Client newClient, boolean known) {
        client = newClient.tlsOrNull() == null && client.tlsOrNull() != null ? newClient.over(client.tlsOrNull()) : newClient;
        addressKnown = known;
        transaction.reset();
    }

    /** TLS has begun; nothing that was said before counts. */
    void secured(Client.Tls tls) {
        client = client.over(tls);
        transaction.reset();
    }

    /** How long a command may be: longer where it may carry a token. */
    int longestLine() {
        return offersSignIn() ? Math.max(SignInDialogue.COMMAND_OCTETS, settings.limits().commandLineOctets()) : settings.limits().commandLineOctets();
    }

    void obey(String text) throws IOException {
        boolean inTransaction = transaction.isOpen();
        try {
            perform(text);
        } catch (RefusedException e) {
            wrong(e.reply());
        }
        if (inTransaction && !transaction.isOpen()) {
            client = client.forwarding(null);   // what was forwarded held for one message
        }
    }

    private void perform(String text) throws IOException {
        int space = text.indexOf(' ');
        String verb = (space < 0 ? text : text.substring(0, space)).toUpperCase(Locale.ROOT);
        String argument = space < 0 ? "" : text.substring(space + 1).strip();
        switch (verb) {
            case "EHLO" -> hello(argument, true);
            case "HELO" -> hello(argument, false);
            case "STARTTLS" -> startTls(argument);
            case "AUTH" -> auth(argument);
            case "XCLIENT" -> xclient(argument);
            case "XFORWARD" -> xforward(argument);
            case "MAIL" -> answer(transaction.mail(client, argument));
            case "RCPT" -> answer(transaction.rcpt(client, argument));
            case "DATA" -> answer(transaction.data(client, argument));
            case "BDAT" -> answer(transaction.bdat(client, argument));
            case "RSET" -> {
                requireNoArgument(argument);
                transaction.reset();
                client = client.forwarding(null);
                wire.reply(new SmtpReply(250, "2.0.0", "forgotten"));
            }
            case "NOOP" -> wire.reply(new SmtpReply(250, "2.0.0", "OK"));
            case "VRFY" -> wire.reply(new SmtpReply(252, "2.0.0", "not verified; send to it and see"));
            case "EXPN" -> throw new RefusedException(new SmtpReply(502, "5.5.1", "no lists here"));
            case "HELP" -> wire.reply(new SmtpReply(214, "2.0.0", String.join(" ", commands())));
            case "QUIT" -> {
                requireNoArgument(argument);
                throw new SessionEndedException(new SmtpReply(221, "2.0.0", "bye"));
            }
            // A browser or a tricked HTTP client: its body would be the next commands.
            case "GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT", "DELETE", "PATCH" ->
                    throw new SessionEndedException(new SmtpReply(554, "5.5.1", "this is SMTP"));
            default -> {
                var unknown = new SmtpReply(500, "5.5.1", "command not known");
                throw beginsChunk(text) ? new SessionEndedException(unknown) : new RefusedException(unknown);
            }
        }
    }

    /** Whether a line that is no command of ours was meant to say that octets follow. */
    static boolean beginsChunk(String line) {
        return line.strip().regionMatches(true, 0, "BDAT", 0, 4);
    }

    /** 421 ends a session, whoever says it. */
    private void answer(SmtpReply reply) throws IOException {
        if (reply.code() == 421) {
            throw new SessionEndedException(reply);
        }
        wire.reply(reply);
    }

    private void hello(String name, boolean esmtp) throws IOException {
        if (!HELLO.matcher(name).matches()) {
            throw new RefusedException(new SmtpReply(501, "5.5.4", "say who you are: one domain name or address literal"));
        }
        transaction.reset();
        client = client.greeting(name, esmtp);
        String greeting = settings.hostName() + " at your service";
        wire.reply(esmtp ? new SmtpReply(250, "", extensions(greeting)) : new SmtpReply(250, "", greeting));
    }

    private List<String> extensions(String greeting) {
        var lines = new ArrayList<>(List.of(greeting));
        if (settings.pipelining()) {
            lines.add("PIPELINING");
        }
        lines.addAll(List.of("SIZE " + settings.limits().messageOctets(), "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN"));
        if (settings.binaryMime()) {
            lines.add("BINARYMIME");
        }
        lines.add("CHUNKING");
        if (offersStartTls()) {
            lines.add("STARTTLS");
        }
        SignIn signIn = settings.signInOrNull();
        if (signIn != null && offersSignIn()) {
            lines.add("AUTH " + signIn.mechanisms().stream().sorted().map(Enum::name).collect(Collectors.joining(" ")));
        }
        if (mayForward()) {
            lines.add("XFORWARD " + String.join(" ", PeerAttributes.XFORWARD));
        }
        if (maySpeakForOthers()) {
            lines.add("XCLIENT " + String.join(" ", PeerAttributes.XCLIENT));
        }
        return lines;
    }

    /** What this client may say now, and nothing that it would only be told isn't offered. */
    private List<String> commands() {
        var verbs = new ArrayList<>(List.of("EHLO", "HELO", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "NOOP", "VRFY", "HELP"));
        if (offersStartTls()) {
            verbs.add("STARTTLS");
        }
        if (offersSignIn()) {
            verbs.add("AUTH");
        }
        if (mayForward()) {
            verbs.add("XFORWARD");
        }
        if (maySpeakForOthers()) {
            verbs.add("XCLIENT");
        }
        verbs.add("QUIT");
        return verbs;
    }

    private boolean offersStartTls() {
        return settings.tls().offersStartTls() && client.tlsOrNull() == null;
    }

    private boolean offersSignIn() {
        return settings.signInOrNull() != null && client.tlsOrNull() != null && client.trusted() && client.submitterOrNull() == null;
    }

    private boolean mayForward() {
        return addressKnown && Network.anyContains(settings.hosts().xforward(), client.address());
    }

    private boolean maySpeakForOthers() {
        return addressKnown && Network.anyContains(settings.hosts().xclient(), client.address());
    }

    private void startTls(String argument) throws IOException {
        if (wire.hasInput()) {
            throw new SessionEndedException(new SmtpReply(554, "5.5.0", "commands behind STARTTLS"));
        }
        requireNoArgument(argument);
        if (client.tlsOrNull() != null) {
            throw new RefusedException(new SmtpReply(503, "5.5.1", "TLS already on"));
        }
        if (!settings.tls().offersStartTls()) {
            throw new RefusedException(new SmtpReply(502, "5.5.1", "STARTTLS not offered"));
        }
        wire.reply(new SmtpReply(220, "2.0.0", "go ahead"));
        wire.flush();
        session.secure();
    }

    private void auth(String argument) throws IOException {
        SignIn signIn = settings.signInOrNull();
        if (signIn == null) {
            throw new RefusedException(new SmtpReply(502, "5.5.1", "AUTH not offered"));
        }
        if (client.helo().isEmpty() || !client.esmtp()) {
            throw new RefusedException(new SmtpReply(503, "5.5.1", "EHLO first"));
        }
        if (client.submitterOrNull() != null || transaction.isOpen()) {
            throw new RefusedException(new SmtpReply(503, "5.5.1", "signed in already, or in the middle of a message"));
        }
        if (client.tlsOrNull() == null) {
            throw new RefusedException(new SmtpReply(538, "5.7.11", "TLS first"));
        }
        if (!client.trusted()) {
            throw new RefusedException(SmtpTransaction.UNTRUSTED);
        }
        var dialogue = new SignInDialogue(signIn, wire, session::nextLine);
        try {
            client = client.signedIn(dialogue.run(client, argument));
            session.signedIn();
            wire.forgetLine(settings.limits().commandLineOctets());
            wire.reply(new SmtpReply(235, "2.7.0", "signed in"));
        } catch (RefusedException e) {
            if (dialogue.wasRefused() && ++failedSignIns >= FAILED_SIGN_INS) {
                wire.reply(e.reply());
                throw new SessionEndedException(new SmtpReply(421, "4.7.0", "too many failed sign-ins"));
            }
            throw e;
        }
    }

    /** The session becomes that of the client that is named, from the greeting, and is judged by it: also whether it may say XCLIENT again. */
    private void xclient(String argument) throws IOException {
        if (!maySpeakForOthers()) {
            throw new RefusedException(new SmtpReply(550, "5.7.0", "XCLIENT is not for this client"));
        }
        requireNoTransaction();
        var attributes = PeerAttributes.parse(argument, PeerAttributes.XCLIENT);
        int port = attributes.has("PORT") ? attributes.port() : client.port();
        Optional<InetAddress> address = attributes.has("ADDR") ? attributes.address() : Optional.of(client.address());
        if (attributes.get("ADDR").isPresent() && address.isEmpty()) {
            throw new RefusedException(new SmtpReply(501, "5.5.4", "ADDR is an IPv4 address, or IPV6: and an IPv6 address"));
        }
        if (address.isEmpty()) {
            begin(client.at(client.address(), port, false), false);
        } else if (!session.isClient(address.get(), port)) {
            throw new SessionEndedException(SmtpSession.TOO_MANY);
        }
        session.greet();
    }

    private void xforward(String argument) throws IOException {
        if (!mayForward()) {
            throw new RefusedException(new SmtpReply(550, "5.7.0", "XFORWARD is not for this client"));
        }
        requireNoTransaction();
        var attributes = PeerAttributes.parse(argument, PeerAttributes.XFORWARD);
        attributes.port();
        Client.@Nullable Forwarded before = client.forwardedOrNull();
        var address = attributes.has("ADDR") || before == null ? attributes.address().orElse(null) : before.addressOrNull();
        var ident = attributes.has("IDENT") || before == null ? attributes.get("IDENT").orElse(null) : before.identOrNull();
        client = client.forwarding(new Client.Forwarded(address, ident));
        wire.reply(new SmtpReply(250, "2.0.0", "OK"));
    }

    private void requireNoTransaction() throws RefusedException {
        if (transaction.isOpen()) {
            throw new RefusedException(new SmtpReply(503, "5.5.1", "in the middle of a message"));
        }
    }

    private static void requireNoArgument(String argument) throws RefusedException {
        if (!argument.isEmpty()) {
            throw new RefusedException(new SmtpReply(501, "5.5.4", "takes no argument"));
        }
    }

    /** @see SmtpTransaction#isBetweenChunks */
    boolean isBetweenChunks() {
        return transaction.isBetweenChunks();
    }

    /** @see SmtpTransaction#giveUp */
    boolean giveUp() {
        return transaction.giveUp();
    }

    /** @see SmtpTransaction#isAnswering */
    boolean isAnswering(long now) {
        return transaction.isAnswering(now);
    }

    /** Answers a wrong command; somebody who sends nothing else is sent away. */
    void wrong(SmtpReply reply) throws IOException {
        wire.reply(reply);
        if (!transaction.excuses(reply) && ++errors >= settings.limits().errors()) {
            throw new SessionEndedException(new SmtpReply(421, "4.7.0", "too many errors"));
        }
    }

    /** Forgets a message that is half received. */
    @Override
    public void close() {
        transaction.close();
    }
}
