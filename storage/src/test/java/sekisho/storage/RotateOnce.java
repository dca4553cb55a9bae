package sekisho.storage;

import java.nio.file.Path;

/** Rotates the pair "objects" and prints what came of it; runs with fewer rights than its test, see {@link KeyFilesTest}. */
final class RotateOnce {
    private RotateOnce() {
    }

    /** @param arguments the folder */
    public static void main(String[] arguments) {
        try {
            KeyFiles.rotate(Path.of(arguments[0]), "objects");
            System.out.println("rotated");
        } catch (KeyFileException refused) {
            System.out.println(refused.getMessage());
        }
    }
}
