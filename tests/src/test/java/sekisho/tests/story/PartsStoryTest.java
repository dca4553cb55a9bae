package sekisho.tests.story;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.tests.People.ICHIRO;
import static sekisho.tests.People.TARO;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sekisho.tests.House;
import sekisho.tests.Inbox;
import sekisho.tests.Messages;
import sekisho.tests.UsesTheHouse;
import sekisho.tests.Visitor;

/** A part of a delivery: shut and opened again by its own button, and downloaded piece by piece. */
@UsesTheHouse
class PartsStoryTest {

    private static final int OCTETS = 100_000;
    private static final int BROKEN_OFF_AT = 59_999;
    private static final Pattern DELIVERY = Pattern.compile("accepted as ([0-9a-f-]{36})");
    private static final Pattern FILE = Pattern.compile("/files/([0-9a-f-]{36})");
    private static final Pattern FORM = Pattern.compile("<form method=\"post\" action=\"([^\"]+)\"[^>]*>(.*?)</form>", Pattern.DOTALL);
    private static final Pattern FIELD = Pattern.compile("<input type=\"hidden\" name=\"([a-z]+)\" value=\"([^\"]+)\"");

    private final House house = House.open();
    private final Inbox inbox = new Inbox(house);

    private String sent(String subject, String... recipients) throws Exception {
        var id = DELIVERY.matcher(house.mailServer().submits(ICHIRO, List.of(recipients),
            Messages.twoAttachments(subject, Messages.octets(OCTETS, 1), Messages.octets(OCTETS, 2))));
        assertThat(id.find()).isTrue();
        return id.group(1);
    }

    @ParameterizedTest
    @CsvSource({"ichiro, /sent/", "responder, /admin/deliveries/"})
    void eachButtonShutsJustItsPartAndOpensItAgain(String who, String pages) throws Exception {
        var delivery = sent("Parts of " + who, TARO, "shiro@partner.example");
        inbox.await(TARO, "Parts of " + who);
        var taro = id("select id from recipient where address = '" + TARO + "' and delivery_id = '" + delivery + "'");
        var second = id("select id from file where position = 1 and delivery_id = '" + delivery + "'");
        var shutBy = new TreeMap<String, Map<String, String>>(Map.of("delivery", Map.of(), "recipient " + TARO, Map.of("recipient", taro),
            "file 1", Map.of("file", second), "file 1 for " + TARO, Map.of("recipient", taro, "file", second)));
        try (var visitor = new Visitor(house, who)) {
            for (var part : shutBy.entrySet()) {
                presses(visitor, pages + delivery, "revoke", part.getValue());
                assertThat(shut(delivery)).as("when %s was shut", part.getKey()).containsExactly(part.getKey());
                presses(visitor, pages + delivery, "restore", part.getValue());
                assertThat(shut(delivery)).as("when %s was opened again", part.getKey()).isEmpty();
            }
        }
    }

    private String id(String query) {
        return house.data().texts(query).getFirst();
    }

    /** The rows that say what is shut. */
    private List<String> shut(String delivery) {
        return house.data().texts("""
            select 'delivery' from delivery where access <> 'OPEN' and id = '%1$s'
            union all select 'recipient ' || address from recipient where access <> 'OPEN' and delivery_id = '%1$s'
            union all select 'file ' || position from file where access <> 'OPEN' and delivery_id = '%1$s'
            union all select 'file ' || f.position || ' for ' || r.address from access_grant g join file f on f.id = g.file_id
                join recipient r on r.id = g.recipient_id where g.access <> 'OPEN' and g.delivery_id = '%1$s'""".formatted(delivery));
    }

    /** Presses the button on the page that has just these fields. */
    private static void presses(Visitor visitor, String page, String action, Map<String, String> fields) throws Exception {
        var forms = new ArrayList<Map<String, String>>();
        FORM.matcher(visitor.opens(page).html()).results().filter(form -> form.group(1).equals(page + "/" + action)).forEach(form -> {
            var its = new TreeMap<String, String>();
            FIELD.matcher(form.group(2)).results().forEach(field -> its.put(field.group(1), field.group(2)));
            forms.add(its);
        });
        assertThat(forms).as("buttons to %s", action).contains(new TreeMap<>(fields));
        assertThat(visitor.presses(page + "/" + action, fields).status()).isEqualTo(200);
    }

    @Test
    void whoeverBrokeOffTooOftenIsToldToResumeAndCan() throws Exception {
        sent("Broken off", TARO);
        var token = inbox.token(inbox.await(TARO, "Broken off"));
        try (var taro = new Visitor(house, "taro")) {
            var file = FILE.matcher(taro.opens("/d/" + token + "/files").html());
            assertThat(file.find()).isTrue();
            for (int i = 0; i < 4; i++) {
                assertThat(part(taro, taro.ticket(token, file.group(1)), "bytes=0-" + BROKEN_OFF_AT).body()).hasSize(BROKEN_OFF_AT + 1);
                house.awaitsNoDownload();
            }
            assertThat(taro.opens("/d/" + token + "/files").html()).contains("/files/" + file.group(1));
            var ticket = taro.ticket(token, file.group(1));
            var anew = taro.gets(ticket, HttpResponse.BodyHandlers.ofString());
            assertThat(anew.statusCode()).isEqualTo(409);
            assertThat(anew.headers().firstValue("Content-Disposition")).as("a page that says what to do").isEmpty();
            assertThat(taro.status("HEAD", ticket)).as("as a GET").isEqualTo(409);
            assertThat(part(taro, ticket, "bytes=0-").statusCode()).as("all of it as a range").isEqualTo(409);
            assertThat(part(taro, ticket, "bytes=1-").statusCode()).as("nearly all").isEqualTo(409);
            var rest = part(taro, ticket, "bytes=" + (BROKEN_OFF_AT + 1) + "-");
            assertThat(rest.statusCode()).isEqualTo(206);
            assertThat(rest.body()).hasSize(OCTETS - BROKEN_OFF_AT - 1);
            assertThat(taro.ticket(token, file.group(1))).as("had whole").isEmpty();
        }
    }

    private static HttpResponse<byte[]> part(Visitor visitor, String ticket, String range) throws Exception {
        return visitor.gets(ticket, HttpResponse.BodyHandlers.ofByteArray(), "Range", range);
    }
}
