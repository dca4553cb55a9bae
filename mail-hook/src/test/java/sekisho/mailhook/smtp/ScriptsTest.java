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
import sekisho.embedded.Escaped;
import sekisho.mailhook.smtp.SmtpSettings.BareNewlines;
import sekisho.mailhook.smtp.SmtpSettings.Hosts;
import sekisho.mailhook.smtp.SmtpSettings.TlsMode;

/**
 * Plays each dialogue of {@code src/test/resources/smtp} against a real listener. The first comment of a script is the behaviour it shows.
 * {@code ! name value} changes a setting; {@code = text} lists the accepted messages in order, octets escaped as in {@link Escaped}, and no
 * such line means that nothing was accepted; {@code @ client} lines list whose they were.
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
                .map(line -> new String(Escaped.octets(line.substring(2)), StandardCharsets.ISO_8859_1)).toList();
        assertThat(transactions.accepted).extracting(InMemoryTransactions.Accepted::text).isEqualTo(expected);
        List<String> clients = script.lines().filter(line -> line.startsWith("@ ")).map(line -> line.substring(2)).toList();
        if (!clients.isEmpty()) {
            assertThat(transactions.accepted).extracting(accepted -> description(accepted.client())).isEqualTo(clients);
        }
        assertThat(transactions.closed).as("every intake that was begun is closed once").hasValue(transactions.begun.get());
    }

    private static String description(Client client) {
        return client.address().getHostAddress()
                + client.forwarded().map(by -> " for " + (by.addressOrNull() == null ? "?" : by.addressOrNull().getHostAddress()) + " as " + by.identOrNull()).orElse("")
                + client.submitter().map(person -> " by " + person.account()).orElse("");
    }

    private static Hosts hosts(Hosts hosts, String which, String networks) {
        List<Network> list = Stream.of(networks.split(",")).map(Network::parse).toList();
        return switch (which) {
            case "trusted" -> new Hosts(list, hosts.xforward(), hosts.xclient(), hosts.proxies());
            case "xforward" -> new Hosts(hosts.trusted(), list, hosts.xclient(), hosts.proxies());
            case "xclient" -> new Hosts(hosts.trusted(), hosts.xforward(), list, hosts.proxies());
            case "proxies" -> new Hosts(hosts.trusted(), hosts.xforward(), hosts.xclient(), list);
            default -> throw new IllegalArgumentException(which);
        };
    }

    private static Rates rates(String three) {
        String[] numbers = three.split("/");
        return new Rates(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]), Integer.parseInt(numbers[2]));
    }

    private static SmtpSettings settings(String script) {
        SmtpSettings settings = SmtpSettings.loopback(0).withHostName("hook.example");
        for (String line : script.lines().filter(line -> line.startsWith("! ")).toList()) {
            String value = line.substring(line.lastIndexOf(' ') + 1);
            settings = switch (line.split(" ")[1]) {
                case "bare" -> settings.withBareNewlines(BareNewlines.valueOf(value));
                case "trusted", "xforward", "xclient", "proxies" -> settings.withHosts(hosts(settings.hosts(), line.split(" ")[1], value));
                case "rates" -> settings.withRates(rates(value));
                case "pipelining" -> settings.withoutPipelining();
                case "binary" -> settings.withBinaryMime();
                case "auth" -> settings.withSignIn(new InMemorySignIn());
                case "message" -> settings.withLimits(settings.limits().withMessageOctets(Long.parseLong(value)));
                case "line" -> settings.withLimits(settings.limits().withTextLineOctets(Integer.parseInt(value)));
                case "errors" -> settings.withLimits(settings.limits().withErrors(Integer.parseInt(value)));
                case "recipients" -> settings.withLimits(settings.limits().withRecipients(Integer.parseInt(value)));
                case "transactions" -> settings.withLimits(settings.limits().withTransactions(Integer.parseInt(value)));
                case "idle" -> settings.withLimits(settings.limits().withTimes(Duration.parse(value), Duration.ofMinutes(1)));
                case "total" -> settings.withLimits(settings.limits().withTimes(Duration.ofMinutes(1), Duration.parse(value)));
                case "pause" -> settings.withGreetingPause(Duration.parse(value));
                case "tls" -> settings.withTls(TlsMode.valueOf(value), TestCertificate::server);
                default -> throw new IllegalArgumentException(line);
            };
        }
        return settings;
    }
}
