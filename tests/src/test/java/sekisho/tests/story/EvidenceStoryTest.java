package sekisho.tests.story;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.TARO;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import sekisho.tests.House;
import sekisho.tests.Inbox;
import sekisho.tests.Messages;
import sekisho.tests.PostgresData;
import sekisho.tests.UsesTheHouse;
import sekisho.tests.Visitor;

/** What a responder shuts and sees stands, whatever sender and strangers do. */
@UsesTheHouse
class EvidenceStoryTest {

    private static final Pattern DELIVERY = Pattern.compile("accepted as ([0-9a-f-]{36})");
    private static final Pattern FILE = Pattern.compile("/files/([0-9a-f-]{36})");

    private final House house = House.open();
    private final Inbox inbox = new Inbox(house);

    private String released(Visitor hanako, String subject) throws Exception {
        var reply = house.mailServer().submits(HANAKO, List.of(TARO), Messages.twoAttachments(subject, Messages.octets(10_000, 1),
            Messages.octets(300_000, 2)));
        var id = DELIVERY.matcher(reply);
        assertThat(id.find()).isTrue();
        hanako.opens("/sent/" + id.group(1));
        assertThat(hanako.presses("/sent/" + id.group(1) + "/send-now", Map.of()).status()).isEqualTo(200);
        return id.group(1);
    }

    @Test
    void theSenderCannotOpenWhatAResponderHasShut() throws Exception {
        try (var hanako = new Visitor(house, "hanako"); var responder = new Visitor(house, "responder"); var taro = new Visitor(house, "taro")) {
            var delivery = released(hanako, "Evidence one");
            var token = inbox.token(inbox.await(TARO, "Evidence one"));
            assertThat(taro.opens("/d/" + token + "/files").status()).isEqualTo(200);
            responder.opens("/admin/deliveries/" + delivery);
            assertThat(responder.presses("/admin/deliveries/" + delivery + "/revoke", Map.of()).status()).isEqualTo(200);
            assertThat(hanako.opens("/sent/" + delivery).html()).doesNotContain("/restore\"");
            assertThat(hanako.presses("/sent/" + delivery + "/restore", Map.of()).status()).isEqualTo(200);
            assertThat(taro.opens("/d/" + token + "/files").status()).isEqualTo(410);
            assertThat(responder.presses("/admin/deliveries/" + delivery + "/restore", Map.of()).status()).isEqualTo(200);
            assertThat(taro.opens("/d/" + token + "/files").status()).isEqualTo(200);
        }
    }

    @Test
    void aStrangerWhoKnocksAgainAndAgainHidesNothingFromTheResponder() throws Exception {
        try (var hanako = new Visitor(house, "hanako"); var responder = new Visitor(house, "responder"); var taro = new Visitor(house, "taro");
                var mallory = new Visitor(house, "mallory")) {
            var delivery = released(hanako, "Evidence two");
            var token = inbox.token(inbox.await(TARO, "Evidence two"));
            for (int i = 0; i < 150; i++) {
                assertThat(mallory.opens("/d/" + token + "/files").status()).isEqualTo(403);
            }
            var file = FILE.matcher(taro.opens("/d/" + token + "/files").html());
            assertThat(file.find()).isTrue();
            assertThat(taro.ticket(token, file.group(1))).isNotEmpty();
            var sheet = responder.opens("/admin/deliveries/" + delivery).html();
            var timeline = sheet.substring(sheet.indexOf("id=\"timeline\""), sheet.indexOf("id=\"refused\""));
            assertThat(timeline).contains(TARO).doesNotContain("mallory");
            assertThat(sheet.substring(sheet.indexOf("id=\"refused\"")).split("mallory@evil.example", -1)).as("one line for all of it").hasSize(2);
        }
    }

    @Test
    void aDeliveryIsFoundByItsDayAndOnNoOther() throws Exception {
        try (var hanako = new Visitor(house, "hanako"); var responder = new Visitor(house, "responder")) {
            var delivery = released(hanako, "Evidence of a day");
            var day = LocalDate.parse(new PostgresData(house.stage().database(), house.stage().postgres().owner())
                .texts("select to_char(accepted_at at time zone 'Asia/Tokyo', 'YYYY-MM-DD') from delivery where id = '" + delivery + "'").getFirst());
            var found = "/admin/deliveries/" + delivery;
            var search = "/admin/deliveries?subject=Evidence+of+a+day";
            assertThat(responder.opens(search + "&from=" + day + "&to=" + day).html()).contains(found);
            assertThat(responder.opens(search + "&from=" + day.minusDays(3)).html()).contains(found);
            assertThat(responder.opens(search + "&to=" + day.plusDays(3)).html()).contains(found);
            assertThat(responder.opens(search + "&from=" + day.plusDays(1)).html()).doesNotContain(found);
            assertThat(responder.opens(search + "&to=" + day.minusDays(1)).html()).doesNotContain(found);
            assertThat(responder.opens(search + "&from=2026-02-30").status()).isEqualTo(400);
        }
    }
}
