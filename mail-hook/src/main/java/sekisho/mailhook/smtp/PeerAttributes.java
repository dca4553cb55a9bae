package sekisho.mailhook.smtp;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The attributes of XCLIENT and XFORWARD, Postfix's commands by which one server tells another whom it speaks for: {@code NAME=value} with
 * values in xtext (RFC 3461 §4), {@code [UNAVAILABLE]} and {@code [TEMPUNAVAIL]} in any case for what isn't known (XFORWARD_README, XCLIENT_README). As Postfix'
 * own server does, hexadecimal digits are taken in either case and {@code =} as it stands, which Postfix doesn't encode; before 2.3 it encoded nothing, so what is no xtext is
 * taken as it stands. What is neither address nor
 * port opens nothing and is never refused for its looks, since before its queue Postfix puts off all mail of that client then: in a name
 * that some client made up itself, characters that no name or address has become {@code ?}. Control characters are refused, for Postfix sends none.
 */
final class PeerAttributes {
    static final List<String> XCLIENT = List.of("NAME", "ADDR", "PORT", "PROTO", "HELO", "LOGIN", "DESTADDR", "DESTPORT");
    static final List<String> XFORWARD = List.of("NAME", "ADDR", "PORT", "PROTO", "HELO", "IDENT", "SOURCE");

    private static final Pattern XTEXT = Pattern.compile("(?:[!-*,-~]|\\+[0-9A-Fa-f]{2})*+");
    private static final Pattern ESCAPE = Pattern.compile("\\+(..)");

    private final Map<String, String> values;

    private PeerAttributes(Map<String, String> values) {
        this.values = values;
    }

    static PeerAttributes parse(String argument, List<String> names) throws RefusedException {
        Map<String, String> values = new TreeMap<>();
        for (String word : argument.split(" +")) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? "" : word.substring(0, equals).toUpperCase(Locale.ROOT);
            if (!names.contains(name) || values.put(name, value(word.substring(equals + 1))) != null) {
                throw wrong("attributes are one each of " + String.join(", ", names));
            }
        }
        return new PeerAttributes(values);
    }

    private static String value(String written) throws RefusedException {
        String value = decoded(written);
        if (value.equalsIgnoreCase("[UNAVAILABLE]") || value.equalsIgnoreCase("[TEMPUNAVAIL]")) {
            return "";
        }
        if (value.isEmpty() || value.chars().anyMatch(c -> c < ' ' || c == 127)) {
            throw wrong("value is empty, or holds control characters");
        }
        return value.replaceAll("[^!-~]|[\"(),;<>\\\\]", "?");
    }

    /** As it stands when it is no xtext: then it was never encoded. */
    private static String decoded(String xtext) {
        return XTEXT.matcher(xtext).matches() ? ESCAPE.matcher(xtext).replaceAll(escape -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(escape.group(1), 16)))) : xtext;
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** Empty when it isn't known, or not given. */
    Optional<String> get(String name) {
        return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
    }

    /** Empty when the address isn't known, or is of another net than the Internet's. */
    Optional<InetAddress> address() {
        return get("ADDR").flatMap(PeerAttributes::literal);
    }

    /** 0 when the port isn't known. */
    int port() throws RefusedException {
        String port = get("PORT").orElse("0");
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > 65535) {
            throw wrong("PORT is a number from 0 to 65535");
        }
        return Integer.parseInt(port);
    }

    private static Optional<InetAddress> literal(String text) {
        boolean ipv6 = text.regionMatches(true, 0, "IPV6:", 0, 5);
        String address = ipv6 ? text.substring(5) : text;
        try {
            boolean shape = ipv6 ? address.matches("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*") : address.matches("\\d{1,3}(\\.\\d{1,3}){3}");
            return shape ? Optional.of(InetAddress.ofLiteral(address)) : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static RefusedException wrong(String what) {
        return new RefusedException(new SmtpReply(501, "5.5.4", what));
    }
}
