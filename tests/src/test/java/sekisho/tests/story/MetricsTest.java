package sekisho.tests.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.JIRO;
import static sekisho.tests.People.TARO;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import sekisho.tests.House;
import sekisho.tests.Inbox;
import sekisho.tests.Messages;
import sekisho.tests.UsesTheHouse;
import sekisho.tests.Visitor;

/** What happens to a message is counted when it happens, once. */
@UsesTheHouse
class MetricsTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Pattern DELIVERY = Pattern.compile("accepted as ([0-9a-f-]{36})");
    private static final Pattern FILE = Pattern.compile("/files/([0-9a-f-]{36})");
    private static final Pattern LINE = Pattern.compile("(?m)^(sekisho_\\w+(?:\\{[^}]*})?) (\\S+)$");

    private final House house = House.open();
    private final Inbox inbox = new Inbox(house);

    private Map<String, Double> metrics() throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var page = client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + house.stage().ports().health() + "/metrics")).build(),
                HttpResponse.BodyHandlers.ofString()).body();
            return LINE.matcher(page).results().collect(Collectors.toMap(line -> line.group(1), line -> Double.parseDouble(line.group(2))));
        }
    }

    private String sends(String subject, String... to) throws Exception {
        var reply = house.mailServer().submits(HANAKO, List.of(to), Messages.twoAttachments(subject, Messages.octets(5_000, 1), Messages.octets(70_000, 2)));
        var id = DELIVERY.matcher(reply);
        assertThat(id.find()).as(reply).isTrue();
        return id.group(1);
    }

    /** Asserts that each counter has grown by this much; nothing else is sent or opened in this house meanwhile. */
    private void rise(Map<String, Double> before, Map<String, Integer> by) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            var now = metrics();
            by.forEach((name, more) -> assertThat(now.getOrDefault(name, 0.0) - before.getOrDefault(name, 0.0)).as(name).isEqualTo((double) more));
        });
    }

    @Test
    void eachStepOfAMessageIsCounted() throws Exception {
        try (var hanako = new Visitor(house, "hanako"); var taro = new Visitor(house, "taro")) {
            var start = metrics();
            var delivery = sends("Counted steps", TARO, JIRO);
            rise(start, Map.of("sekisho_intake_total{outcome=\"accepted\"}", 1, "sekisho_intake_files_total", 2, "sekisho_intake_held_total", 1,
                "sekisho_released_total{by=\"sender\"}", 0));

            var page = hanako.opens("/sent/" + delivery).html();
            var recipient = Pattern.compile("name=\"recipient\" value=\"([0-9a-f-]{36})\"").matcher(page);
            assertThat(recipient.region(page.indexOf(JIRO), page.length()).find()).isTrue();
            assertThat(hanako.presses("/sent/" + delivery + "/cancel", Map.of("recipient", recipient.group(1))).status()).isEqualTo(200);
            rise(start, Map.of("sekisho_cancelled_total", 1, "sekisho_released_total{by=\"sender\"}", 0));
            assertThat(hanako.presses("/sent/" + delivery + "/send-now", Map.of()).status()).isEqualTo(200);
            rise(start, Map.of("sekisho_cancelled_total", 1, "sekisho_released_total{by=\"sender\"}", 1));

            var token = inbox.token(inbox.await(TARO, "Counted steps"));
            var file = FILE.matcher(taro.opens("/d/" + token + "/files").html());
            assertThat(file.find()).isTrue();
            var octets = taro.gets(taro.ticket(token, file.group(1)), HttpResponse.BodyHandlers.ofByteArray()).body().length;
            rise(start, Map.of("sekisho_downloads_total{outcome=\"completed\"}", 1, "sekisho_downloads_total{outcome=\"cut\"}", 0,
                "sekisho_download_octets_total", octets));

            assertThat(hanako.presses("/sent/" + delivery + "/revoke", Map.of()).status()).isEqualTo(200);
            rise(start, Map.of("sekisho_revocations_total{kind=\"revoked\"}", 1, "sekisho_revocations_total{kind=\"restored\"}", 0));
            assertThat(hanako.presses("/sent/" + delivery + "/restore", Map.of()).status()).isEqualTo(200);
            rise(start, Map.of("sekisho_revocations_total{kind=\"revoked\"}", 1, "sekisho_revocations_total{kind=\"restored\"}", 1));
        }
    }
}
