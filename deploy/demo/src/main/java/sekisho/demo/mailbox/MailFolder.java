package sekisho.demo.mailbox;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Messages as files: {@code 12.eml} holds the octets, {@code 12.envelope} what came before them. The second is written last, so that a message
 * without it never arrived. When there are too many the oldest go.
 */
final class MailFolder {
    private static final int MOST_MESSAGES = 2000;

    private final Path folder;
    private final TreeMap<Long, StoredMessage> messages = new TreeMap<>();
    private long lastId;

    MailFolder(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.matches("\\d{1,15}\\.envelope")) {
                    StoredMessage message = read(Long.parseLong(name.substring(0, name.indexOf('.'))));
                    messages.put(message.id(), message);
                    lastId = Math.max(lastId, message.id());
                } else if (name.endsWith(".arriving")) {
                    Files.delete(file);
                }
            }
        }
    }

    /** A message that is being received. Without {@link #finish} nothing of it stays. */
    final class Arrival implements AutoCloseable {
        private final Path file;
        private final OutputStream out;
        private boolean closed;

        private Arrival() throws IOException {
            file = Files.createTempFile(folder, "message", ".arriving");
            out = new BufferedOutputStream(Files.newOutputStream(file));
        }

        OutputStream out() {
            return out;
        }

        StoredMessage finish(String from, List<String> to) throws IOException {
            out.close();
            return add(file, from, to);
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                try {
                    out.close();
                    Files.deleteIfExists(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    Arrival begin() throws IOException {
        return new Arrival();
    }

    private synchronized StoredMessage add(Path file, String from, List<String> to) throws IOException {
        long id = ++lastId;
        var message = new StoredMessage(id, Instant.now(), from, to, MessageText.subject(file), Files.size(file));
        Files.move(file, file(id, ".eml"), StandardCopyOption.ATOMIC_MOVE);
        Properties envelope = new Properties();
        envelope.setProperty("from", from);
        envelope.setProperty("to", String.join("\n", to));
        envelope.setProperty("arrived", message.arrived().toString());
        envelope.setProperty("subject", message.subject());
        Path half = file(id, ".arriving");
        try (var writer = Files.newBufferedWriter(half, StandardCharsets.UTF_8)) {
            envelope.store(writer, null);
        }
        Files.move(half, file(id, ".envelope"), StandardCopyOption.ATOMIC_MOVE);
        messages.put(id, message);
        while (messages.size() > MOST_MESSAGES) {
            remove(messages.firstKey());
        }
        notifyAll();
        return message;
    }

    private StoredMessage read(long id) throws IOException {
        Properties envelope = new Properties();
        try (var reader = Files.newBufferedReader(file(id, ".envelope"), StandardCharsets.UTF_8)) {
            envelope.load(reader);
        }
        return new StoredMessage(id, Instant.parse(envelope.getProperty("arrived")), envelope.getProperty("from"),
                List.of(envelope.getProperty("to").split("\n")), envelope.getProperty("subject"), Files.size(file(id, ".eml")));
    }

    private void remove(long id) {
        messages.remove(id);
        try {
            Files.deleteIfExists(file(id, ".envelope"));
            Files.deleteIfExists(file(id, ".eml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized List<StoredMessage> messages() {
        return new ArrayList<>(messages.values());
    }

    synchronized List<StoredMessage> await(int count, Predicate<StoredMessage> fits, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (true) {
            List<StoredMessage> fitting = messages.values().stream().filter(fits).toList();
            long left = (end - System.nanoTime()) / 1_000_000;
            if (fitting.size() >= count || left <= 0) {
                return fitting;
            }
            wait(left);
        }
    }

    synchronized void clear() {
        List.copyOf(messages.keySet()).forEach(this::remove);
    }

    /** Throws {@link NoSuchFileException} when the message has gone. */
    byte[] octets(StoredMessage message) throws IOException {
        return Files.readAllBytes(file(message.id()));
    }

    Path file(long id) {
        return file(id, ".eml");
    }

    private Path file(long id, String ending) {
        return folder.resolve(id + ending);
    }
}
