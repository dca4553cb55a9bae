package sekisho.tests.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import sekisho.storage.DirectoryStore;
import sekisho.storage.StoreException;
import sekisho.tests.House;
import sekisho.tests.Inbox;
import sekisho.tests.Messages;
import sekisho.tests.PostgresData;
import sekisho.tests.UsesTheHouse;

/** How a delivery ends by itself, and what operators see of the house meanwhile. */
@UsesTheHouse
class EndStoryTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String KITA = "kita@brief.example";
    private static final Pattern DELIVERY = Pattern.compile("accepted as ([0-9a-f-]{36})");
    private static final Pattern LABEL = Pattern.compile("[a-z_]+=\"([^\"]*)\"");

    /** In a line of base64 of 76 characters (RFC 2045 §6.8). */
    private static final int LINE_OCTETS = 57;

    private final House house = House.open();
    private final Inbox inbox = new Inbox(house);
    private final PostgresData data = new PostgresData(house.stage().database(), house.stage().postgres().owner());

    private String accepted(String subject, String to) throws Exception {
        var reply = house.mailServer().submits(HANAKO, List.of(to), Messages.twoAttachments(subject, Messages.octets(5_000, 7), Messages.octets(90_000, 8)));
        var id = DELIVERY.matcher(reply);
        assertThat(id.find()).as(reply).isTrue();
        return id.group(1);
    }

    private static HttpResponse<String> get(String address) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create(address)).header("Accept-Language", "en").build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private Set<String> objects() throws StoreException {
        var keys = new HashSet<String>();
        try (var store = new DirectoryStore(house.stage().objects())) {
            store.list(object -> keys.add(object.key()));
        }
        return keys;
    }

    @Test
    void whatHasExpiredShutsAtOnceAndLosesKeysAndObjectsAfterItsGrace() throws Exception {
        var delivery = accepted("Short lived", KITA);
        var files = data.texts("select object_key from file where delivery_id = '" + delivery + "'");
        assertThat(files).hasSize(2);
        var link = house.web() + "/d/" + inbox.token(inbox.await(KITA, "Short lived"));
        await().atMost(PATIENCE).untilAsserted(() -> {
            var page = get(link);
            assertThat(page.statusCode()).isEqualTo(410);
            assertThat(page.body()).contains("time has run out").doesNotContain("Short lived", Messages.PLAIN_NAME, KITA);
        });
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(data.number(
            "select count(*) from file where delivery_id = '" + delivery + "' and wrap is null and object_gone_at is not null")).isEqualTo(2));
        assertThat(objects()).as("objects").doesNotContainAnyElementsOf(files);
        assertThat(data.texts("select type from audit_event where delivery_id = '" + delivery + "'"))
            .contains("DELIVERY_EXPIRED").filteredOn("FILE_SHREDDED"::equals).as("receipts").hasSize(2);
        assertThat(get(link).statusCode()).as("the page stays plain afterwards").isEqualTo(410);
    }

    @Test
    void noOctetOfAnAttachmentIsOnTheDiskInClear() throws Exception {
        var file = Messages.octets(200_000, 20261124);
        var reply = house.mailServer().submits(HANAKO, List.of("taro@partner.example"), Messages.twoAttachments("On no disk", Messages.octets(10, 9), file));
        assertThat(reply).contains("accepted as");
        // whole lines of base64 as they came in, so that they would be found encoded too
        var pieces = IntStream.of(0, 1_000, 3_000).mapToObj(line -> Arrays.copyOfRange(file, line * LINE_OCTETS, (line + 1) * LINE_OCTETS))
            .flatMap(octets -> Stream.of(octets, Base64.getEncoder().encode(octets))).toList();
        assertThat(filesWith(pieces)).isEmpty();
        assertThat(filesWith(List.of("sekisho_owner".getBytes(StandardCharsets.US_ASCII)))).as("what is there is found").isNotEmpty();
    }

    /** The files of the house, database, objects and all, that have one of these pieces. */
    private List<Path> filesWith(List<byte[]> pieces) throws IOException {
        var wanted = pieces.stream().map(piece -> new String(piece, StandardCharsets.ISO_8859_1)).toList();
        try (var files = Files.walk(house.stage().folder())) {
            return files.filter(Files::isRegularFile).filter(file -> {
                try {
                    return wanted.stream().anyMatch(Files.readString(file, StandardCharsets.ISO_8859_1)::contains);
                } catch (NoSuchFileException _) {
                    return false;   // it went away meanwhile
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            }).toList();
        }
    }

    @Test
    void metricsCountAndNameNobodyAndHealthTellsThePartsApart() throws Exception {
        var delivery = accepted("Counted", "taro@partner.example");
        assertThat(house.mailServer().submits(HANAKO, List.of("taro@partner.example"),
            "Content-Type: message/partial; id=1\r\n\r\nhalf\r\n".getBytes(StandardCharsets.US_ASCII))).startsWith("550-5.7.1");
        get(house.web() + "/d/AAAAAAAAAAAAAAAAAAAAAA");
        get(house.web() + "/sent/" + delivery);
        var management = "http://127.0.0.1:" + house.stage().ports().health();
        var metrics = get(management + "/metrics").body();
        assertThat(metrics).contains("sekisho_intake", "sekisho_held", "sekisho_released", "sekisho_downloads", "sekisho_revocations");
        assertThat(metrics).as("what was refused while it was read").containsPattern("sekisho_intake_total\\{outcome=\"unfit\"} [1-9]")
            .containsPattern("sekisho_intake_unfit_total\\{reason=\"forbidden\"} [1-9]");
        assertThat(LABEL.matcher(metrics).results().map(label -> label.group(1)))
            .as("labels").noneMatch(value -> value.contains(delivery) || value.contains("AAAAAAAA") || value.contains("@"));
        assertThat(get(management + "/health/ready").body()).contains("database", "object store", "identity provider");
        assertThat(get(house.web() + "/metrics").statusCode()).as("not for the world").isEqualTo(404);
        assertThat(get(house.web() + "/health").statusCode()).isEqualTo(404);
    }
}
