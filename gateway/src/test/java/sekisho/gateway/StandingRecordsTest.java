package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import sekisho.gateway.access.Revocations;
import sekisho.gateway.access.Revocations.Outcome;
import sekisho.gateway.access.Revocations.Target;
import sekisho.gateway.delivery.DeliveryRecords;
import sekisho.gateway.delivery.DeliveryState;
import sekisho.gateway.delivery.DeliveryView;
import sekisho.gateway.delivery.RecipientState;
import sekisho.gateway.hold.Holds;
import sekisho.gateway.people.Person;

/** Lists and pages say where a delivery stands, and what can't be done any more is refused. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class StandingRecordsTest {

    private static final String HANAKO = "hanako@example.co.jp";
    private static final String TARO = "taro@partner.example";
    private static final String JIRO = "jiro@other.example";

    @Inject
    Mail mail;
    @Inject
    Holds holds;
    @Inject
    Revocations revocations;
    @Inject
    DeliveryRecords records;

    private Person hanako() {
        return mail.person(HANAKO, "sender");
    }

    private Mail.Sent released() {
        var sent = mail.send(HANAKO, List.of(TARO, JIRO), "x".getBytes());
        holds.releaseNow(hanako(), sent.delivery());
        return sent;
    }

    private DeliveryView view(Mail.Sent sent) {
        return records.view(hanako(), sent.delivery()).orElseThrow();
    }

    private void stands(Mail.Sent sent, DeliveryState state, RecipientState... recipients) {
        var view = view(sent);
        var line = records.sentBy(hanako(), Optional.empty(), 1000).stream().filter(s -> s.id().equals(sent.delivery())).findFirst().orElseThrow();
        assertThat(view.state()).isEqualTo(state);
        assertThat(view.recipients()).extracting(r -> r.standing().state()).containsExactlyInAnyOrder(recipients);
        assertThat(line.state()).as("in the list").isEqualTo(state);
        assertThat(line.parts()).as("in the list").isEqualTo(view.parts());
    }

    private static Stream<Target> levels(Mail.Sent sent) {
        var taro = sent.recipients().get(TARO);
        var file = sent.files().getFirst();
        return Stream.of(new Target(sent.delivery(), null, null), new Target(sent.delivery(), taro, null), new Target(sent.delivery(), null, file),
            new Target(sent.delivery(), taro, file));
    }

    @Test
    void whatIsRevokedForOneAfterTheOtherIsRevoked() {
        var sent = released();
        stands(sent, DeliveryState.RELEASED, RecipientState.RELEASED, RecipientState.RELEASED);
        revocations.revoke(hanako(), new Target(sent.delivery(), sent.recipients().get(TARO), null));
        stands(sent, DeliveryState.RELEASED, RecipientState.REVOKED, RecipientState.RELEASED);
        revocations.revoke(hanako(), new Target(sent.delivery(), sent.recipients().get(JIRO), sent.files().getFirst()));
        stands(sent, DeliveryState.REVOKED, RecipientState.REVOKED, RecipientState.REVOKED);
    }

    @Test
    void whatIsCancelledInPartSaysHowMany() {
        var sent = mail.send(HANAKO, List.of(TARO, JIRO), "x".getBytes());
        holds.cancelFor(hanako(), sent.delivery(), sent.recipients().get(JIRO));
        stands(sent, DeliveryState.HELD, RecipientState.HELD, RecipientState.CANCELLED);
        holds.releaseNow(hanako(), sent.delivery());
        stands(sent, DeliveryState.RELEASED, RecipientState.RELEASED, RecipientState.CANCELLED);
        assertThat(view(sent).parts().cancelled()).isEqualTo(1);
        assertThat(revocations.revoke(hanako(), new Target(sent.delivery(), sent.recipients().get(JIRO), null))).isEqualTo(Outcome.OVER);
    }

    @Test
    void whatHasExpiredCanBeNeitherShutNorOpened() {
        var sent = released();
        var shut = new Target(sent.delivery(), sent.recipients().get(JIRO), null);
        assertThat(revocations.revoke(hanako(), shut)).isEqualTo(Outcome.DONE);
        MovableClock.passes(Duration.ofDays(15));
        stands(sent, DeliveryState.EXPIRED, RecipientState.EXPIRED, RecipientState.REVOKED);
        levels(sent).forEach(target -> assertThat(revocations.revoke(hanako(), target)).as("%s", target).isEqualTo(Outcome.OVER));
        assertThat(revocations.restore(hanako(), shut)).isEqualTo(Outcome.OVER);
    }

    @Test
    void whatWasCancelledForEverybodyCanNotBeRevoked() {
        var sent = mail.send(HANAKO, List.of(TARO, JIRO), "x".getBytes());
        holds.cancel(hanako(), sent.delivery());
        stands(sent, DeliveryState.CANCELLED, RecipientState.CANCELLED, RecipientState.CANCELLED);
        levels(sent).forEach(target -> assertThat(revocations.revoke(hanako(), target)).as("%s", target).isEqualTo(Outcome.OVER));
    }

    @Test
    void openingSomethingBehindAShutDoorIsRefused() {
        var sent = released();
        var levels = levels(sent).toList();
        levels.forEach(target -> revocations.revoke(hanako(), target));
        assertThat(revocations.restore(hanako(), levels.get(3))).isEqualTo(Outcome.SHUT_WIDER);
        assertThat(revocations.restore(hanako(), levels.get(1))).isEqualTo(Outcome.SHUT_WIDER);
        assertThat(revocations.restore(hanako(), levels.get(0))).isEqualTo(Outcome.DONE);
        assertThat(revocations.restore(hanako(), levels.get(1))).isEqualTo(Outcome.DONE);
        assertThat(revocations.restore(hanako(), levels.get(3))).as("the file is still shut for all").isEqualTo(Outcome.SHUT_WIDER);
        assertThat(revocations.restore(hanako(), levels.get(2))).isEqualTo(Outcome.DONE);
        assertThat(revocations.restore(hanako(), levels.get(3))).isEqualTo(Outcome.DONE);
        stands(sent, DeliveryState.RELEASED, RecipientState.RELEASED, RecipientState.RELEASED);
    }

    @Test
    void whatIsRevokedWhileItWaitsIsNotSentNow() {
        var sent = mail.send(HANAKO, List.of(TARO, JIRO), "x".getBytes());
        var whole = new Target(sent.delivery(), null, null);
        assertThat(revocations.revoke(hanako(), whole)).isEqualTo(Outcome.DONE);
        stands(sent, DeliveryState.REVOKED, RecipientState.HELD, RecipientState.HELD);
        assertThat(holds.releaseNow(hanako(), sent.delivery())).isEqualTo(new Holds.Outcome.Revoked());
        stands(sent, DeliveryState.REVOKED, RecipientState.HELD, RecipientState.HELD);
        assertThat(revocations.restore(hanako(), whole)).isEqualTo(Outcome.DONE);
        assertThat(holds.releaseNow(hanako(), sent.delivery())).isEqualTo(new Holds.Outcome.Done(2));
    }
}
