package sekisho.storage;

import java.nio.file.Path;
import java.util.Random;

/** Puts and deletes objects until it is killed, and says what it has done, see {@link KilledPutTest}. */
final class PutForever {
    private static final int KEPT = 5;

    private PutForever() {
    }

    /** @param arguments the store's folder, and the number of the first object */
    public static void main(String[] arguments) throws Exception {
        var store = new DirectoryStore(Path.of(arguments[0]));
        for (int number = Integer.parseInt(arguments[1]); ; number++) {
            System.out.println("begun " + number);
            try (var upload = store.create(key(number))) {
                upload.out().write(content(number));
                upload.finish();
            }
            System.out.println("done " + number);
            if (number % 2 == 0 && number >= KEPT) {
                System.out.println("going " + (number - KEPT));
                store.delete(key(number - KEPT));
                System.out.println("gone " + (number - KEPT));
            }
        }
    }

    static String key(int number) {
        return "n/" + number;
    }

    static byte[] content(int number) {
        byte[] content = new byte[number % 7 * 20_000 + 1];
        new Random(number).nextBytes(content);
        return content;
    }
}
