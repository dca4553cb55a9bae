package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.gateway.delivery.DeliveryRecords;
import sekisho.gateway.delivery.DeliveryView.Summary;

/** A responder has an address or a Message-ID from somewhere, in whatever form it was written there, and finds the delivery by it. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class SearchTest {

    private static final String SENDER = "Noriko@日本.example";
    private static final String RECIPIENT = "taro@検索.example";

    @Inject
    Mail mail;
    @Inject
    DeliveryRecords records;

    private UUID sent;

    @BeforeEach
    void send() {
        sent = mail.send(SENDER, List.of(RECIPIENT), new byte[10]).delivery();
    }

    private List<UUID> finds(String sender, String recipient, String messageId) {
        var search = new DeliveryRecords.Search(sender, recipient, "", messageId, Optional.empty(), Optional.empty());
        return records.search(mail.person("kei@example.co.jp", "responder"), search, Optional.empty(), 1_000).stream().map(Summary::id).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"taro@検索.example", "TARO@xn--f4v204b.example", "Taro <taro@検索.example>", "\"山田 太郎\" <taro@xn--f4v204b.example> ", "<taro@検索.example>",
        "@検索.example", "@xn--f4v204b.example", "検索", "taro"})
    void byARecipientsAddressInAnyForm(String typed) {
        assertThat(finds("", typed, "")).contains(sent);
    }

    @ParameterizedTest
    @ValueSource(strings = {"noriko@日本.example", "Noriko@xn--wgv71a.example", "Noriko <noriko@xn--wgv71a.example>", "@xn--wgv71a.example"})
    void byTheSendersAddressInAnyForm(String typed) {
        assertThat(finds(typed, "", "")).contains(sent);
    }

    @ParameterizedTest
    @ValueSource(strings = {"aro@検索.example", "taro@検索.exampl", "%@検索.example", "t_ro@検索.example", "Taro <aro@検索.example>", "<>", "@xn--wgv71a.example"})
    void anotherAddressFindsNothing(String typed) {
        assertThat(finds("", typed, "")).doesNotContain(sent);
    }

    @Test
    void byTheMessageIdWithBracketsOrWithout() {
        var bare = sent + "@example.co.jp";
        assertThat(finds("", "", bare)).containsExactly(sent);
        assertThat(finds("", "", "<" + bare + ">")).containsExactly(sent);
        TestServers.asOwner("update delivery set message_id = '" + bare + "' where id = '" + sent + "'");
        assertThat(finds("", "", bare)).as("written without brackets").containsExactly(sent);
        assertThat(finds("", "", " <" + bare + "> ")).containsExactly(sent);
        assertThat(finds("", "", "x" + bare)).isEmpty();
    }
}
