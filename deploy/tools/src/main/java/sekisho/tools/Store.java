package sekisho.tools;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import sekisho.gateway.files.RowInventory;
import sekisho.gateway.files.StoreVerifier;
import sekisho.gateway.files.StoreVerifier.Kind;
import sekisho.storage.DirectoryStore;
import sekisho.storage.KeyFileException;
import sekisho.storage.ObjectStore;
import sekisho.storage.OpeningKey;
import sekisho.storage.S3Settings;
import sekisho.storage.S3Store;
import sekisho.storage.StoreException;

/**
 * Holds the object store against the database and says what is missing, damaged or unknown, and what else lies there. Changes nothing; the product may run meanwhile.
 * Status 1 when an object that a row needs is missing or damaged, or can't be read or opened.
 */
public final class Store implements Command {

    private static final Pattern AGE = Pattern.compile("([0-9]{1,6})([smhd])");

    @Override
    public String name() {
        return "store";
    }

    @Override
    public String usage() {
        var login = " --url jdbc:postgresql://HOST/DB --user USER --password-file FILE";
        return "store verify [--deep [--files-key FILE] [--spool-key FILE]] [--orphan-age 24h] --directory DIR" + login
            + "\nstore verify [...] --s3 URL --bucket NAME --access-key KEY --secret-key-file FILE [--region us-east-1] [--host-style]" + login;
    }

    @Override
    public int run(List<String> arguments, PrintStream out) throws CommandException {
        var options = Options.parse(arguments, Set.of("url", "user", "password-file", "directory", "s3", "bucket", "region", "access-key", "secret-key-file",
            "files-key", "spool-key", "orphan-age"), Set.of("deep", "host-style"));
        if (!options.words().equals(List.of("verify"))) {
            throw new CommandException("store is called as:\n  ./sekisho " + usage().replace("\n", "\n  ./sekisho "));
        }
        var login = DatabaseLogin.of(options.required("url"), options.required("user"), Path.of(options.required("password-file")));
        var depth = depth(options);
        var orphanedBefore = Clock.systemUTC().instant().minus(orphanAge(options.one("orphan-age").orElse("24h")));
        try (var store = store(options, login); var connection = login.connect()) {
            connection.setReadOnly(true);
            var report = new StoreVerifier(connection, store, depth, orphanedBefore,
                fault -> out.println(fault.kind() + ": " + fault.text())).verify();
            print(report, depth, out);
            return report.holds() ? GOOD : BAD;
        } catch (SQLException unreadable) {
            throw new CommandException("cannot read the database of " + login + ": " + unreadable.getMessage(), unreadable);
        } catch (StoreException unavailable) {
            throw new CommandException("cannot read the store: " + unavailable.getMessage(), unavailable);
        }
    }

    private static void print(StoreVerifier.Report report, StoreVerifier.Depth depth, PrintStream out) {
        out.printf("%d objects of %d octets in the store; %d files and %d waiting messages were held against it, %s%n", report.objects(), report.octets(),
            report.files(), report.spools(), looked(depth));
        out.printf("%d objects are about to be removed, %d are too young to judge%n", report.leaving(), report.pending());
        out.println(Arrays.stream(Kind.values()).map(kind -> report.count(kind) + " " + kind.name().toLowerCase(Locale.ROOT)).collect(Collectors.joining(", ")));
        out.println(report.holds() ? "all that is needed is there" : "not all that is needed is there; docs/operations/stores.md says what to do");
    }

    private static String looked(StoreVerifier.Depth depth) {
        if (!depth.reads()) {
            return "by their lengths";
        }
        return "read to their ends (" + (depth.filesKey().isPresent() ? "files opened, " : "files by their frames, ")
            + (depth.spoolKey().isPresent() ? "messages opened)" : "messages by their frames)");
    }

    private static StoreVerifier.Depth depth(Options options) throws CommandException {
        var filesKey = options.one("files-key");
        var spoolKey = options.one("spool-key");
        if (!options.has("deep") && (filesKey.isPresent() || spoolKey.isPresent())) {
            throw new CommandException("--files-key and --spool-key are for --deep");
        }
        return new StoreVerifier.Depth(options.has("deep"), key(filesKey), key(spoolKey));
    }

    private static Optional<OpeningKey> key(Optional<String> file) throws CommandException {
        try {
            return file.map(name -> OpeningKey.load(Path.of(name)));
        } catch (KeyFileException unusable) {
            throw new CommandException(String.valueOf(unusable.getMessage()), unusable);
        }
    }

    /** As the product's settings have it: 30m, 24h, 7d. */
    private static Duration orphanAge(String text) throws CommandException {
        var age = AGE.matcher(text.toLowerCase(Locale.ROOT));
        if (!age.matches()) {
            throw new CommandException("--orphan-age is a time such as 30m, 24h or 7d, not " + text);
        }
        long number = Long.parseLong(age.group(1));
        return switch (age.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    private static ObjectStore store(Options options, DatabaseLogin login) throws CommandException {
        var directory = options.one("directory");
        var s3 = options.one("s3");
        if (directory.isPresent() == s3.isPresent()) {
            throw new CommandException("name the store, by --directory or by --s3");
        }
        if (directory.isPresent()) {
            return new DirectoryStore(Path.of(directory.get()), new RowInventory(login::open));   // else the empty folder below a mount would have lost all
        }
        try {
            var secret = Files.readString(Path.of(options.required("secret-key-file")));
            return new S3Store(new S3Settings(URI.create(s3.get()), options.required("bucket"), options.one("region").orElse("us-east-1"),
                options.required("access-key"), secret, !options.has("host-style")));
        } catch (IOException unreadable) {
            throw new CommandException("cannot read the secret key from " + options.required("secret-key-file") + ": " + unreadable, unreadable);
        } catch (IllegalArgumentException wrong) {
            throw new CommandException(String.valueOf(wrong.getMessage()), wrong);
        }
    }
}
