package sekisho.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes a {@link NewFile} until the system refuses, and prints why. Runs under a limit, see {@link DirectoryStoreTest}. */
final class WriteTooMuch {
    private static final int PIECE = 100_000;
    private static final int PIECES = 100;

    private WriteTooMuch() {
    }

    /** @param arguments the file, which isn't there yet */
    public static void main(String[] arguments) throws IOException {
        Path path = Path.of(arguments[0]);
        try (var file = new NewFile(path, FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), 4096)) {
            for (int i = 0; i < PIECES; i++) {
                file.write(new byte[PIECE], 0, PIECE);
            }
            System.out.println("all was written");
        } catch (IOException refused) {
            System.out.println(refused.getMessage());
        }
    }
}
