package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.TARO;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sekisho.storage.S3Settings;
import sekisho.storage.S3Store;
import sekisho.storage.StoreException;
import sekisho.storage.Stray;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.Policies;
import sekisho.tests.Smime;

/** One part buffer for all: whoever waits for it must not wait for himself, and nothing that was put off stays in the store. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmallestPoolTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String JIRO = "jiro@example.co.jp";
    private static final int AT_ONCE = 3;
    private static final int S3_PART_OCTETS = 16 << 20;
    private static final int SIGNED_FILE_OCTETS = 1_200_000;
    private static final int SIGNED_FILES = 3;

    private Installation installation;
    private S3Server s3;

    @BeforeAll
    void theHouseStands() throws Exception {
        installation = Installation.alone(Policies.AT_ONCE);
        s3 = S3Server.start(installation.stage().folder().resolve("s3"), "sealed");
        var secret = Files.writeString(installation.stage().folder().resolve("s3-secret"), S3Server.SECRET_KEY);
        installation.start("mail", Map.of("gateway.store.kind", "s3", "gateway.store.s3.endpoint", s3.endpoint().toString(), "gateway.store.s3.bucket", "sealed",
            "gateway.store.s3.access-key", S3Server.ACCESS_KEY, "gateway.store.s3.secret-key-file", secret.toString(), "gateway.store.s3.part-buffers", "1"));
    }

    @AfterAll
    void theHouseGoes() {
        try {
            installation.close();
        } finally {
            s3.close();
        }
    }

    private S3Store store() throws StoreException {
        return new S3Store(new S3Settings(s3.endpoint(), "sealed", "us-east-1", S3Server.ACCESS_KEY, S3Server.SECRET_KEY, true));
    }

    private Set<String> filesInTheStore() throws StoreException {
        var keys = new HashSet<String>();
        try (var store = store()) {
            store.list(object -> keys.add(object.key()));
        }
        keys.removeIf(key -> !key.startsWith("f/"));
        return keys;
    }

    private long number(String from) {
        return installation.data().number("select count(*) from " + from);
    }

    /** Their attachments take several parts, they come in at the same time, and a colleague gets each as it was, so that what is kept of a message is as long as they are. */
    @Test
    void messagesLargerThanAPartAllArrive() throws Exception {
        var sent = new ArrayList<Future<String>>();
        try (var mailServers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < AT_ONCE; i++) {
                int number = i;
                sent.add(mailServers.submit(() -> await().atMost(PATIENCE).until(() -> submits(number), reply -> reply.startsWith("250 2.6.0"))));
            }
        }
        for (int i = 0; i < AT_ONCE; i++) {
            assertThat(sent.get(i).get()).startsWith("250 2.6.0");
            installation.inbox().await(TARO, "Large " + i);
            assertThat(installation.inbox().octets(installation.inbox().await(JIRO, "Large " + i)).length).isGreaterThan(S3_PART_OCTETS);
        }
        assertThat(number("file where size_octets > " + S3_PART_OCTETS)).isEqualTo(AT_ONCE);
        try (var store = store()) {
            var strays = new ArrayList<Stray>();
            store.strays(strays::add);
            assertThat(strays).isEmpty();
        }
    }

    /** As a mail server does: what is answered 451 comes again. */
    private String submits(int number) throws IOException {
        return installation.mailServer().submits(HANAKO, List.of(TARO, JIRO),
            Messages.twoAttachments("Large " + number, Messages.octets(2 << 20, number), Messages.octets(S3_PART_OCTETS + 100_000, 10 + number)));
    }

    /** What is signed isn't decided before the message is over. */
    @Test
    void aSignedMessageArrivesAtItsFirstAttemptHoweverManyFilesAreInIt() throws Exception {
        long files = number("file");
        var objects = filesInTheStore();
        var contents = new byte[SIGNED_FILES][];
        for (int i = 0; i < SIGNED_FILES; i++) {
            contents[i] = Messages.octets(SIGNED_FILE_OCTETS, i);
        }
        var messages = new LinkedHashMap<String, byte[]>();
        messages.put("Clear", Smime.clear("Clear", "a.bin", contents));
        messages.put("Opaque", Smime.opaque("Opaque", "a.bin", contents));
        messages.put("Opaque in opaque", Smime.opaqueTwice("Opaque in opaque", "a.bin", contents));
        for (var message : messages.entrySet()) {
            assertThat(installation.mailServer().submits(HANAKO, List.of(TARO), message.getValue())).as(message.getKey()).startsWith("250 2.6.0");
            assertThat(installation.inbox().octets(installation.inbox().await(TARO, message.getKey())).length).isGreaterThan(SIGNED_FILES * SIGNED_FILE_OCTETS);
        }
        assertThat(number("file")).as("it stays in the message").isEqualTo(files);
        assertThat(objects).as("what was written while it came").containsAll(filesInTheStore());
    }
}
