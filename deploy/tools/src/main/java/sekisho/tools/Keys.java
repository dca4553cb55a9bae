package sekisho.tools;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import sekisho.gateway.audit.CheckpointKey;
import sekisho.storage.KeyFileException;
import sekisho.storage.KeyFiles;

/** Makes the key pairs of an installation; says which role gets which file. Never overwrites one. */
public final class Keys implements Command {

    @Override
    public String name() {
        return "keys";
    }

    @Override
    public String usage() {
        return "keys generate DIR";
    }

    @Override
    public int run(List<String> arguments, PrintStream out) throws CommandException {
        var words = Options.parse(arguments, Set.of()).words();
        if (words.size() != 2 || !words.getFirst().equals("generate")) {
            throw new CommandException("keys is called as: " + usage());
        }
        var folder = Path.of(words.getLast());
        generate(folder);
        out.println("""
            made in %s:
              files.public   mail-hook and web: gateway.keys.files      seals attachments
              files.private  web alone:         web.opening-key         opens them; lose it and every file is lost
              spool.public   mail-hook and web: gateway.keys.spool      seals waiting messages
              spool.private  mail-hook alone:   mail-hook.spool-key     opens them
              audit.private  one node or more:  gateway.audit.checkpoint-key
              audit.public   whoever verifies:  ./sekisho audit verify --public-key
            Keep copies of the private files where only you can read them.""".formatted(folder));
        return GOOD;
    }

    /**
     * Makes the three pairs in {@code folder}, which is made if missing, mode 0700.
     *
     * @throws CommandException when one exists already or can't be written; pairs made before it stay
     */
    public static void generate(Path folder) throws CommandException {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            for (var name : List.of("files.public", "files.private", "spool.public", "spool.private", "audit.public", "audit.private")) {
                if (Files.exists(folder.resolve(name))) {
                    throw new CommandException(folder.resolve(name) + " exists already; a key is never overwritten, choose another folder");
                }
            }
            KeyFiles.generate(folder, "files");
            KeyFiles.generate(folder, "spool");
            CheckpointKey.generate(folder);
        } catch (IOException | KeyFileException failed) {
            throw new CommandException("cannot make keys in " + folder + ": " + failed.getMessage(), failed);
        }
    }
}
