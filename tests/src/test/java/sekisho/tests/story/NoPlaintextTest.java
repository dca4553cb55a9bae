package sekisho.tests.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.TARO;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sekisho.embedded.FreePorts;
import sekisho.embedded.ProductProcess;
import sekisho.tests.House;
import sekisho.tests.Installation;
import sekisho.tests.MailServer;
import sekisho.tests.Messages;
import sekisho.tests.Policies;
import sekisho.tests.PortalForm;
import sekisho.tests.Visitor;

/**
 * Nothing of a file is on a disk in clear, not even while it comes in: neither in a file that the product has made anywhere, nor in one that
 * it has deleted and holds open.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NoPlaintextTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int FILE_OCTETS = 8 << 20;
    private static final long SEEN_OCTETS = 1 << 20;
    /** In a line of base64 of 76 characters (RFC 2045 §6.8). */
    private static final int LINE_OCTETS = 57;

    private final byte[] file = Messages.octets(FILE_OCTETS, 20261129);
    /** Whole lines of base64 as they come in, from the half that comes first, as they are and encoded. */
    private final List<String> pieces = IntStream.of(0, 1_000, 9_000).mapToObj(line -> Arrays.copyOfRange(file, line * LINE_OCTETS, (line + 1) * LINE_OCTETS))
        .flatMap(octets -> Stream.of(octets, Base64.getEncoder().encode(octets))).map(octets -> new String(octets, StandardCharsets.ISO_8859_1)).toList();
    private Installation installation;
    private ProductProcess all;
    private String pages;

    @BeforeAll
    void aProcessWhoseEveryFileIsInOneFolder() throws Exception {
        installation = Installation.inTheHouse("no_plaintext", Policies.AT_ONCE);
        pages = House.open().takePage();
        var temporary = Files.createDirectories(installation.stage().folder().resolve("temporary"));
        all = installation.stage().start("all", "all", Map.of("pages.public-origin", pages, "quarkus.http.port", Integer.toString(URI.create(pages).getPort()),
            "quarkus.management.port", Integer.toString(FreePorts.take())), List.of("-Xmx512m", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + temporary));
    }

    @AfterAll
    void theInstallationGoes() {
        installation.close();
    }

    @Test
    void whileAnUploadRunsNothingOfItIsOnTheDiskInClear() throws Exception {
        try (var hanako = new Visitor(pages, "hanako")) {
            var form = PortalForm.of(hanako, pages);
            var body = PortalForm.body("", TARO, "Half uploaded", file);
            try (var half = form.begins(body, body.length / 2)) {
                awaitHalf();
                assertThat(inClear()).as("while it comes in").isEmpty();
                assertThat(half.ends()).startsWith("HTTP/1.1 303");
            }
            assertThat(inClear()).as("when it is accepted").isEmpty();
        }
    }

    @Test
    void whileAMessageArrivesNothingOfItsAttachmentsIsOnTheDiskInClear() throws Exception {
        var message = new String(Messages.twoAttachments("Half said", Messages.octets(10, 9), file), StandardCharsets.ISO_8859_1).replace("\r\n.", "\r\n..");
        try (var connection = new MailServer.Connection(installation.stage().ports().smtp())) {
            for (var line : List.of("EHLO mail.example.co.jp", "MAIL FROM:<" + HANAKO + ">", "RCPT TO:<" + TARO + ">", "DATA")) {
                assertThat(connection.says(line)).matches("(?s)[23].*");
            }
            connection.sends(message.substring(0, message.length() / 2));
            awaitHalf();
            assertThat(inClear()).as("while it comes in").isEmpty();
            connection.sends(message.substring(message.length() / 2) + "\r\n.\r\n");
            assertThat(connection.reply()).startsWith("250");
        }
        assertThat(inClear()).as("when it is accepted").isEmpty();
    }

    @Test
    void whatLiesInClearIsFound() throws Exception {
        var planted = Files.write(installation.stage().folder().resolve("planted"), file);
        try (var open = Files.newByteChannel(planted, StandardOpenOption.READ)) {
            assertThat(inClear()).containsExactly(planted);
            Files.delete(planted);
            assertThat(inClear()).isEmpty();
            assertThat(openFilesInClear(ProcessHandle.current().pid())).as("deleted, and held open").isNotEmpty();
            assertThat(open.isOpen()).isTrue();
        }
    }

    /** Much of the file is in the store, and it isn't finished. */
    private void awaitHalf() {
        await().atMost(PATIENCE).until(() -> {
            try (var unfinished = Files.list(installation.stage().objects().resolve("tmp"))) {
                return unfinished.anyMatch(object -> object.toFile().length() >= SEEN_OCTETS);
            } catch (NoSuchFileException notYet) {
                return false;
            }
        });
    }

    private List<Path> inClear() throws IOException {
        var found = new ArrayList<Path>();
        for (var folder : List.of(installation.stage().folder(), House.open().stage().folder())) {
            try (var files = Files.walk(folder)) {
                found.addAll(files.filter(Files::isRegularFile).filter(this::hasAPiece).toList());
            }
        }
        found.addAll(openFilesInClear(all.process().pid()));
        return found;
    }

    private List<Path> openFilesInClear(long process) throws IOException {
        try (var open = Files.list(Path.of("/proc", Long.toString(process), "fd"))) {
            return open.filter(Files::isRegularFile).filter(this::hasAPiece).toList();
        }
    }

    private boolean hasAPiece(Path file) {
        try {
            var content = Files.readString(file, StandardCharsets.ISO_8859_1);
            return pieces.stream().anyMatch(content::contains);
        } catch (NoSuchFileException _) {
            return false;   // it went away meanwhile
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
