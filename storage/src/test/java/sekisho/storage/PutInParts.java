package sekisho.storage;

import java.net.URI;
import java.time.Duration;

/** Puts one object into an S3 store, behind a wire that stalls, until it is killed, see {@link KilledMultipartTest}. */
final class PutInParts {
    static final String KEY = "a/b";
    static final int PART_OCTETS = 5 << 20;

    private PutInParts() {
    }

    /** @param arguments the port of the store on this machine, the bucket, and how many octets */
    public static void main(String[] arguments) throws Exception {
        try (var store = store(Integer.parseInt(arguments[0]), arguments[1])) {
            put(store, Integer.parseInt(arguments[2]));
        }
    }

    static S3Store store(int port, String bucket) {
        return new S3Store(new S3Settings(URI.create("http://127.0.0.1:" + port), bucket, "us-east-1", S3ProxyServer.ACCESS_KEY, S3ProxyServer.SECRET_KEY,
                true, 1, Duration.ofSeconds(60)), new S3Store.Limits(Duration.ofSeconds(10), PART_OCTETS, S3Store.MAX_PARTS));
    }

    static void put(S3Store store, int octets) throws Exception {
        try (var upload = store.create(KEY)) {
            upload.out().write(content(octets));
            upload.finish();
        }
    }

    static byte[] content(int octets) {
        return ObjectStoreContract.octets(octets, octets);
    }
}
