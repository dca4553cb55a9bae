package sekisho.tests.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.TARO;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sekisho.embedded.FreePorts;
import sekisho.embedded.ProductProcess;
import sekisho.tests.House;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.Policies;
import sekisho.tests.PortalForm;
import sekisho.tests.Visitor;

/**
 * Thousands of files in one delivery, to ten people, in a small heap: they are taken, and every page of them can be used. {@code -Dsekisho.files=10000} for
 * as many as one delivery may have, which takes minutes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ThousandsOfFilesTest {

    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final int FILES = Integer.getInteger("sekisho.files", 2_500);
    private static final int FILES_ON_A_PAGE = 100;
    private static final int PAGES = FILES / FILES_ON_A_PAGE;
    private static final int RECIPIENTS = 10;
    private static final int FILE_OCTETS = 1 << 10;
    private static final int LARGEST_PAGE = 1 << 20;
    private static final int LARGEST_MAIL = 64 << 10;
    /** What docs/decisions/0021 reckons with. */
    private static final long MOST_OCTETS_A_FILE = 4 << 10;
    private static final Pattern DELIVERY = Pattern.compile("/sent/([0-9a-f-]{36})");
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total +[0-9]+ +([0-9]+)");

    private Installation installation;
    private ProductProcess all;
    private String pages;

    @BeforeAll
    void aProcessWithASmallHeap() {
        installation = Installation.inTheHouse("thousands", Policies.AT_ONCE);
        pages = House.open().takePage();
        all = installation.stage().start("all", "all", Map.of("pages.public-origin", pages, "mail-hook.link-base", pages,
            "quarkus.http.port", Integer.toString(URI.create(pages).getPort()), "quarkus.management.port", Integer.toString(FreePorts.take()),
            "web.upload.waiting-files", Integer.toString(FILES)), List.of("-Xmx256m", "-XX:+UseSerialGC"));
    }

    @AfterAll
    void theInstallationGoes() {
        installation.close();
    }

    private static byte[] thousands(String subject) {
        var recipients = TARO + IntStream.range(1, RECIPIENTS).mapToObj(i -> "\r\nperson" + i + "@other.example").collect(Collectors.joining());
        var body = new ByteArrayOutputStream();
        body.writeBytes(("--b\r\nContent-Disposition: form-data; name=\"recipients\"\r\n\r\n" + recipients
            + "\r\n--b\r\nContent-Disposition: form-data; name=\"subject\"\r\n\r\n" + subject + "\r\n").getBytes(StandardCharsets.US_ASCII));
        var content = Messages.octets(FILE_OCTETS, 12);
        for (int i = 1; i <= FILES; i++) {
            body.writeBytes(("--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"measurement-" + i
                + ".csv\"\r\nContent-Type: text/csv\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            body.writeBytes(content);
            body.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        body.writeBytes("--b--\r\n".getBytes(StandardCharsets.US_ASCII));
        return body.toByteArray();
    }

    /** Octets of all objects in the heap that something still refers to. */
    private long heap() throws IOException {
        var histogram = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(all.process().pid()),
            "GC.class_histogram").redirectErrorStream(true).start();
        var total = TOTAL.matcher(new String(histogram.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        assertThat(total.find()).isTrue();
        return Long.parseLong(total.group(1));
    }

    @Test
    void theyAreTakenAndEveryPageOfThemCanBeUsed() throws Exception {
        var subject = "Thousands";
        try (var hanako = new Visitor(pages, "hanako"); var taro = new Visitor(pages, "taro"); var responder = new Visitor(pages, "responder")) {
            var form = PortalForm.of(hanako, pages);
            long before = heap();
            var body = thousands(subject);
            String delivery;
            try (var waiting = form.begins(body, body.length - 1)) {
                await().atMost(PATIENCE).until(() -> installation.objects().size() == FILES);
                assertThat((heap() - before) / FILES).as("octets of the heap for each file that waits").isLessThan(MOST_OCTETS_A_FILE);
                assertThat(form.posts(PortalForm.body("", TARO, "One more", new byte[1])).statusCode()).as("one more of hers").isEqualTo(429);
                try (var ichiro = new Visitor(pages, "ichiro")) {
                    var full = PortalForm.of(ichiro, pages).posts(PortalForm.body("", TARO, "One more", new byte[1]));
                    assertThat(full.statusCode()).as("one more of another's, when the node is full").isEqualTo(503);
                    assertThat(full.body()).contains("Many large uploads are running");
                }
                var answer = waiting.ends();
                var location = DELIVERY.matcher(answer);
                assertThat(location.find()).as(answer).isTrue();
                delivery = location.group(1);
            }
            assertThat(installation.data().number("select count(*) from file where delivery_id = '" + delivery + "'")).isEqualTo(FILES);
            assertThat(installation.data().number("select count(*) from access_grant where delivery_id = '" + delivery + "'")).isEqualTo(FILES * RECIPIENTS);

            var sent = hanako.opens("/sent/" + delivery);
            assertThat(sent.status()).isEqualTo(200);
            assertThat(sent.html().length()).isLessThan(LARGEST_PAGE);
            assertThat(sent.html()).contains("measurement-100.csv", "?files=2").doesNotContain("measurement-101.csv");
            assertThat(hanako.opens("/sent/" + delivery + "?files=" + PAGES).html()).contains("measurement-" + FILES + ".csv");

            var mail = installation.inbox().await(TARO, subject);
            assertThat(mail.octets()).isLessThan(LARGEST_MAIL);
            var link = "/d/" + installation.inbox().token(mail) + "/files";
            var files = taro.opens(link + "?files=" + PAGES);
            assertThat(files.status()).isEqualTo(200);
            assertThat(files.html().length()).isLessThan(LARGEST_PAGE);
            assertThat(files.html()).contains("measurement-" + FILES + ".csv").doesNotContain("measurement-" + (FILES - FILES_ON_A_PAGE) + ".csv");

            var sheet = responder.opens("/admin/deliveries/" + delivery);
            assertThat(sheet.status()).isEqualTo(200);
            assertThat(sheet.html().length()).isLessThan(2 * LARGEST_PAGE);
            assertThat(hanako.presses("/sent/" + delivery + "/revoke", Map.of()).status()).isEqualTo(200);
            assertThat(taro.opens(link).status()).isEqualTo(410);
        }
    }
}
