package sekisho.mailhook.smtp;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The attributes of XCLIENT and XFORWARD, Postfix's commands by which one server tells another whom it speaks for: {@code NAME=value} with
 * values in xtext (RFC 3461 §4), {@code [UNAVAILABLE]} and {@code [TEMPUNAVAIL]} in any case for what isn't known. What is neither address nor
 * port opens nothing and is never refused for its looks, since before its queue Postfix puts off all mail of that client then: in a name
 * that some client made up itself, characters that no name or address has become {@code ?}. Control characters are refused, for Postfix sends none.
 */
final class PeerAttributes {
    static final List<String> XCLIENT = List.of("NAME", "ADDR", "PORT", "PROTO", "HELO", "LOGIN", "DESTADDR", "DESTPORT");
    static final List<String> XFORWARD = List.of("NAME", "ADDR", "PORT", "PROTO", "HELO", "IDENT", "SOURCE");

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

    private static String value(String xtext) throws RefusedException {
        if (xtext.equalsIgnoreCase("[UNAVAILABLE]") || xtext.equalsIgnoreCase("[TEMPUNAVAIL]")) {
            return "";
        }
        var octets = new ByteArrayOutputStream();
        for (int i = 0; i < xtext.length(); i++) {
            char c = xtext.charAt(i);
            if (c == '+') {
                if (i + 3 > xtext.length() || !xtext.substring(i + 1, i + 3).matches("[0-9A-F]{2}")) {
                    throw wrong("value is not xtext");
                }
                octets.write(Integer.parseInt(xtext, i + 1, i + 3, 16));
                i += 2;
            } else if (c > ' ' && c < 127) {
                octets.write(c);
            } else {
                throw wrong("value is not xtext");
            }
        }
        String value = octets.toString(StandardCharsets.ISO_8859_1);
        if (value.isEmpty() || value.chars().anyMatch(c -> c < ' ' || c == 127)) {
            throw wrong("value is empty, or holds control characters");
        }
        return value.replaceAll("[^!-~]|[\"(),;<>\\\\]", "?");
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
