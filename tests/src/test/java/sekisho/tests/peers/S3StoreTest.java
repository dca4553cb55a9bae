package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.TARO;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import sekisho.storage.FaultyWire;
import sekisho.storage.FaultyWire.Fault;
import sekisho.storage.S3Settings;
import sekisho.storage.S3Store;
import sekisho.tests.House;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.PortalForm;
import sekisho.tests.SealedFiles;
import sekisho.tests.Visitor;
import sekisho.tools.Store;

/**
 * The product on an S3 server: a file that goes up in parts comes in by mail and is opened through its link, also when the store breaks off;
 * what has had its time is removed from the bucket, and nothing else is.
 */
class S3StoreTest {

    /** Above S3Store's 16 MiB, so that it goes up in two parts. */
    private static final int LARGE_OCTETS = 18_000_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String POLICY = """
        inside: [example.co.jp]
        rules:
          - name: short lived
            when: { recipient: "@brief.example" }
            then: { hold: none, expires: 1s }
          - name: at once
            then: { hold: none, downloads: 50 }
        """;
    private static final Pattern FILE = Pattern.compile("/files/([0-9a-f-]{36})");
    private static final byte[] LARGE = Messages.octets(LARGE_OCTETS, 11);

    @Test
    void aFileIsKeptInTheBucketAndOpenedFromIt() throws Exception {
        try (var installation = Installation.inTheHouse("on_s3", POLICY);
                var s3 = S3Server.start(installation.stage().folder().resolve("s3"), "sealed"); var wire = new FaultyWire(s3.port())) {
            Path secret = Files.writeString(installation.stage().folder().resolve("s3-secret"), S3Server.SECRET_KEY);
            var store = Map.of("gateway.life.grace", "2s", "gateway.store.s3.silence", "5s",
                "gateway.store.kind", "s3", "gateway.store.s3.endpoint", "http://127.0.0.1:" + wire.port(), "gateway.store.s3.bucket", "sealed",
                "gateway.store.s3.access-key", S3Server.ACCESS_KEY, "gateway.store.s3.secret-key-file", secret.toString());
            installation.start("mail", store);
            var pages = House.open().takePage();
            installation.startPages("web", "web", pages, store);

            var reply = installation.mailServer().submits("hanako@example.co.jp", List.of(TARO),
                Messages.twoAttachments("Kept in S3", Messages.octets(1_000, 10), LARGE));
            assertThat(reply).startsWith("250 2.6.0");
            assertThat(installation.objects()).as("the directory store").isEmpty();
            assertThat(keys(s3)).as("objects in the bucket").hasSize(2);
            var token = installation.inbox().token(installation.inbox().await(TARO, "Kept in S3"));
            try (var taro = new Visitor(pages, "taro")) {
                var files = FILE.matcher(taro.opens("/d/" + token + "/files").html()).results().map(m -> m.group(1)).distinct().toList();
                assertThat(files).hasSize(2);
                var whole = taro.gets(taro.ticket(token, files.getLast()), HttpResponse.BodyHandlers.ofByteArray());
                assertThat(whole.statusCode()).isEqualTo(200);
                assertThat(SealedFiles.sha256(whole.body())).isEqualTo(SealedFiles.sha256(LARGE));
                var end = taro.gets(taro.ticket(token, files.getLast()), HttpResponse.BodyHandlers.ofByteArray(), "Range", "bytes=" + (LARGE_OCTETS - 1_000) + "-");
                assertThat(end.statusCode()).isEqualTo(206);
                assertThat(end.body()).isEqualTo(Arrays.copyOfRange(LARGE, LARGE_OCTETS - 1_000, LARGE_OCTETS));
                for (var fault : List.of(Fault.HALF_ANSWER, Fault.SHORT_ANSWER, Fault.ENDED_ANSWER, Fault.SILENT_ANSWER)) {
                    breaksOffAndGoesOn(wire, fault, taro, taro.ticket(token, files.getLast()));
                }
                for (var fault : List.of(Fault.RESET, Fault.UNAVAILABLE, Fault.LOST_ANSWER, Fault.STALL)) {
                    isToldBeforeAnyOctet(wire, fault, taro, taro.ticket(token, files.getLast()));
                }
                wire.order("GET /sealed/f/", Fault.SLOW, 0);
                assertThat(SealedFiles.sha256(taro.gets(taro.ticket(token, files.getLast()), HttpResponse.BodyHandlers.ofByteArray()).body()))
                    .as("slow, and whole").isEqualTo(SealedFiles.sha256(LARGE));
                wire.mend();
            }
            whatIsOverIsRemovedAndNothingElse(installation, s3);
            aFormWhoseRestWasStoredWithoutAWordLeavesNothing(wire, pages, s3);
            whatElseLiesInTheBucketIsNamed(installation, s3, secret);
        }
    }

