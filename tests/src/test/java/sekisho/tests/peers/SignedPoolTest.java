package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.TARO;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import sekisho.storage.S3Settings;
import sekisho.storage.S3Store;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.Policies;
import sekisho.tests.Smime;

/** One part buffer for all: what is signed isn't decided before the message is over, and must not wait for itself. */
class SignedPoolTest {

    private static final int FILE_OCTETS = 1_200_000;
    private static final int FILES = 3;

    @Test
    void aSignedMessageArrivesAtItsFirstAttemptHoweverManyFilesAreInIt() throws Exception {
        try (var installation = Installation.alone(Policies.AT_ONCE); var s3 = S3Server.start(installation.stage().folder().resolve("s3"), "sealed")) {
            var secret = Files.writeString(installation.stage().folder().resolve("s3-secret"), S3Server.SECRET_KEY);
            installation.start("mail", Map.of("gateway.store.kind", "s3", "gateway.store.s3.endpoint", s3.endpoint().toString(), "gateway.store.s3.bucket", "sealed",
                "gateway.store.s3.access-key", S3Server.ACCESS_KEY, "gateway.store.s3.secret-key-file", secret.toString(), "gateway.store.s3.part-buffers", "1"));
            var files = new byte[FILES][];
            for (int i = 0; i < FILES; i++) {
                files[i] = Messages.octets(FILE_OCTETS, i);
            }
            var messages = new LinkedHashMap<String, byte[]>();
            messages.put("Clear", Smime.clear("Clear", "a.bin", files));
            messages.put("Opaque", Smime.opaque("Opaque", "a.bin", files));
            messages.put("Opaque in opaque", Smime.opaqueTwice("Opaque in opaque", "a.bin", files));
            for (var message : messages.entrySet()) {
                assertThat(installation.mailServer().submits(HANAKO, List.of(TARO), message.getValue())).as(message.getKey()).startsWith("250 2.6.0");
                assertThat(installation.inbox().octets(installation.inbox().await(TARO, message.getKey())).length).isGreaterThan(FILES * FILE_OCTETS);
            }
            assertThat(installation.data().number("select count(*) from file")).as("it stays in the message").isZero();
            try (var store = new S3Store(new S3Settings(s3.endpoint(), "sealed", "us-east-1", S3Server.ACCESS_KEY, S3Server.SECRET_KEY, true))) {
                var left = new ArrayList<String>();
                store.list(object -> left.add(object.key()));
                assertThat(left).as("what was written while it came").noneMatch(key -> key.startsWith("f/"));
            }
        }
    }
}
