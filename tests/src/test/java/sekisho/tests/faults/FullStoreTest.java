package sekisho.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.TARO;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import sekisho.tests.Installation;
import sekisho.tests.MailServer;
import sekisho.tests.Messages;
import sekisho.tests.Policies;

/** A store that has no room: mail waits at its server until there is some. Needs a kernel that lets its user have a mount namespace. */
class FullStoreTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    /** The hook keeps 64 MiB free, and takes mail while there are {@value #LEAST_MIB} more. */
    private static final int DISK_MIB = 80;
    private static final int LEAST_MIB = 8;

    private static void answersMail(Installation installation, String reply) {
        answersMail(installation, "", reply);
    }

    private static void answersMail(Installation installation, String parameters, String reply) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            try (var client = new MailServer.Connection(installation.stage().ports().smtp())) {
                client.says("EHLO mail.example.co.jp");
                assertThat(client.says("MAIL FROM:<" + HANAKO + ">" + parameters)).startsWith(reply);
            }
        });
    }

    @Test
    void withoutRoomMailWaitsAtItsServerAndNothingOfItStays() throws Exception {
        try (var installation = Installation.alone(Policies.AT_ONCE)) {
            Path objects = installation.stage().objects();
            var mail = installation.stage().launch("mail", "mail", Map.of("mail-hook.limits.min-free", LEAST_MIB + "M"), List.of("unshare", "-Urm", "sh", "-c",
                "mount -t tmpfs -o size=" + DISK_MIB + "m tmpfs \"$0\" && exec \"$@\"", objects.toString()));
            mail.awaitReady();
            answersMail(installation, "250");
            answersMail(installation, " SIZE=30000000", "452 4.3.1");
            answersMail(installation, " SIZE=1000000", "250");
            var submitted = Messages.twoAttachments("Before", Messages.octets(10, 3), Messages.octets(200_000, 4));
            assertThat(installation.mailServer().submits(HANAKO, List.of(TARO), submitted)).startsWith("250 2.6.0");

            Path disk = Path.of("/proc", Long.toString(mail.process().pid()), "root").resolve(objects.toAbsolutePath().toString().substring(1));
            Path filler = Files.write(disk.resolve("filler"), new byte[(DISK_MIB - 64 - LEAST_MIB / 2) << 20]);
            answersMail(installation, " SIZE=1000", "452 4.3.1");
            Files.write(filler, new byte[4096]);
            answersMail(installation, "250");

            Files.write(filler, new byte[(DISK_MIB - 40) << 20]);
            answersMail(installation, "452 4.3.1");
            try (var client = new MailServer.Connection(installation.stage().ports().smtp())) {
                client.says("EHLO mail.example.co.jp");
                assertThat(client.says("MAIL FROM:<>")).as("reports too").startsWith("452 4.3.1");
                assertThat(client.says("RCPT TO:<" + TARO + ">")).startsWith("503");
            }
            assertThat(files(disk)).as("of the one message that was taken, and the filler").isEqualTo(3);

            Files.delete(filler);
            answersMail(installation, "250");
            assertThat(installation.mailServer().submits(HANAKO, List.of(TARO), Messages.twoAttachments("After", Messages.octets(10, 3), Messages.octets(10, 4)))).startsWith("250 2.6.0");
            installation.inbox().await(TARO, "Before");
            installation.inbox().await(TARO, "After");
        }
    }

    private static long files(Path disk) throws IOException {
        try (var files = Files.walk(disk)) {
            return files.filter(Files::isRegularFile).count();
        }
    }
}
