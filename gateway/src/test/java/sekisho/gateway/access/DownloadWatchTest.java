package sekisho.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.exceptionsorter.PostgreSQLExceptionSorter;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import sekisho.gateway.Mail;
import sekisho.gateway.TestServers;
import sekisho.gateway.hold.Holds;

@QuarkusTest
@QuarkusTestResource(TestServers.class)
class DownloadWatchTest {

    private static final byte[] CONTENT = new byte[1000];

    @Inject
    Downloads downloads;
    @Inject
    Settlements settlements;
    @Inject
    DownloadWatch running;
    @Inject
    Mail mail;
    @Inject
    Holds holds;
    @Inject
    Clock clock;

    /** Drops what comes on connections that it has forgotten, and lets new ones through. */
    private static final class Firewall implements AutoCloseable {

        private final ServerSocket in = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final AtomicInteger taken = new AtomicInteger();
        private final AtomicInteger passed = new AtomicInteger();
        private volatile int forgotten;

        Firewall(int to) throws IOException {
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        var client = in.accept();
                        var server = new Socket(InetAddress.getLoopbackAddress(), to);
                        int number = taken.incrementAndGet();
                        pass(client, server, number);
                        pass(server, client, number);
                    }
                } catch (IOException closed) {
                    // over
                }
            });
        }

        private void pass(Socket from, Socket to, int number) {
            Thread.ofVirtual().start(() -> {
                var octets = new byte[8192];
                try (from; to) {
                    for (int n = from.getInputStream().read(octets); n >= 0; n = from.getInputStream().read(octets)) {
                        if (number > forgotten) {
                            to.getOutputStream().write(octets, 0, n);
                            passed.incrementAndGet();
                        }
                    }
                } catch (IOException gone) {
                    // over
                }
            });
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    /** Its ticket is closed then, so the watch wants to break it, when it had looked which ones run before it ended. */
    @Test
    void aDownloadThatHasEndedIsNotBroken() {
        var sent = mail.send("hanako@example.co.jp", List.of("taro@partner.example"), CONTENT);
        holds.releaseNow(mail.person("hanako@example.co.jp", "sender"), sent.delivery());
        var taro = mail.person("taro@partner.example");
        var ticket = (Downloads.Ticketing.Ticket) downloads.ticket(sent.tokens().get("taro@partner.example"), sent.files().getFirst(), taro);
        var ready = (Downloads.Start.Ready) downloads.start(ticket.id(), taro);
        var broken = new AtomicBoolean();
        var download = running.begin(ready, taro, 0, CONTENT.length, () -> broken.set(true)).orElseThrow();
        try (download) {
            assertThat(download.mayServe(CONTENT.length)).isTrue();
            download.served(CONTENT.length);
        }
        assertThat(downloads.start(ticket.id(), taro)).isInstanceOf(Downloads.Start.Spent.class);
        download.cut();
        assertThat(broken).isFalse();
        assertThat(download.wasCut()).isFalse();
    }

    /** Else the first download after it would be cut. */
    @Test
    void aConnectionThatIsForgottenOnTheWayIsReplacedWhileNothingRuns() throws Exception {
        var config = ConfigProvider.getConfig();
        var server = URI.create(config.getValue("quarkus.datasource.jdbc.url", String.class).substring("jdbc:".length()));
        try (var firewall = new Firewall(server.getPort());
                var database = AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier().connectionPoolConfiguration(pool -> pool.maxSize(2).exceptionSorter(new PostgreSQLExceptionSorter()).connectionFactoryConfiguration(
                    factory -> factory.jdbcUrl("jdbc:postgresql://127.0.0.1:" + firewall.in.getLocalPort() + server.getPath()).jdbcProperty("socketTimeout", "30")
                        .principal(new NamePrincipal(config.getValue("quarkus.datasource.username", String.class)))
                        .credential(new SimplePassword(config.getValue("quarkus.datasource.password", String.class))))))) {
            var watch = new DownloadWatch(database, downloads, settlements, clock);
            watch.start(new StartupEvent());
            try {
                await().atMost(Duration.ofSeconds(60)).until(() -> firewall.passed.get() > 10);
                firewall.forgotten = firewall.taken.get();
                await().atMost(Duration.ofSeconds(60)).until(() -> firewall.taken.get() > firewall.forgotten);
            } finally {
                watch.stop(new ShutdownEvent());
            }
        }
    }
}
