package sekisho.mailhook.smtp;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the path of MAIL and RCPT (RFC 5321 §4.1.2, RFC 6531 §3.3) from its opening bracket. Source routes are read and dropped (§4.1.1.3, appendix F.2).
 * More lenient than the grammar in one thing: dots may stand anywhere in a local part, since Japanese carriers have given out such addresses.
 */
final class PathParser {
    private final String text;
    private final String syntaxCode;
    private int at;

    /** @param syntaxCode the enhanced code of a syntax error: 5.1.7 for MAIL, 5.1.3 for RCPT */
    PathParser(String text, String syntaxCode) {
        this.text = text;
        this.syntaxCode = syntaxCode.isEmpty() ? "5.5.2" : syntaxCode;
    }

    /** {@code MAIL FROM:<...>}. */
    ReversePath reversePath() throws RefusedException {
        expect('<');
        if (peek() == '>') {
            at++;
            return ReversePath.NULL;
        }
        return new ReversePath(afterBracket(null));
    }

    /** {@code RCPT TO:<...>}; {@code <postmaster>} needs no domain (RFC 5321 §4.5.1) and gets the given one. */
    Mailbox forwardPath(String postmasterDomain) throws RefusedException {
        expect('<');
        return afterBracket(postmasterDomain);
    }

    Mailbox mailboxOnly() throws RefusedException {
        expect('<');
        Mailbox mailbox = afterBracket(null);
        if (at != text.length()) {
            throw wrong("text after the address");
        }
        return mailbox;
    }

    /** What stands behind the path. */
    String rest() {
        return text.substring(at);
    }

    private Mailbox afterBracket(@Nullable String postmasterDomain) throws RefusedException {
        skipSourceRoute();
        String localPart = peek() == '"' ? quotedString() : dotString();
        String domain;
        if (peek() == '>' && postmasterDomain != null && localPart.equalsIgnoreCase("postmaster")) {
            domain = postmasterDomain;
        } else {
            expect('@');
            domain = peek() == '[' ? addressLiteral() : domain();
        }
        expect('>');
        try {
            return new Mailbox(localPart, domain);
        } catch (IllegalArgumentException e) {
            throw wrong(e.getMessage());
        }
    }

    private void skipSourceRoute() throws RefusedException {
        if (peek() != '@') {
            return;
        }
        do {
            expect('@');
            domain();
            if (peek() == ',') {
                at++;
            }
        } while (peek() == '@');
        expect(':');
    }

    private String dotString() throws RefusedException {
        int start = at;
        while (peek() == '.' || Mailbox.isAtomCharacter(peek())) {
            at++;
        }
        if (start == at) {
            throw wrong("local part missing or not an atom");
        }
        return text.substring(start, at);
    }

    private String quotedString() throws RefusedException {
        expect('"');
        StringBuilder content = new StringBuilder();
        while (peek() != '"') {
            if (peek() == '\\') {
                at++;
            }
            int c = peek();
            if (c < ' ' || c == 127) {
                throw wrong("quoted local part without its end");
            }
            content.append((char) c);
            at++;
        }
        at++;
        return content.toString();
    }

    private String domain() throws RefusedException {
        int start = at;
        while (isDomainCharacter(peek())) {
            at++;
        }
        String domain = text.substring(start, at);
        for (String label : domain.split("\\.", -1)) {
            if (label.isEmpty() || label.length() > 63 || label.startsWith("-") || label.endsWith("-")) {
                throw wrong("domain with an empty or wrong label");
            }
        }
        return domain;
    }

    private static boolean isDomainCharacter(int c) {
        return c >= 128 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '.' || c == '_';
    }

    private String addressLiteral() throws RefusedException {
        int end = text.indexOf(']', at);
        String literal = end < 0 ? "" : text.substring(at + 1, end);
        boolean ipv6 = literal.toLowerCase(Locale.ROOT).startsWith("ipv6:");
        try {
            Network.parse(ipv6 ? literal.substring(5) : literal);
        } catch (IllegalArgumentException _) {
            throw wrong("not an address literal");
        }
        if (literal.indexOf('/') >= 0 || ipv6 == (literal.indexOf(':') < 0)) {
            throw wrong("not an address literal");
        }
        at = end + 1;
        return "[" + literal + "]";
    }

    private int peek() {
        return at < text.length() ? text.charAt(at) : -1;
    }

    private void expect(char wanted) throws RefusedException {
        if (peek() != wanted) {
            throw wrong("expected " + wanted);
        }
        at++;
    }

    private RefusedException wrong(String what) {
        return new RefusedException(new SmtpReply(501, syntaxCode, "address not understood: " + what));
    }
}
