package sekisho.mailhook.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.mailhook.mime.SplitLimits;
import sekisho.mailhook.smtp.Client;
import sekisho.mailhook.smtp.InMemoryTransactions;
import sekisho.mailhook.smtp.Network;
import sekisho.mailhook.smtp.Rates;
import sekisho.mailhook.smtp.SignIn;
import sekisho.mailhook.smtp.SmtpLimits;
import sekisho.mailhook.smtp.SmtpListener;
import sekisho.mailhook.smtp.SmtpSettings;
import sekisho.mailhook.smtp.SmtpSettings.BareNewlines;
import sekisho.mailhook.smtp.SmtpSettings.TlsMode;
import sekisho.mailhook.smtp.TestCertificate;

/** What the settings of listeners become, and which of them contradict each other. */
class ListenersTest {

    private static final String CHAIN = TestCertificate.chain().toString();
    private static final String KEY = TestCertificate.key().toString();

    private static Map<String, SmtpSettings> settings(String... keysAndValues) {
        return Listeners.settings(HookSettings.of(keysAndValues), new Nobody());
    }

    private static void refuses(String because, String... keysAndValues) {
        assertThatThrownBy(() -> settings(keysAndValues)).isInstanceOf(IllegalStateException.class).hasMessageContaining(because);
    }

    /** Signs nobody in. */
    private static final class Nobody implements SignIn {
        @Override
        public Set<Mechanism> mechanisms() {
            return Set.of();
        }

        @Override
        public Outcome signIn(Client client, Proof proof) {
            return new Outcome.Refused();
        }
    }

    @Test
    void withoutAnySettingThereIsOneForThisMachine() {
        assertThat(settings()).hasEntrySatisfying("hook", hook -> {
            assertThat(hook.address()).isEqualTo(InetAddress.ofLiteral("127.0.0.1"));
            assertThat(hook.port()).isEqualTo(2525);
            assertThat(hook.hosts()).isEqualTo(SmtpSettings.Hosts.trusting(List.of(Network.parse("127.0.0.0/8"), Network.parse("::1"))));
            assertThat(hook.tls()).isEqualTo(SmtpSettings.Tls.NONE);
            assertThat(hook.rates()).isEqualTo(Rates.NONE);
            assertThat(hook.bareNewlines()).isEqualTo(BareNewlines.REFUSE);
            assertThat(hook.pipelining()).isTrue();
            assertThat(hook.signInOrNull()).isNull();
        }).hasSize(1);
        assertThat(settings("listeners.hook.port", "2600")).hasEntrySatisfying("hook", hook -> assertThat(hook.port()).isEqualTo(2600)).hasSize(1);
    }

    @Test
    void eachLimitReachesItsPlace() {
        var set = HookSettings.of("limits.message", "3M", "limits.command-line-octets", "4096", "limits.line", "5K", "limits.recipients", "600",
            "limits.connections", "70", "limits.connections-per-client", "8", "limits.idle", "9m", "limits.total", "10h", "limits.errors", "11",
            "limits.transactions", "12", "limits.header", "13K", "limits.header-line", "14K", "limits.header-fields", "1500", "limits.nesting", "16",
            "limits.parts", "1700", "limits.hops", "18");
        assertThat(Listeners.settings(set, null).get("hook").limits()).isEqualTo(new SmtpLimits(3 << 20, 4096, 5 << 10, 600, 70, 8,
            Duration.ofMinutes(9), Duration.ofHours(10), 11, 12));
        var unset = SplitLimits.defaults();
        assertThat(ConfiguredLimits.of(set.limits())).isEqualTo(new SplitLimits(13 << 10, 14 << 10, 1500, 16, 1700, unset.inlineImageOctets(),
            unset.inlineImagesOctets(), unset.keptPartOctets()));
        assertThat(settings().get("hook").limits()).isEqualTo(SmtpLimits.DEFAULT);
        assertThat(MessageLimits.defaults()).isEqualTo(new MessageLimits(SmtpLimits.DEFAULT, 50, unset));
    }

