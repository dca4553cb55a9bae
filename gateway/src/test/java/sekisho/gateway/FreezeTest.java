package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import sekisho.gateway.access.Links;
import sekisho.gateway.access.Revocations;
import sekisho.gateway.access.Revocations.Outcome;
import sekisho.gateway.access.Revocations.Target;
import sekisho.gateway.delivery.DeliveryRecords;
import sekisho.gateway.hold.Holds;
import sekisho.gateway.people.Person;

/** What a responder shuts stays shut until a responder opens it. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class FreezeTest {

    private static final String HANAKO = "hanako@example.co.jp";
    private static final String TARO = "taro@partner.example";

    @Inject
    Mail mail;
    @Inject
    Holds holds;
    @Inject
    Links links;
    @Inject
    Revocations revocations;
    @Inject
    DeliveryRecords records;

    private Person hanako() {
        return mail.person(HANAKO, "sender");
    }

    private Person responder() {
        return mail.person("r@example.co.jp", "responder");
    }

    private Mail.Sent released() {
        var sent = mail.send(HANAKO, List.of(TARO), "x".getBytes());
        holds.releaseNow(hanako(), sent.delivery());
        return sent;
    }

    private static Stream<Target> levels(Mail.Sent sent) {
        var taro = sent.recipients().get(TARO);
        var file = sent.files().getFirst();
        return Stream.of(new Target(sent.delivery(), null, null), new Target(sent.delivery(), taro, null), new Target(sent.delivery(), null, file),
            new Target(sent.delivery(), taro, file));
    }

    private Links.State state(Mail.Sent sent) {
        return links.landing(sent.tokens().get(TARO)).orElseThrow().state();
    }

    @Test
    void theSenderCannotOpenWhatAResponderShutOnAnyLevel() {
        var sent = released();
        levels(sent).forEach(target -> {
            assertThat(revocations.revoke(responder(), target)).isEqualTo(Outcome.DONE);
            assertThat(revocations.restore(hanako(), target)).as("%s", target).isEqualTo(Outcome.FROZEN);
            assertThat(revocations.revoke(hanako(), target)).isEqualTo(Outcome.UNCHANGED);
            assertThat(revocations.restore(hanako(), target)).as("after revoking it herself: %s", target).isEqualTo(Outcome.FROZEN);
            assertThat(state(sent)).isEqualTo(Links.State.REVOKED);
            assertThat(revocations.restore(responder(), target)).isEqualTo(Outcome.DONE);
            assertThat(state(sent)).isEqualTo(Links.State.OPEN);
        });
    }

    @Test
    void aResponderTakesOverWhatTheSenderHadShut() {
        var sent = released();
        levels(sent).forEach(target -> {
            assertThat(revocations.revoke(hanako(), target)).isEqualTo(Outcome.DONE);
            assertThat(revocations.revoke(responder(), target)).isEqualTo(Outcome.DONE);
            assertThat(revocations.revoke(responder(), target)).isEqualTo(Outcome.UNCHANGED);
            assertThat(revocations.restore(hanako(), target)).as("%s", target).isEqualTo(Outcome.FROZEN);
        });
        var view = records.view(hanako(), sent.delivery()).orElseThrow();
        assertThat(view.frozen()).isTrue();
        assertThat(view.recipients().getFirst().frozen()).isTrue();
        assertThat(view.files().getFirst().frozen()).isTrue();
        assertThat(view.grants().getFirst().frozen()).isTrue();
    }

    @Test
    void theSenderOpensAgainWhatTheyShutAlone() {
        var sent = released();
        levels(sent).forEach(target -> {
            assertThat(revocations.revoke(hanako(), target)).isEqualTo(Outcome.DONE);
            assertThat(revocations.restore(hanako(), target)).isEqualTo(Outcome.DONE);
        });
        assertThat(records.view(hanako(), sent.delivery()).orElseThrow().frozen()).isFalse();
    }
}
