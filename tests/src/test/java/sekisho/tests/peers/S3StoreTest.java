package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.tests.People.TARO;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import sekisho.tests.House;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.Policies;
import sekisho.tests.SealedFiles;
import sekisho.tests.Visitor;

/** The product on an S3 server: a file of several parts comes in by mail, is opened through its link, and is gone when its time is over. */
class S3StoreTest {

    private static final Pattern FILE = Pattern.compile("/files/([0-9a-f-]{36})");
    private static final byte[] LARGE = Messages.octets(13_000_000, 11);

    @Test
    void aFileIsKeptInTheBucketAndOpenedFromIt() throws Exception {
        try (var installation = Installation.inTheHouse("on_s3", Policies.AT_ONCE);
                var s3 = S3Server.start(installation.stage().folder().resolve("s3"), "sealed")) {
            Path secret = Files.writeString(installation.stage().folder().resolve("s3-secret"), S3Server.SECRET_KEY);
            var store = Map.of(
                "gateway.store.kind", "s3", "gateway.store.s3.endpoint", s3.endpoint().toString(), "gateway.store.s3.bucket", "sealed",
                "gateway.store.s3.access-key", S3Server.ACCESS_KEY, "gateway.store.s3.secret-key-file", secret.toString());
            installation.start("mail", store);
            var pages = House.open().sparePage(0);
            installation.startPages("web", "web", pages, store);

            var reply = installation.mailServer().submits("hanako@example.co.jp", List.of(TARO),
                Messages.twoAttachments("Kept in S3", Messages.octets(1_000, 10), LARGE));
            assertThat(reply).startsWith("250 2.6.0");
            assertThat(installation.objects()).as("the directory store").isEmpty();
            assertThat(objects(s3)).as("objects in the bucket").isEqualTo(2);
            var token = installation.inbox().token(installation.inbox().await(TARO, "Kept in S3"));
            try (var taro = new Visitor(pages, "taro")) {
                var files = FILE.matcher(taro.opens("/d/" + token + "/files").html()).results().map(m -> m.group(1)).distinct().toList();
                assertThat(files).hasSize(2);
                var whole = taro.gets(taro.ticket(token, files.getLast()), HttpResponse.BodyHandlers.ofByteArray());
                assertThat(whole.statusCode()).isEqualTo(200);
                assertThat(SealedFiles.sha256(whole.body())).isEqualTo(SealedFiles.sha256(LARGE));
                var end = taro.gets(taro.ticket(token, files.getLast()), HttpResponse.BodyHandlers.ofByteArray(), "Range", "bytes=12999000-");
                assertThat(end.statusCode()).isEqualTo(206);
                assertThat(end.body()).isEqualTo(java.util.Arrays.copyOfRange(LARGE, 12_999_000, LARGE.length));
            }
        }
    }

    private static long objects(S3Server s3) throws Exception {
        try (var files = Files.walk(s3.buckets().resolve("sealed"))) {
            return files.filter(Files::isRegularFile).count();
        }
    }
}
