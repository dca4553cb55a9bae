package sekisho.mailhook.smtp;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import sekisho.mailhook.smtp.SignIn.Mechanism;
import sekisho.mailhook.smtp.SignIn.Proof;

/** AUTH (RFC 4954): takes what a client shows, asks {@link SignIn}. Nothing of it is kept or logged. */
final class SignInDialogue {
    /** RFC 4954 §4.5.3: a line of the exchange; tokens are long. */
    static final int LINE_OCTETS = 12_288;
    /** For {@code AUTH}, the longest mechanism's name and CRLF in front of an initial response. */
    static final int COMMAND_OCTETS = LINE_OCTETS + 64;
    private static final SmtpReply REFUSED = new SmtpReply(535, "5.7.8", "user name, password or token not accepted");
    private static final SmtpReply LATER = new SmtpReply(454, "4.7.0", "can't be checked now, try again later");
    private static final SmtpReply GIVEN_UP = new SmtpReply(501, "5.7.0", "sign-in given up");
    private static final String SEPARATOR = "\u0001";

    private final SignIn signIn;
    private final Wire wire;
    private final Lines lines;
    private boolean refused;

    /** Reads a line while the session may be told to stop. */
    @FunctionalInterface
    interface Lines {
        Wire.Line next(int longest) throws IOException;
    }

    SignInDialogue(SignIn signIn, Wire wire, Lines lines) {
        this.signIn = signIn;
        this.wire = wire;
        this.lines = lines;
    }

    /**
     * @return the person, when the client has shown who it is; the caller says 235
     * @throws RefusedException with the reply to give instead
     */
    Submitter run(Client client, String argument) throws IOException {
        String[] words = argument.split(" +");
        if (words.length > 2 || argument.isEmpty()) {
            throw wrong("AUTH takes a mechanism and at most one response");
        }
        Mechanism mechanism = mechanism(words[0]).orElseThrow(() -> new RefusedException(new SmtpReply(504, "5.5.4", "mechanism not offered")));
        Optional<String> initial = words.length == 2 ? Optional.of(decoded(words[1].equals("=") ? "" : words[1])) : Optional.empty();
        Proof proof = switch (mechanism) {
            case PLAIN -> plain(initial.isPresent() ? initial.get() : response(""));
            case LOGIN -> login(initial.isPresent() ? initial.get() : response("Username:"), response("Password:"));
            case XOAUTH2 -> xoauth2(initial.isPresent() ? initial.get() : response(""));
            case OAUTHBEARER -> oauthBearer(initial.isPresent() ? initial.get() : response(""));
        };
        return switch (signIn.signIn(client, proof)) {
            case SignIn.Outcome.SignedIn(Submitter submitter) -> submitter;
            case SignIn.Outcome.Unavailable() -> throw new RefusedException(LATER);
            case SignIn.Outcome.Refused() -> {
                refused = true;
                if (proof instanceof Proof.Token) {
                    explain("{\"status\":\"invalid_token\",\"scope\":\"openid email\"}");
                }
                throw new RefusedException(REFUSED);
            }
        };
    }

    private Optional<Mechanism> mechanism(String name) {
        return signIn.mechanisms().stream().filter(offered -> offered.name().equals(name.toUpperCase(Locale.ROOT))).findFirst();
    }

    private void challenge(String challenge) throws IOException {
        wire.reply(new SmtpReply(334, "", Base64.getEncoder().encodeToString(challenge.getBytes(StandardCharsets.US_ASCII))));
    }

    /** RFC 7628 §3.2.2: the client answers with nothing, whatever it is; or gives up, which is 501 always (RFC 4954 §4). */
    private void explain(String why) throws IOException {
        challenge(why);
        switch (lines.next(LINE_OCTETS)) {
            case Wire.Line.Text(String text) when text.equals("*") -> throw new RefusedException(GIVEN_UP);
            case Wire.Line.Text _, Wire.Line.TooLong _, Wire.Line.Unreadable _ -> { }
            case Wire.Line.BareLineFeed() -> throw bare();
            case Wire.Line.End() -> throw new EOFException("the client went away while it signed in");
        }
    }

