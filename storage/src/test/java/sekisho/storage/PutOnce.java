package sekisho.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Puts one object into an empty store and deletes it, and stands still right before or right after the nth thing that is done to a file, to be killed
 * there; see {@link KilledPutTest}. Behind it are the store itself and real files.
 */
final class PutOnce {
    static final String KEY = "once";
    private static final int PIECE_OCTETS = 64 << 10;
    private static final Map<Integer, byte[]> CONTENTS = new ConcurrentHashMap<>();

    private final int stopAt;
    private final boolean alsoAtFolders;
    private int place;

    private PutOnce(int stopAt, boolean alsoAtFolders) {
        this.stopAt = stopAt;
        this.alsoAtFolders = alsoAtFolders;
    }

    /** @param arguments the store's folder, how many octets, where to stand still, whether at folders too. Says what it has done, and where it stands */
    public static void main(String[] arguments) throws Exception {
        var process = new PutOnce(Integer.parseInt(arguments[2]), Boolean.parseBoolean(arguments[3]));
        byte[] content = content(Integer.parseInt(arguments[1]));
        var store = new DirectoryStore(StandingFiles.around(Path.of(arguments[0]), process::stand));
        try (var upload = store.create(KEY)) {
            for (int at = 0; at < content.length; at += PIECE_OCTETS) {
                upload.out().write(content, at, Math.min(PIECE_OCTETS, content.length - at));
            }
            upload.finish();
        }
        System.out.println("done");
        store.delete(KEY);
        System.out.println("gone");
    }

    /** Of the 64 folders that are made at once, the first is one as good as all; and a kill closes files as we do. */
    private void stand(StandingFiles.Act act, Path file) throws IOException {
        boolean another = act == StandingFiles.Act.CREATE_FOLDER && file.getParent().getParent().endsWith("objects") && !file.endsWith("00");
        boolean folder = act == StandingFiles.Act.CREATE_FOLDER || Files.isDirectory(file);
        if (!another && act != StandingFiles.Act.CLOSE && (alsoAtFolders || !folder) && ++place == stopAt) {
            System.out.println("stands " + act + " " + file.getFileName());
            System.in.read();    // until it is killed
        }
    }

    /** The same for each number of octets, and not to be changed. */
    static byte[] content(int octets) {
        return CONTENTS.computeIfAbsent(octets, length -> {
            byte[] content = new byte[length];
            new Random(length).nextBytes(content);
            return content;
        });
    }
}