    /** So many long names that what the mail is composed from becomes an object of its own; the store has it each time, and its answer is lost each time. */
    private static void aFormWhoseRestWasStoredWithoutAWordLeavesNothing(FaultyWire wire, String pages, S3Server s3) throws Exception {
        try (var hanako = new Visitor(pages, "hanako")) {
            var form = PortalForm.of(hanako, pages);
            var body = PortalForm.body(TARO, "Many names", IntStream.range(0, 120).mapToObj(i -> "\u8cc7".repeat(200) + i + ".txt").toList());
            var before = keys(s3);
            wire.order("PUT /sealed/s/", Fault.LOST_ANSWER, 0);
            var answer = form.posts(body);
            assertThat(wire.met()).isTrue();
            wire.mend();
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(keys(s3)).containsExactlyInAnyOrderElementsOf(before);
            assertThat(PortalForm.delivery(form.posts(body))).isNotEmpty();
            assertThat(keys(s3)).hasSize(before.size() + 121);
        }
    }

    private static void whatIsOverIsRemovedAndNothingElse(Installation installation, S3Server s3) throws IOException {
        assertThat(installation.mailServer().submits("hanako@example.co.jp", List.of("kei@brief.example"),
            Messages.twoAttachments("Soon over", Messages.octets(1_000, 12), LARGE))).startsWith("250 2.6.0");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(installation.data().number(
            "select count(*) from file where wrap is null and object_gone_at is not null")).isEqualTo(2));
        var left = installation.data().texts("select object_key from file where object_gone_at is null");
        assertThat(left).hasSize(2);
        assertThat(keys(s3)).containsAll(left).doesNotContainAnyElementsOf(
            installation.data().texts("select object_key from file where object_gone_at is not null"));
    }

    private static void whatElseLiesInTheBucketIsNamed(Installation installation, S3Server s3, Path secret) throws Exception {
        assertThat(verify(installation, s3, secret)).startsWith("0 ").contains("0 unknown, 0 unfinished, 0 stray");
        Files.writeString(s3.buckets().resolve("sealed").resolve("Notes.txt"), "not ours");
        var settings = new S3Settings(s3.endpoint(), "sealed", "us-east-1", S3Server.ACCESS_KEY, S3Server.SECRET_KEY, true);
        try (var store = new S3Store(settings); var upload = store.create("f/breaks-off")) {
            upload.out().write(LARGE);
            assertThat(verify(installation, s3, secret)).startsWith("0 ").contains("UNFINISHED: upload \"f/breaks-off\", since ", "STRAY: \"Notes.txt\", since ",
                "0 missing, 0 damaged, 0 unreadable, 0 shut, 0 unknown, 1 unfinished, 1 stray");
        }
        assertThat(verify(installation, s3, secret, "--deep", "--files-key", installation.stage().keys().resolve("files.private").toString()))
            .startsWith("0 ").contains("files opened", "0 unfinished, 1 stray");
    }

    /** As {@code ./sekisho store verify}: its status and what it printed. */
    private static String verify(Installation installation, S3Server s3, Path secret, String... more) throws Exception {
        var postgres = installation.stage().postgres();
        var arguments = new ArrayList<>(List.of("verify", "--s3", s3.endpoint().toString(), "--bucket", "sealed", "--access-key", S3Server.ACCESS_KEY,
            "--secret-key-file", secret.toString(), "--url", installation.stage().database(), "--user", postgres.app().user(), "--password-file",
            postgres.passwordFile(postgres.app()).toString(), "--orphan-age", "0s"));
        arguments.addAll(List.of(more));
        var out = new ByteArrayOutputStream();
        int status = new Store().run(arguments, new PrintStream(out, true, StandardCharsets.UTF_8));
        return status + " " + out.toString(StandardCharsets.UTF_8);
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

    private static void isToldBeforeAnyOctet(FaultyWire wire, Fault fault, Visitor taro, String ticket) throws Exception {
        wire.order("GET /sealed/f/", fault, 0);
        assertThat(taro.gets(ticket, HttpResponse.BodyHandlers.ofString()).statusCode()).as(fault.name()).isEqualTo(503);
        assertThat(wire.met()).isTrue();
        wire.mend();
        var end = taro.gets(ticket, HttpResponse.BodyHandlers.ofByteArray(), "Range", "bytes=" + (LARGE_OCTETS - 1_000) + "-");
        assertThat(end.body()).as("by the same ticket").isEqualTo(Arrays.copyOfRange(LARGE, LARGE_OCTETS - 1_000, LARGE_OCTETS));
    }

    /** Names of the objects in the bucket. */
    private static List<String> keys(S3Server s3) throws IOException {
        var bucket = s3.buckets().resolve("sealed");
        try (var files = Files.walk(bucket)) {
            return files.filter(Files::isRegularFile).map(file -> bucket.relativize(file).toString()).toList();
        }
    }
}
