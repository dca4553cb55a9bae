package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sekisho.tests.People.TARO;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import sekisho.storage.FaultyWire;
import sekisho.storage.FaultyWire.Fault;
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
                var s3 = S3Server.start(installation.stage().folder().resolve("s3"), "sealed"); var wire = new FaultyWire(s3.port())) {
            Path secret = Files.writeString(installation.stage().folder().resolve("s3-secret"), S3Server.SECRET_KEY);
            var store = Map.of(
                "gateway.store.kind", "s3", "gateway.store.s3.endpoint", "http://127.0.0.1:" + wire.port(), "gateway.store.s3.bucket", "sealed",
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
                for (var fault : List.of(Fault.HALF_ANSWER, Fault.SHORT_ANSWER)) {
                    breaksOffAndGoesOn(wire, fault, taro, taro.ticket(token, files.getLast()));
                }
            }
        }
    }

    /** However the store breaks off, the browser sees a broken download and no whole one, and a Range fetches what is missing. */
    private static void breaksOffAndGoesOn(FaultyWire wire, Fault fault, Visitor taro, String ticket) throws Exception {
        wire.order("GET /sealed/f/", fault, 3_000_000);
        var received = new ByteArrayOutputStream();
        var answer = taro.gets(ticket, HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).as(fault.name()).isEqualTo(200);
        assertThatThrownBy(() -> answer.body().transferTo(received)).as(fault.name()).isInstanceOf(IOException.class);
        wire.mend();
        assertThat(received.size()).as(fault.name()).isLessThan(LARGE.length);
        received.write(taro.gets(ticket, HttpResponse.BodyHandlers.ofByteArray(), "Range", "bytes=" + received.size() + "-").body());
        assertThat(SealedFiles.sha256(received.toByteArray())).as(fault.name()).isEqualTo(SealedFiles.sha256(LARGE));
    }

    private static long objects(S3Server s3) throws Exception {
        try (var files = Files.walk(s3.buckets().resolve("sealed"))) {
            return files.filter(Files::isRegularFile).count();
        }
    }
}
