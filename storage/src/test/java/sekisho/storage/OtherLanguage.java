package sekisho.storage;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Meets what the system refuses, in words that it says in another language. Prints what it finds. Runs in a mount namespace, as a process of its own, see {@link DirectoryStoreTest}. */
final class OtherLanguage {
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private OtherLanguage() {
    }

    private interface Call {
        void run() throws IOException;
    }

    /** @param arguments the store's folder, with {@code objects} in it */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path root = Path.of(arguments[0]);
        Path objects = root.resolve("objects");
        String noLinks = reason(() -> Files.createLink(objects.resolve(UUID.randomUUID().toString()), root));    // a folder gets no second name anywhere
        OUT.println("no second name (" + noLinks + "): " + checked(new DirectoryStore(StandingFiles.around(root, (act, file) -> {
            if (act == StandingFiles.Act.LINK) {
                throw new FileSystemException(file.toString(), null, noLinks);
            }
        }))));
        var mount = new ProcessBuilder("mount", "--bind", objects.toString(), objects.toString()).inheritIO().start();
        OUT.println("mounted: " + (mount.waitFor() == 0));
        OUT.println("apart: " + checked(new DirectoryStore(root)));
        String full = reason(() -> Files.writeString(Path.of("/dev/full"), "x"));
        OUT.println("full (" + full + "): " + told(root, full));
        OUT.println("quota: " + told(root, "ディスク使用量制限を超過しました"));
        OUT.println("other: " + told(root, "入力/出力エラーです"));
    }

    private static String reason(Call call) throws IOException {
        try {
            call.run();
            return "done";
        } catch (FileSystemException named) {
            return String.valueOf(named.getReason());
        } catch (IOException other) {
            return String.valueOf(other.getMessage());
        }
    }

    private static String checked(DirectoryStore store) {
        try {
            store.check();
            return "good";
        } catch (StoreUnfitException unfit) {
            return "unfit";
        } catch (StoreException other) {
            return String.valueOf(other.getMessage());
        }
    }

    private static String told(Path root, String word) {
        return new DirectoryStore(root).unwritable(new IOException(word)).getClass().getSimpleName();
    }
}