    /** Whether what the client has shown was found wrong, whatever it was told in the end. */
    boolean wasRefused() {
        return refused;
    }

    private String response(String challenge) throws IOException {
        challenge(challenge);
        return switch (lines.next(LINE_OCTETS)) {
            case Wire.Line.Text(String text) when text.equals("*") -> throw new RefusedException(GIVEN_UP);
            case Wire.Line.Text(String text) -> decoded(text);
            case Wire.Line.TooLong _ -> throw new RefusedException(new SmtpReply(500, "5.5.6", "longer than " + LINE_OCTETS + " octets"));
            case Wire.Line.Unreadable _ -> throw new RefusedException(new SmtpReply(501, "5.5.2", "not base64"));
            case Wire.Line.BareLineFeed() -> throw bare();
            case Wire.Line.End() -> throw new EOFException("the client went away while it signed in");
        };
    }

    private static SessionEndedException bare() {
        return new SessionEndedException(new SmtpReply(500, "5.5.2", "lines end in CRLF"));
    }

    private static String decoded(String base64) throws RefusedException {
        try {
            byte[] octets = Base64.getDecoder().decode(base64);
            if (base64.length() % 4 == 0) {
                return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
            }
        } catch (IllegalArgumentException | CharacterCodingException _) {
            // the same as a wrong length
        }
        throw new RefusedException(new SmtpReply(501, "5.5.2", "not UTF-8 in base64"));
    }

    private static Proof login(String user, String password) throws RefusedException {
        if (user.isEmpty() || password.isEmpty()) {
            throw wrong("LOGIN is a user name and a password");
        }
        return new Proof.Password(user, password, "");
    }

    /** RFC 4616 §2: authorization identity, NUL, user, NUL, password. */
    private static Proof plain(String message) throws RefusedException {
        String[] parts = message.split("\0", -1);
        if (parts.length != 3 || parts[1].isEmpty() || parts[2].isEmpty()) {
            throw wrong("PLAIN is three texts parted by NUL");
        }
        return new Proof.Password(parts[1], parts[2], parts[0]);
    }

    /** {@code user=} address ^A {@code auth=Bearer} token ^A ^A. */
    private static Proof xoauth2(String message) throws RefusedException {
        String[] parts = message.split(SEPARATOR, -1);
        if (parts.length != 4 || !parts[0].startsWith("user=") || !parts[2].isEmpty() || !parts[3].isEmpty()) {
            throw wrong("XOAUTH2 is user=, auth=Bearer, each with ^A, and ^A");
        }
        return new Proof.Token(bearer(parts[1]), parts[0].substring(5));
    }

    /** RFC 7628 §3.1: a GS2 header (RFC 5801 §4), then {@code key=value} ^A, then ^A. No channel binding is offered. */
    private static Proof oauthBearer(String message) throws RefusedException {
        String[] parts = message.split(SEPARATOR, -1);
        boolean framed = parts.length >= 4 && parts[parts.length - 1].isEmpty() && parts[parts.length - 2].isEmpty();
        if (!framed || !parts[0].matches("[ny],(a=[^,]*)?,")) {
            throw wrong("OAUTHBEARER is n,a=user,^A auth=Bearer token ^A^A");
        }
        String user = parts[0].length() == 3 ? "" : parts[0].substring(4, parts[0].length() - 1).replace("=2C", ",").replace("=3D", "=");
        String[] authorizations = Arrays.stream(parts).filter(part -> part.startsWith("auth=")).toArray(String[]::new);
        if (authorizations.length != 1) {
            throw wrong("OAUTHBEARER has one auth=");
        }
        return new Proof.Token(bearer(authorizations[0]), user);
    }

    /** RFC 6750 §2.1. */
    private static String bearer(String part) throws RefusedException {
        if (!part.matches("(?i:auth=Bearer) +[A-Za-z0-9\\-._~+/]+=*")) {
            throw wrong("auth=Bearer and a token");
        }
        return part.substring(part.lastIndexOf(' ') + 1);
    }

    private static RefusedException wrong(String what) {
        return new RefusedException(new SmtpReply(501, "5.5.2", what));
    }
}