    @Test
    void theLimitOfOneClientIsNotThatOfAll() throws Exception {
        int port = free();
        var listeners = Listeners.open(HookSettings.of("listeners.hook.port", Integer.toString(port), "limits.connections", "2",
            "limits.connections-per-client", "1"), _ -> new InMemoryTransactions(), null);
        try (var first = new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.ofLiteral("127.0.0.2"), 0)) {
            assertThat(greeting(first)).startsWith("220 ");
            try (var second = new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.ofLiteral("127.0.0.2"), 0);
                    var other = new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.ofLiteral("127.0.0.3"), 0)) {
                assertThat(greeting(second)).startsWith("421 4.7.0 too many connections");
                assertThat(greeting(other)).startsWith("220 ");
            }
        } finally {
            listeners.stop(Duration.ZERO);
        }
    }

    private static String greeting(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)).readLine();
    }

    @Test
    void eachHasItsProfile() {
        var all = settings("listeners.hook.trusted-networks", "10.0.0.0/8", "listeners.hook.xforward-networks", "10.0.0.5", "listeners.hook.xclient-networks",
            "10.0.0.6", "listeners.hook.proxy-networks", "10.0.0.7,10.0.0.8", "listeners.hook.bare-newlines", "normalise",
            "listeners.submissions.port", "465", "listeners.submissions.tls", "implicit", "listeners.submissions.certificate", CHAIN,
            "listeners.submissions.certificate-key", KEY, "listeners.submissions.auth", "required", "listeners.submissions.messages-per-minute", "7",
            "listeners.submission.port", "587", "listeners.submission.tls", "starttls-required", "listeners.submission.certificate", CHAIN,
            "listeners.submission.certificate-key", KEY, "listeners.submission.auth", "required", "listeners.submission.connections-per-minute", "0",
            "listeners.submission.pipelining", "false");
        assertThat(all).containsOnlyKeys("hook", "submission", "submissions");
        var hook = all.get("hook");
        assertThat(hook.hosts().trusted()).containsExactly(Network.parse("10.0.0.0/8"));
        assertThat(hook.hosts().xforward()).containsExactly(Network.parse("10.0.0.5"));
        assertThat(hook.hosts().xclient()).containsExactly(Network.parse("10.0.0.6"));
        assertThat(hook.hosts().proxies()).containsExactly(Network.parse("10.0.0.7"), Network.parse("10.0.0.8"));
        assertThat(hook.bareNewlines()).isEqualTo(BareNewlines.NORMALISE);
        assertThat(hook.signInOrNull()).isNull();
        assertThat(all.get("submissions").tls().mode()).isEqualTo(TlsMode.IMPLICIT);
        assertThat(all.get("submissions").signInOrNull()).isNotNull();
        assertThat(all.get("submissions").rates()).isEqualTo(new Rates(60, 7, 2000));
        assertThat(all.get("submission").tls().mode()).isEqualTo(TlsMode.STARTTLS_REQUIRED);
        assertThat(all.get("submission").rates()).isEqualTo(new Rates(0, 120, 2000));
        assertThat(all.get("submission").pipelining()).isFalse();
        assertThat(all.get("submissions").pipelining()).isTrue();
    }

    @Test
    void whileACertificateIsRenewedTheOneFromBeforeGoesOn(@TempDir Path folder) throws Exception {
        var chain = Files.copy(TestCertificate.chain(), folder.resolve("chain.pem"));
        var key = Files.copy(TestCertificate.key(), folder.resolve("key.pem"));
        var context = settings("listeners.hook.tls", "starttls", "listeners.hook.certificate", chain.toString(), "listeners.hook.certificate-key", key.toString())
            .get("hook").tls().contextOrNull();
        var before = context.get();
        for (var file : List.of(chain, key)) {
            var whole = Files.readString(file);
            for (var part : List.of("", whole.substring(0, 100), whole.replace("\n-----END", "A\n-----END"), whole.substring(0, whole.length() - 30))) {
                Files.writeString(file, part);
                assertThat(context.get()).as("%s of %d octets", file.getFileName(), part.length()).isSameAs(before);
            }
            Files.delete(file);
            assertThat(context.get()).as("no %s", file.getFileName()).isSameAs(before);
            Files.writeString(file, whole);
            assertThat(context.get()).as("whole again").isNotSameAs(before);
            before = context.get();
        }
        Files.copy(TestCertificate.anotherKey(), key, StandardCopyOption.REPLACE_EXISTING);
        assertThat(context.get()).as("the new key with the old certificate").isSameAs(before);
    }

    @Test
    void whatContradictsItselfIsNamed() {
        refuses("mail-hook.listeners.hook.direction=inbound is for a later version", "listeners.hook.direction", "inbound");
        refuses("mail-hook.listeners.hook.auth=required needs mail-hook.listeners.hook.tls", "listeners.hook.auth", "required");
        refuses("mail-hook.listeners.hook.certificate and mail-hook.listeners.hook.certificate-key are set both", "listeners.hook.tls", "starttls");
        refuses("mail-hook.listeners.hook.certificate and mail-hook.listeners.hook.certificate-key are set both", "listeners.hook.certificate", CHAIN);
        refuses("mail-hook.listeners.hook.certificate is of no use without mail-hook.listeners.hook.tls", "listeners.hook.certificate", CHAIN,
            "listeners.hook.certificate-key", KEY);
        refuses("listener hook: no unencrypted PKCS #8 key", "listeners.hook.tls", "starttls", "listeners.hook.certificate", CHAIN,
            "listeners.hook.certificate-key", CHAIN);
        refuses("is not that of the certificate", "listeners.hook.tls", "starttls", "listeners.hook.certificate", CHAIN, "listeners.hook.certificate-key",
            TestCertificate.anotherKey().toString());
        refuses("mail-hook.listeners.b.port and mail-hook.listeners.a.port are the same", "listeners.a.address", "127.0.0.1", "listeners.b.address", "127.0.0.1");
        refuses("mail-hook.listeners.hook.xclient-networks: not a network: proxy.example", "listeners.hook.xclient-networks", "proxy.example");
        refuses("mail-hook.listeners.hook.from-field needs mail-hook.listeners.hook.auth=required", "listeners.hook.from-field", "own");
        refuses("a listener's name is", "listeners.\"a b\".port", "25");
        assertThatThrownBy(() -> HookSettings.of("listeners.hook.prot", "25")).hasMessageContaining("mail-hook.listeners.hook.prot");
        assertThatThrownBy(() -> settings("listeners.hook.auth", "sometimes")).hasMessageContaining("sometimes");
    }

    @Test
    void whenOnePortIsTakenNoneStaysOpen() throws Exception {
        try (var other = SmtpListener.start(SmtpSettings.loopback(0), new InMemoryTransactions())) {
            int free = free();
            var config = HookSettings.of("listeners.a.port", Integer.toString(free), "listeners.b.port", Integer.toString(other.port()));
            assertThatThrownBy(() -> Listeners.open(config, _ -> new InMemoryTransactions(), null)).hasMessageContaining("listener b")
                .hasMessageContaining("mail-hook.listeners.b.port");
            await().untilAsserted(() -> assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), free).close())
                .as("once the thread that accepts has left the socket").isInstanceOf(ConnectException.class));
        }
    }

    /** One that the system gives to nobody who asks for any. */
    private static int free() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(15_000, 30_000);
            try (var _ = new ServerSocket(port)) {
                return port;
            } catch (IOException taken) {
                assertThat(taken).isInstanceOf(BindException.class);
            }
        }
    }
}
