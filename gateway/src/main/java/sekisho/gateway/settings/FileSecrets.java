package sekisho.gateway.settings;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.SecretKeysHandler;
import io.smallrye.config.SecretKeysHandlerFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Lets a setting of the framework be the content of a file: {@code ${file::/run/secrets/database}} is what stands in that file without
 * the line's end. Neither a list of processes nor the environment then shows the secret.
 */
public final class FileSecrets implements SecretKeysHandlerFactory {

    private static final long MOST_OCTETS = 64 << 10;

    @Override
    public String getName() {
        return "file";
    }

    @Override
    public SecretKeysHandler getSecretKeysHandler(ConfigSourceContext context) {
        return new SecretKeysHandler() {
            @Override
            public String decode(String file) {
                return read(Path.of(file));
            }

            @Override
            public String getName() {
                return "file";
            }
        };
    }

    /**
     * The secret in {@code file}.
     *
     * @throws IllegalStateException when the file can't be read or is empty; says which, never what stands in it
     */
    public static String read(Path file) {
        try {
            if (Files.size(file) > MOST_OCTETS) {
                throw new IllegalStateException("the secret file " + file + " is larger than 64 KiB: it is another file");
            }
            var secret = Files.readString(file, StandardCharsets.UTF_8).stripTrailing();
            if (secret.isEmpty()) {
                throw new IllegalStateException("the secret file " + file + " is empty");
            }
            return secret;
        } catch (IOException unreadable) {
            throw new IllegalStateException("cannot read the secret file " + file + ": " + unreadable, unreadable);
        }
    }
}
