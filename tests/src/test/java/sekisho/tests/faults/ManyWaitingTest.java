package sekisho.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.TARO;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.embedded.FreePorts;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.Policies;

/**
 * Ten thousand copies wait for one host that takes connections and says nothing, and a thousand for one that refuses them; mail to a live host is
 * all delivered before any of them is.
 */
class ManyWaitingTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    /** Of one message, as the limits are. */
    private static final int RECIPIENTS = 1_000;
    private static final int FOR_THE_SILENT = 10 * RECIPIENTS;
    private static final int FOR_THE_REFUSING = RECIPIENTS;
    private static final int LIVE = 200;
    /** How many the gateway tries at once of a destination that hasn't answered, and again until it is left alone. */
    private static final long TRIED_AT_MOST = 20;

    private Installation installation;
    private ServerSocket silent;
    private final Set<Socket> taken = ConcurrentHashMap.newKeySet();

    @BeforeEach
    void oneHostRefusesConnectionsAndAnotherTakesThemAndNeverSaysAWord() throws IOException {
        silent = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
        Thread.ofVirtual().start(() -> {
            while (!silent.isClosed()) {
                try {
                    taken.add(silent.accept());
                } catch (IOException closed) {
                    return;
                }
            }
        });
        installation = Installation.alone(Policies.AT_ONCE);
        installation.start("mail", Map.of(
            "mail-hook.routes.refusing.domains", "refusing.example",
            "mail-hook.routes.refusing.via", "127.0.0.1:" + FreePorts.take(),
            "mail-hook.routes.silent.domains", "silent.example",
            "mail-hook.routes.silent.via", "127.0.0.1:" + silent.getLocalPort()));
    }

    @AfterEach
    void allGo() throws IOException {
        silent.close();
        for (var socket : taken) {
            socket.close();
        }
        installation.close();
    }

    private long rows(String condition) {
        return installation.data().number("select count(*) from outbox where " + condition);
    }

    /** Each recipient outside gets a copy of their own, with their own link. */
    private void submits(String domain, int copies) throws IOException {
        for (int from = 0; from < copies; from += RECIPIENTS) {
            var recipients = IntStream.range(from, from + RECIPIENTS).mapToObj(i -> "r" + i + "@" + domain).toList();
            assertThat(installation.mailServer().submits(HANAKO, recipients, Messages.twoAttachments("Waits", new byte[10], new byte[20]))).startsWith("250");
        }
    }

    private void allOfThemWait() {
        assertThat(rows("kind = 'LINKED' and state in ('DUE', 'CLAIMED')")).as("wait").isEqualTo(FOR_THE_SILENT + FOR_THE_REFUSING);
    }

    @Test
    void mailToALiveHostIsAllDeliveredWhileTheyWait() throws Exception {
        submits("refusing.example", FOR_THE_REFUSING);
        submits("silent.example", FOR_THE_SILENT);
        allOfThemWait();
        for (int i = 0; i < LIVE; i++) {
            assertThat(installation.mailServer().submits(HANAKO, List.of(TARO), Messages.plain("Lives " + i, "x"))).startsWith("250");
        }
        for (int i = 0; i < LIVE; i++) {
            installation.inbox().await(TARO, "Lives " + i);
        }
        await().atMost(PATIENCE).until(() -> rows("kind = 'ORIGINAL' and state = 'SENT'") == LIVE);
        assertThat(rows("kind = 'ORIGINAL' and attempts <> 1")).as("of the live ones, tried more than once").isZero();
        allOfThemWait();
        assertThat(rows("destination = 'silent' and state in ('DUE', 'CLAIMED')")).as("wait for the silent host").isEqualTo(FOR_THE_SILENT);
        for (var dead : List.of("refusing", "silent")) {
            assertThat(rows("destination = '" + dead + "' and attempts > 0")).as("tried for %s", dead).isBetween(1L, TRIED_AT_MOST);
        }
        assertThat(rows("destination = 'silent' and state = 'CLAIMED'")).as("wait for an answer in vain").isBetween(1L, 5L);
        assertThat(taken).as("connections to the silent host").hasSizeBetween(1, 5);
        assertThat(installation.data().texts("select name from outbox_destination where suspended_until > now()")).containsExactly("refusing");
    }
}
