package sekisho.mailhook.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import sekisho.mailhook.smtp.SmtpSettings.BareNewlines;

/**
 * Plays each dialogue of {@code src/test/resources/smtp} against a real listener. The first comment of a script is the behaviour it shows.
 * {@code ! name value} changes a setting; {@code = text} lists the accepted messages in order, octets escaped as in {@link Dialogue}, and no
 * such line means that nothing was accepted.
 */
class ScriptsTest {
    @TestFactory
    Stream<DynamicTest> eachScriptGoesAsWritten() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/smtp"))) {
            return files.sorted().toList().stream().map(file -> DynamicTest.dynamicTest(name(file), file.toUri(), () -> play(file)));
        }
    }

    private static String name(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return file.getFileName() + ": " + lines.findFirst().orElse("").replaceFirst("^# *", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void play(Path file) throws IOException {
        String script = Files.readString(file);
        var transactions = new InMemoryTransactions();
        try (var listener = SmtpListener.start(settings(script), transactions)) {
            try (var dialogue = new Dialogue(listener.port())) {
                dialogue.play(script);
            }
            listener.stop(Duration.ofSeconds(20));
        }
        List<String> expected = script.lines().filter(line -> line.startsWith("= "))
                .map(line -> new String(Dialogue.octets(line.substring(2)), StandardCharsets.ISO_8859_1)).toList();
        assertThat(transactions.accepted).extracting(InMemoryTransactions.Accepted::text).isEqualTo(expected);
        assertThat(transactions.closed).as("every intake that was begun is closed once").hasValue(transactions.begun.get());
    }

    private static SmtpSettings settings(String script) {
        SmtpSettings settings = SmtpSettings.loopback(0).withHostName("hook.example");
        for (String line : script.lines().filter(line -> line.startsWith("! ")).toList()) {
            String value = line.substring(line.lastIndexOf(' ') + 1);
            settings = switch (line.split(" ")[1]) {
                case "bare" -> settings.withBareNewlines(BareNewlines.valueOf(value));
                case "trusted" -> settings.withTrusted(List.of(Network.parse(value)));
                case "message" -> settings.withLimits(settings.limits().withMessageOctets(Long.parseLong(value)));
                case "line" -> settings.withLimits(settings.limits().withTextLineOctets(Integer.parseInt(value)));
                case "errors" -> settings.withLimits(settings.limits().withErrors(Integer.parseInt(value)));
                case "recipients" -> settings.withLimits(settings.limits().withRecipients(Integer.parseInt(value)));
                case "transactions" -> settings.withLimits(settings.limits().withTransactions(Integer.parseInt(value)));
                case "idle" -> settings.withLimits(settings.limits().withTimes(Duration.parse(value), Duration.ofMinutes(1)));
                case "total" -> settings.withLimits(settings.limits().withTimes(Duration.ofMinutes(1), Duration.parse(value)));
                case "pause" -> settings.withGreetingPause(Duration.parse(value));
                case "tls" -> settings.withTls(TestCertificate::server, value.equals("required"));
                default -> throw new IllegalArgumentException(line);
            };
        }
        return settings;
    }
}
