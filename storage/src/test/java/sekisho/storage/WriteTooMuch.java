package sekisho.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes an object until the system refuses, and goes on with what a caller may do then. Prints what it finds. Runs under a limit, see {@link DirectoryStoreTest}. */
final class WriteTooMuch {
    private static final int PIECE = 100_000;
    private static final int PIECES = 100;
    private static final int FITS = 500_000;

    private WriteTooMuch() {
    }

    private interface Call {
        void run() throws IOException;
    }

    /** @param arguments the store's folder */
    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[0]);
        try (var store = new DirectoryStore(root)) {
            try (var upload = store.create("much")) {
                refused("write", () -> {
                    for (int i = 0; i < PIECES; i++) {
                        upload.out().write(new byte[PIECE]);
                    }
                });
                refused("next write", () -> upload.out().write(1));
                refused("finish", upload::finish);
            }
            try (var files = Files.list(root.resolve("tmp"))) {
                System.out.println("files in tmp: " + files.count());
            }
            try (var upload = store.create("fits")) {
                upload.out().write(new byte[FITS]);
                upload.finish();
            }
            List<StoredObject> objects = new ArrayList<>();
            store.list(objects::add);
            objects.forEach(object -> System.out.println("there: " + object.key() + " " + object.sizeOctets()));
        }
    }

    private static void refused(String what, Call call) throws IOException {
        try {
            call.run();
            System.out.println(what + " was taken");
        } catch (StoreException refused) {
            System.out.println(what + " refused, " + (refused.temporary() ? "for now: " : "for good: ") + refused.getMessage());
        }
    }
}
