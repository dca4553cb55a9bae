package sekisho.tools;

import io.quarkus.runtime.configuration.DurationConverter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.CheckpointKey;
import sekisho.gateway.keys.KeyLimits;
import sekisho.gateway.keys.KeyName;
import sekisho.gateway.keys.KeyOpeners;
import sekisho.gateway.keys.KeyVersions;
import sekisho.gateway.keys.Rewrap;
import sekisho.gateway.keys.Rotation;
import sekisho.storage.KeyFileException;
import sekisho.storage.KeyFiles;
import sekisho.storage.OpeningKey;
import sekisho.storage.SealingKey;

/**
 * The key pairs of an installation: makes them, gives them new versions, and takes old ones away. Run where the private file is, as a user
 * who may write beside it. Status 1 when {@code status} finds something to do, or something was refused or is left.
 */
public final class Keys implements Command {

    private static final String LOGIN = " --url jdbc:postgresql://HOST/DB --user USER --password-file FILE";

    private final Duration patience;

    public Keys() {
        this(Duration.ofSeconds(10));
    }

    /** @param patience how long it waits for another one that changes key files */
    Keys(Duration patience) {
        this.patience = patience;
    }

    @Override
    public String name() {
        return "keys";
    }

    @Override
    public String usage() {
        return "keys generate DIR [--passphrase-file FILE]"
            + "\nkeys list DIR" + LOGIN
            + "\nkeys status DIR [--directory DIR] [--shred-horizon DURATION]" + LOGIN
            + "\nkeys rotate DIR files|spool|records [--without VERSIONS] [--passphrase-file FILE] [--by NAME]" + LOGIN
            + "\nkeys rewrap DIR [--by NAME]" + LOGIN
            + "\nkeys destroy DIR files|spool|records VERSION --yes [--by NAME]" + LOGIN
            + "\nkeys forget DIR files|spool|records HOST" + LOGIN;
    }

    @Override
    public int run(List<String> arguments, PrintStream out) throws CommandException {
        var options = Options.parse(arguments, Set.of("url", "user", "password-file", "by", "without", "passphrase-file", "directory", "shred-horizon"), Set.of("yes"));
        var words = options.words();
        var command = words.isEmpty() ? "" : words.getFirst();
        int wanted = switch (command) {
            case "generate", "list", "status", "rewrap" -> 2;
            case "rotate" -> 3;
            case "destroy", "forget" -> 4;
            default -> -1;
        };
        if (words.size() != wanted) {
            throw new CommandException("keys is called as:\n  ./sekisho " + usage().replace("\n", "\n  ./sekisho "));
        }
        var folder = Path.of(words.get(1));
        var passphraseFile = options.one("passphrase-file").map(Path::of);
        if (command.equals("generate")) {
            generate(folder, passphraseFile, out);
            return GOOD;
        }
        if (passphraseFile.isPresent() && !command.equals("rotate")) {
            throw new CommandException("--passphrase-file is for keys generate and rotate; a key file that was made with one names it itself");
        }
        var objects = options.one("directory").map(Path::of);
        if (!command.equals("status") && (objects.isPresent() || options.one("shred-horizon").isPresent())) {
            throw new CommandException("--directory, the folder of objects, and --shred-horizon are for keys status alone");
        }
        var horizon = horizon(options);
        var login = DatabaseLogin.of(options.required("url"), options.required("user"), Path.of(options.required("password-file")));
        var by = Operator.name(options);
        try (var connection = login.connect()) {
            var versions = new KeyVersions(connection, Clock.systemUTC(), Actor.part("operator"), Map.of("by", by));
            var openers = new KeyOpeners(connection, versions);
            return switch (command) {
                case "list" -> new KeyReport(folder, versions).list(openers, out);
                case "status" -> new KeyReport(folder, versions).status(objects, horizon, out);
                case "rotate" -> rotate(options, folder, pair(words.get(2)), versions, out);
                case "rewrap" -> rewrap(folder, connection, versions, out);
                case "forget" -> forget(pair(words.get(2)), words.getLast(), openers, out);
                default -> destroy(options, folder, versions, out);
            };
        } catch (SQLException failed) {
            throw new CommandException("cannot work on the keys of " + login + ": " + failed.getMessage(), failed);
        } catch (KeyFileException unusable) {
            throw new CommandException(String.valueOf(unusable.getMessage()), unusable);
        }
    }

