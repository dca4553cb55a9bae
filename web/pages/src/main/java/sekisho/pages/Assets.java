package sekisho.pages;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Style sheets, scripts and pictures below {@code META-INF/resources/assets}, each served under a path that changes with its content. */
@ApplicationScoped
class Assets {

    private static final int VERSION_OCTETS = 6;

    private final Map<String, String> paths = new ConcurrentHashMap<>();

    /** @throws IllegalArgumentException when there is no such asset */
    String path(String name) {
        return paths.computeIfAbsent(name, Assets::versioned);
    }

    private static String versioned(String name) {
        try (var in = Thread.currentThread().getContextClassLoader().getResourceAsStream("META-INF/resources/assets/" + name)) {
            if (in == null) {
                throw new IllegalArgumentException("no asset " + name);
            }
            var hash = MessageDigest.getInstance("SHA-256").digest(in.readAllBytes());
            return "/assets/" + name + "?v=" + HexFormat.of().formatHex(hash, 0, VERSION_OCTETS);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read asset " + name, unreadable);
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
