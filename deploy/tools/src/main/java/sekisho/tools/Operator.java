package sekisho.tools;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Who runs a program that changes something, as the audit log says it. */
final class Operator {

    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} ._@-]{0,63}");

    private Operator() {
    }

    /**
     * What {@code --by} says; otherwise the account, hashed.
     *
     * @throws CommandException when that is no name
     */
    static String name(Options options) throws CommandException {
        var given = options.one("by");
        if (given.isPresent() && !NAME.matcher(given.get()).matches()) {
            throw new CommandException("--by is a name of letters, digits, spaces and ._@-, at most 64");
        }
        return given.orElseGet(() -> "user " + hashed(System.getProperty("user.name", "")));
    }

    /** Tells two operators apart without naming them. */
    private static String hashed(String user) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(("sekisho operator " + user).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
