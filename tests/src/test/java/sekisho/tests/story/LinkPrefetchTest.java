package sekisho.tests.story;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.tests.People.ICHIRO;
import static sekisho.tests.People.TARO;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import sekisho.tests.House;
import sekisho.tests.Inbox;
import sekisho.tests.Messages;
import sekisho.tests.PostgresData;
import sekisho.tests.UsesTheHouse;
import sekisho.tests.Visitor;

/** Scanners and previews open every link in every mail, long before its recipient does. */
@UsesTheHouse
class LinkPrefetchTest {

    private static final Pattern FILE = Pattern.compile("/files/([0-9a-f-]{36})");
    private static final Pattern DELIVERY = Pattern.compile("accepted as ([0-9a-f-]{36})");

    private final House house = House.open();

    @Test
    void openingALinkWithoutSigningInChangesNothing() throws Exception {
        var reply = house.mailServer().submits(ICHIRO, List.of(TARO), Messages.twoAttachments("Prefetched", Messages.octets(1_000, 5), Messages.octets(2_000, 6)));
        var delivery = DELIVERY.matcher(reply).results().findFirst().orElseThrow().group(1);
        var inbox = new Inbox(house);
        var token = inbox.token(inbox.await(TARO, "Prefetched"));
        var before = traces(delivery);
        scannersCome(house.web() + "/d/" + token);
        assertThat(traces(delivery)).as("traces of the scanners").isEqualTo(before);
        try (var taro = new Visitor(house, "taro")) {
            var page = taro.opens("/d/" + token + "/files");
            assertThat(page.status()).as("the link is not used up").isEqualTo(200);
            var file = FILE.matcher(page.html()).results().findFirst().orElseThrow().group(1);
            for (int i = 0; i < 3; i++) {
                assertThat(taro.gets("/d/" + token + "/files/" + file, HttpResponse.BodyHandlers.ofString()).statusCode()).as("a GET gives no ticket").isNotEqualTo(200);
            }
            assertThat(taro.gets(taro.ticket(token, file), HttpResponse.BodyHandlers.ofByteArray()).body()).hasSize(1_000);
        }
        assertThat(traces(delivery)).as("traces of the recipient").isNotEqualTo(before);
    }

    /** GET, HEAD and ranges, each a few times, as different programs, and whatever the page leads to. */
    private static void scannersCome(String link) throws Exception {
        try (var client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.ALWAYS).build()) {
            for (var agent : List.of("BingPreview/1.0b", "facebookexternalhit/1.1", "Mozilla/5.0 (compatible; SafeLinks)")) {
                for (var path : List.of("", "/files")) {
                    var request = HttpRequest.newBuilder(URI.create(link + path)).header("User-Agent", agent);
                    assertThat(client.send(request.copy().build(), HttpResponse.BodyHandlers.discarding()).statusCode()).isEqualTo(200);
                    client.send(request.copy().method("HEAD", HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.discarding());
                    client.send(request.copy().header("Range", "bytes=0-0").build(), HttpResponse.BodyHandlers.discarding());
                }
            }
        }
    }

    /** Everything that could tell of a visit: rows and events. */
    private List<String> traces(String delivery) {
        var data = new PostgresData(house.stage().database(), house.stage().postgres().owner());
        return data.texts("""
            select 'recipient ' || address || coalesce(names_seen_at::text, '') || access from recipient where delivery_id = '%1$s'
            union all select 'grant ' || access || downloads || served_octets || coalesce(first_served_at::text, '') from access_grant where delivery_id = '%1$s'
            union all select 'ticket ' || id from ticket where delivery_id = '%1$s'
            union all select 'event ' || type from audit_event where delivery_id = '%1$s' and type not like 'COPY_%%'
            order by 1""".formatted(delivery));
    }
}
