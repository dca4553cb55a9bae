package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.TARO;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import sekisho.storage.S3Settings;
import sekisho.storage.S3Store;
import sekisho.storage.Stray;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.Policies;

/**
 * One part buffer for all: messages whose attachments take several parts come in at the same time, and a colleague gets each as it was, so that what
 * is kept of the message is as long as they are.
 */
class SmallestPoolTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String JIRO = "jiro@example.co.jp";
    private static final int AT_ONCE = 3;
    private static final int S3_PART_OCTETS = 16 << 20;

    @Test
    void messagesLargerThanAPartAllArrive() throws Exception {
        try (var installation = Installation.alone(Policies.AT_ONCE); var s3 = S3Server.start(installation.stage().folder().resolve("s3"), "sealed")) {
            var secret = Files.writeString(installation.stage().folder().resolve("s3-secret"), S3Server.SECRET_KEY);
            installation.start("mail", Map.of("gateway.store.kind", "s3", "gateway.store.s3.endpoint", s3.endpoint().toString(), "gateway.store.s3.bucket", "sealed",
                "gateway.store.s3.access-key", S3Server.ACCESS_KEY, "gateway.store.s3.secret-key-file", secret.toString(), "gateway.store.s3.part-buffers", "1"));
            var sent = new ArrayList<Future<String>>();
            try (var mailServers = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < AT_ONCE; i++) {
                    int number = i;
                    sent.add(mailServers.submit(() -> await().atMost(PATIENCE).until(() -> submits(installation, number), reply -> reply.startsWith("250 2.6.0"))));
                }
            }
            for (int i = 0; i < AT_ONCE; i++) {
                assertThat(sent.get(i).get()).startsWith("250 2.6.0");
                installation.inbox().await(TARO, "Large " + i);
                assertThat(installation.inbox().octets(installation.inbox().await(JIRO, "Large " + i)).length).isGreaterThan(S3_PART_OCTETS);
            }
            assertThat(installation.data().number("select count(*) from file where size_octets > " + S3_PART_OCTETS)).isEqualTo(AT_ONCE);
            try (var store = new S3Store(new S3Settings(s3.endpoint(), "sealed", "us-east-1", S3Server.ACCESS_KEY, S3Server.SECRET_KEY, true))) {
                var strays = new ArrayList<Stray>();
                store.strays(strays::add);
                assertThat(strays).isEmpty();
            }
        }
    }

    /** As a mail server does: what is answered 451 comes again. */
    private static String submits(Installation installation, int number) throws IOException {
        return installation.mailServer().submits(HANAKO, List.of(TARO, JIRO),
            Messages.twoAttachments("Large " + number, Messages.octets(2 << 20, number), Messages.octets(S3_PART_OCTETS + 100_000, 10 + number)));
    }
}
