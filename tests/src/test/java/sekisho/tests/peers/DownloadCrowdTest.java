package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.JIRO;
import static sekisho.tests.People.TARO;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sekisho.demo.bench.Processes;
import sekisho.embedded.ProductProcess;
import sekisho.tests.House;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.Visitor;

/** Many who download at one moment from a node that may have few connections to the database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DownloadCrowdTest {

    private static final int FILES = 30;
    private static final int FILE_OCTETS = 3 << 20;
    /** The product lets one ticket have so many at once. */
    private static final int READS = 6;
    private static final int CROWD = FILES * READS * 2;
    private static final String FEW_CONNECTIONS = "5";
    private static final List<String> SMALL_HEAP = List.of("-Xmx192m", "-XX:+UseSerialGC");
    private static final long MOST_MIB = 512;
    /** So slow that what comes in a second is little beside the file. */
    private static final int OCTETS_AT_A_TIME = 1 << 10;
    private static final Pattern DELIVERY = Pattern.compile("accepted as ([0-9a-f-]{36})");
    private static final Pattern FILE = Pattern.compile("/files/([0-9a-f-]{36})");

    private Installation installation;
    private ProductProcess web;
    private String node;
    private String delivery;

    /** What one of the crowd asks for. */
    private record Read(URI address, String cookies) {
    }

    @BeforeAll
    void manyFilesComeIn() throws Exception {
        installation = Installation.inTheHouse("crowd", """
            inside: [example.co.jp]
            rules:
              - name: at once
                then: { hold: none, downloads: 100 }
            """);
        node = House.open().takePage();
        installation.start("mail", Map.of());
        web = installation.startPages("web", "web-crowd", node, Map.of("gateway.database.connections", FEW_CONNECTIONS,
            "web.download.at-once", Integer.toString(CROWD), "web.download.per-person", Integer.toString(CROWD)), SMALL_HEAP);
        var accepted = DELIVERY.matcher(installation.mailServer().submits(HANAKO, List.of(TARO, JIRO), message()));
        assertThat(accepted.find()).isTrue();
        delivery = accepted.group(1);
    }

    @AfterAll
    void theHouseGoes() {
        installation.close();
    }

    @Test
    void everyOneOfACrowdIsServedAndARevocationCutsThemAll() throws Exception {
        try (var taro = new Visitor(node, "taro"); var jiro = new Visitor(node, "jiro"); var hanako = new Visitor(node, "hanako")) {
            hanako.opens("/sent/" + delivery);
            var reads = new ArrayList<Read>();
            reads.addAll(reads(taro, TARO));
            reads.addAll(reads(jiro, JIRO));
            var readers = atOneMoment(reads);
            try {
                assertThat(readers.stream().collect(Collectors.groupingBy(reader -> reader.head().lines().findFirst().orElse(""), Collectors.counting())))
                    .isEqualTo(Map.of("HTTP/1.1 200 OK", (long) CROWD));
                assertThat(hanako.presses("/sent/" + delivery + "/revoke", Map.of()).status()).isEqualTo(200);
                readers.forEach(reader -> reader.goOn(OCTETS_AT_A_TIME));
                assertThat(readers).allSatisfy(reader -> {
                    reader.awaitEnd();
                    assertThat(reader.octets()).as("octets after the answer, of a reader that can't take more in a second")
                        .isLessThanOrEqualTo(SlowReader.octetsOfASecond(OCTETS_AT_A_TIME) + SlowReader.OCTETS_ON_THE_WAY).isLessThan(FILE_OCTETS);
                });
                assertThat(Processes.residentAtMost(web.process())).as("MiB").isLessThanOrEqualTo(MOST_MIB);
            } finally {
                for (var reader : readers) {
                    reader.close();
                }
            }
        }
    }

    private List<Read> reads(Visitor visitor, String address) throws Exception {
        var token = installation.inbox().token(installation.inbox().await(address, "Crowd"));
        var files = FILE.matcher(visitor.opens("/d/" + token + "/files").html()).results().map(found -> found.group(1)).distinct().toList();
        assertThat(files).hasSize(FILES);
        var reads = new ArrayList<Read>();
        for (var file : files) {
            var download = visitor.ticket(token, file);
            for (int i = 0; i < READS; i++) {
                reads.add(new Read(URI.create(download), visitor.cookies(download)));
            }
        }
        return reads;
    }

    /** All of them take the head of their answer, and no more. */
    private static List<SlowReader> atOneMoment(List<Read> reads) throws Exception {
        var moment = new CountDownLatch(1);
        var running = new ArrayList<Future<SlowReader>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var read : reads) {
                running.add(threads.submit(() -> {
                    moment.await();
                    return SlowReader.stalled(read.address(), read.cookies());
                }));
            }
            moment.countDown();
            var readers = new ArrayList<SlowReader>();
            for (var each : running) {
                readers.add(each.get());
            }
            return readers;
        }
    }

    private static byte[] message() {
        var out = new ByteArrayOutputStream();
        write(out, "From: hanako@example.co.jp\r\nTo: taro@partner.example\r\nSubject: Crowd\r\nMIME-Version: 1.0\r\n"
            + "Content-Type: multipart/mixed; boundary=\"crowd\"\r\n\r\n");
        for (int i = 0; i < FILES; i++) {
            write(out, "--crowd\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"" + i + ".bin\"\r\n"
                + "Content-Transfer-Encoding: base64\r\n\r\n");
            write(out, Base64.getMimeEncoder().encodeToString(Messages.octets(FILE_OCTETS, i)) + "\r\n");
        }
        write(out, "--crowd--\r\n");
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
}