    /** As {@code gateway.keys.shred-horizon} is read. */
    private static Duration horizon(Options options) throws CommandException {
        var text = options.one("shred-horizon").orElse(KeyLimits.SHRED_HORIZON);
        try {
            return DurationConverter.parseDuration(text);
        } catch (IllegalArgumentException | DateTimeException none) {
            throw new CommandException("--shred-horizon takes what gateway.keys.shred-horizon is set to, as 7d, not '" + text + "'", none);
        }
    }

    private static KeyName pair(String text) throws CommandException {
        return KeyName.of(text).orElseThrow(() -> new CommandException("there is no key pair '" + text + "', only files, spool and records"));
    }

    private void requireAlone(KeyVersions versions) throws SQLException, CommandException {
        if (!versions.alone(patience)) {
            throw new CommandException("another ./sekisho keys is changing key files; try again when it has ended");
        }
    }

    private int rotate(Options options, Path folder, KeyName name, KeyVersions versions, PrintStream out) throws SQLException, CommandException {
        requireAlone(versions);
        var passphraseFile = options.one("passphrase-file").map(Path::of);
        var privateFile = folder.resolve(name.text() + ".private");
        var made = new Rotation(versions, name, privateFile, folder.resolve(name.text() + ".public")).run(without(options), passphraseFile);
        out.printf("%s has version %d now, fingerprint %s%n", name.text(), made.version(), made.fingerprint());
        out.printf("copy %s.private to every other host that opens, then %s.public to every host that seals; they are read again by themselves%n",
            name.text(), name.text());
        passphraseFile.ifPresent(file -> out.printf("%s opens by the passphrase in %s alone: keep a copy of it, elsewhere, and delete every copy of the file as it was; what was"
            + " sealed until now opens with such a copy until its version is destroyed%n", privateFile, file.toAbsolutePath()));
        return GOOD;
    }

    private static Set<Integer> without(Options options) throws CommandException {
        var versions = new TreeSet<Integer>();
        for (var number : options.one("without").map(text -> text.split(",")).orElse(new String[0])) {
            versions.add(version(number).orElseThrow(() -> new CommandException("--without takes the numbers of versions, with commas between them, not '" + number + "'")));
        }
        return versions;
    }

    /** Empty for what is none. */
    private static Optional<Integer> version(String number) {
        return number.matches("[0-9]{1,10}") && Long.parseLong(number) <= Integer.MAX_VALUE ? Optional.of(Integer.parseInt(number)) : Optional.empty();
    }

    private static int rewrap(Path folder, Connection connection, KeyVersions versions, PrintStream out) throws SQLException {
        int status = rewrapOrSayWhy(folder, KeyName.FILES, connection, versions, out);
        return Files.exists(folder.resolve(KeyName.RECORDS.text() + ".private")) ? Math.max(status, rewrapOrSayWhy(folder, KeyName.RECORDS, connection, versions, out))
            : status;
    }

    /** What holds one pair's private half and doesn't answer keeps no other pair. */
    private static int rewrapOrSayWhy(Path folder, KeyName name, Connection connection, KeyVersions versions, PrintStream out) throws SQLException {
        try {
            return rewrap(folder, name, connection, versions, out);
        } catch (Rewrap.UnansweredException away) {
            out.printf("%d %s are wrapped to version %d now; %s. Run this again%n", away.report().rewrapped(), KeyReport.rows(name), away.report().to(), away.getMessage());
        } catch (KeyFileException unusable) {
            out.printf("not done for %s: %s%n", name.text(), unusable.getMessage());
        }
        return BAD;
    }

    private static int rewrap(Path folder, KeyName name, Connection connection, KeyVersions versions, PrintStream out) throws SQLException {
        var file = folder.resolve(name.text() + ".private");
        var rewrap = Rewrap.to(connection, versions, name, OpeningKey.load(file), Duration.ZERO, Rewrap.BATCH);
        if (rewrap.isEmpty()) {
            out.printf("not done: every version in %s is destroyed or worn out; run ./sekisho keys rotate%n", file);
            return BAD;
        }
        out.printf("wrapping to version %d, fingerprint %s. From now on nothing else opens these %s: keep a copy of %s%n",
            rewrap.get().target().version(), rewrap.get().target().fingerprint(), KeyReport.rows(name), file);
        var report = rewrap.get().run();
        out.printf("%d %s are wrapped to version %d now%n", report.rewrapped(), KeyReport.rows(name), report.to());
        if (report.unreadable() > 0) {
            out.printf("%d %s don't open with %s; is a version missing there?%n", report.unreadable(), KeyReport.rows(name), file);
        }
        if (report.left() > report.unreadable()) {
            out.printf("%d %s were in use; run this again%n", report.left() - report.unreadable(), KeyReport.rows(name));
        }
        return report.left() == 0 ? GOOD : BAD;
    }

