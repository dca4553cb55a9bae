package sekisho.tests.story;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.JIRO;
import static sekisho.tests.People.TARO;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import sekisho.tests.House;
import sekisho.tests.Messages;
import sekisho.tests.PostgresData;
import sekisho.tests.UsesTheHouse;
import sekisho.tests.Visitor;

/** A session may end at any moment; what was pressed then either happens, or the page says that it didn't. */
@UsesTheHouse
class SessionStoryTest {

    private static final Pattern DELIVERY = Pattern.compile("accepted as ([0-9a-f-]{36})");
    private static final String PRESS_AGAIN = "もう一度ボタンを押してください";

    private final House house = House.open();
    private final PostgresData data = new PostgresData(house.stage().database(), house.stage().postgres().owner());

    private String held(String subject) throws Exception {
        var reply = house.mailServer().submits(HANAKO, List.of(TARO, JIRO), Messages.twoAttachments(subject, Messages.octets(1_000, 1), Messages.octets(1_000, 2)));
        var id = DELIVERY.matcher(reply);
        assertThat(id.find()).as(reply).isTrue();
        return id.group(1);
    }

    private List<String> holds(String delivery) {
        return data.texts("select hold from recipient where delivery_id = '" + delivery + "' order by address");
    }

    @Test
    void lookingAtTheAdministrationDoesNotSignOutOfTheRest() throws Exception {
        var delivery = held("Two tabs");
        try (var hanako = new Visitor(house, "hanako")) {
            hanako.opens("/sent/" + delivery);
            assertThat(hanako.opens("/admin").status()).as("she is no responder").isEqualTo(403);
            assertThat(hanako.opens("/admin/deliveries/" + delivery).status()).isEqualTo(403);
            var page = hanako.posts("/sent/" + delivery + "/cancel", Map.of(), house.web());
            assertThat(page.headers().firstValue("Location")).hasValueSatisfying(location -> assertThat(location).endsWith("/sent/" + delivery));
            assertThat(holds(delivery)).containsExactly("CANCELLED", "CANCELLED");
        }
    }

    @Test
    void whoeverHadToSignInAgainIsToldThatTheButtonDidNothing() throws Exception {
        var delivery = held("Signed out meanwhile");
        try (var hanako = new Visitor(house, "hanako")) {
            var page = hanako.presses("/sent/" + delivery + "/cancel", Map.of());
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.html()).contains(PRESS_AGAIN);
            assertThat(holds(delivery)).containsExactly("HELD", "HELD");
            assertThat(hanako.presses("/sent/" + delivery + "/cancel", Map.of()).html()).doesNotContain(PRESS_AGAIN);
            assertThat(holds(delivery)).containsExactly("CANCELLED", "CANCELLED");
        }
    }

    @Test
    void theResponderIsToldToo() throws Exception {
        var delivery = held("A responder signed out meanwhile");
        try (var responder = new Visitor(house, "responder")) {
            assertThat(responder.presses("/admin/deliveries/" + delivery + "/cancel", Map.of()).html()).contains(PRESS_AGAIN);
            assertThat(holds(delivery)).containsExactly("HELD", "HELD");
            responder.presses("/admin/deliveries/" + delivery + "/cancel", Map.of());
            assertThat(holds(delivery)).containsExactly("CANCELLED", "CANCELLED");
        }
    }

    /** Somebody edits the address of the identity provider's page, so that its token isn't the one that was asked for. */
    @Test
    void aTokenThatIsNotAcceptedIsNotLogged() throws Exception {
        for (var path : List.of("/sent", "/admin")) {
            try (var taro = new Visitor(house, "taro")) {
                var there = taro.gets(path, HttpResponse.BodyHandlers.discarding()).headers().firstValue("Location").orElseThrow();
                assertThat(taro.opens(there.replaceFirst("([?&]nonce=)[^&]+", "$1another")).status()).as(path).isEqualTo(401);
            }
        }
        assertThat(house.logs()).contains("a sign-in failed: token faults [").doesNotContain("taro@partner.example", "eyJ");
    }
}