    private int destroy(Options options, Path folder, KeyVersions versions, PrintStream out) throws SQLException, CommandException {
        var name = pair(options.words().get(2));
        var number = options.words().getLast();
        int version = version(number).orElseThrow(() -> new CommandException("'" + number + "' is no version; ./sekisho keys list shows them"));
        if (!options.has("yes")) {
            throw new CommandException("what is destroyed opens nothing any more, also not what a backup holds; say --yes if that is meant");
        }
        requireAlone(versions);
        var key = KeyFiles.listed(folder.resolve(name.text() + ".private"));
        if (!key.containsKey(version) || key.lastKey() == version) {
            throw new CommandException(folder.resolve(name.text() + ".private") + " has no older version " + version);
        }
        var sealing = folder.resolve(name.text() + ".public");
        if (Files.exists(sealing) && SealingKey.load(sealing).version() == version) {
            throw new CommandException(sealing + " still seals with version " + version + "; run ./sekisho keys rotate once more");
        }
        KeyFiles.requireDestroying(folder.resolve(name.text() + ".private"));    // else it would be decided and recorded, and the key live on
        return switch (versions.destroy(name, key.get(version))) {
            case KeyVersions.Destruction.Marked() -> {
                KeyFiles.destroy(folder, name.text(), version);
                out.printf("version %d of %s is destroyed; do the same on every other host that has it, and in every copy of the file%n", version, name.text());
                yield GOOD;
            }
            case KeyVersions.Destruction.InUse(var live) -> {
                out.printf("not done: %d %s hang on version %d; %s%n", live, KeyReport.rows(name), version,
                    name == KeyName.SPOOL ? "wait until their messages are sent" : "run ./sekisho keys rewrap first");
                yield BAD;
            }
            case KeyVersions.Destruction.StillSealing(var nodes) -> {
                out.printf("not done: %d nodes still seal with version %d; give them the newest %s.public first%n", nodes, version, name.text());
                yield BAD;
            }
        };
    }

    private static int forget(KeyName name, String host, KeyOpeners openers, PrintStream out) throws SQLException {
        if (openers.forget(name, host) == 0) {
            out.printf("not done: nobody on %s who opens %s has been silent for a minute; ./sekisho keys list names the hosts, and stop what runs there first%n", host, name.text());
            return BAD;
        }
        out.printf("%s is forgotten; whoever opens %s there again has to be given the newest %s.private first%n", host, name.text(), name.text());
        return GOOD;
    }

    private static void generate(Path folder, Optional<Path> passphraseFile, PrintStream out) throws CommandException {
        generate(folder, passphraseFile);
        out.println("""
            made in %s:
              files.public   mail-hook and web: gateway.keys.files      seals attachments
              files.private  web alone:         web.opening-key         opens them; lose it and every file is lost
              spool.public   mail-hook and web: gateway.keys.spool      seals waiting messages
              spool.private  mail-hook alone:   mail-hook.spool-key     opens them
              records.public   mail-hook and web: gateway.keys.records  seals names, types and hashes of files
              records.private  web and admin:   web.records-key, admin.records-key   opens them, and no content
              audit.private  one node or more:  gateway.audit.checkpoint-key
              audit.public   whoever verifies:  ./sekisho audit verify --public-key
            Keep copies of the private files where only you can read them.""".formatted(folder));
        passphraseFile.ifPresent(file -> out.printf(
            "files.private, spool.private and records.private open by the passphrase in %s alone: keep a copy of it, elsewhere%n", file.toAbsolutePath()));
    }

    /**
     * Makes the four pairs in {@code folder}, which is made if missing, mode 0700.
     *
     * @throws CommandException when one exists already or can't be written; pairs made before it stay
     */
    public static void generate(Path folder) throws CommandException {
        generate(folder, Optional.empty());
    }

    private static void generate(Path folder, Optional<Path> passphraseFile) throws CommandException {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            for (var name : List.of("files.public", "files.private", "spool.public", "spool.private", "records.public", "records.private", "audit.public", "audit.private")) {
                if (Files.exists(folder.resolve(name))) {
                    throw new CommandException(folder.resolve(name) + " exists already; a key is never overwritten, choose another folder");
                }
            }
            KeyFiles.generate(folder, "files", passphraseFile);
            KeyFiles.generate(folder, "spool", passphraseFile);
            KeyFiles.generate(folder, "records", passphraseFile);
            CheckpointKey.generate(folder);
        } catch (IOException | KeyFileException failed) {
            throw new CommandException("cannot make keys in " + folder + ": " + failed.getMessage(), failed);
        }
    }
}
