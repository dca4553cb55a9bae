package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.delivery.Intake;
import sekisho.gateway.delivery.NewDelivery;
import sekisho.gateway.hold.Holds;
import sekisho.gateway.outbox.Outbox;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.outbox.Report;
import sekisho.gateway.policy.Names;

/** The second half of the habit: a mail that follows a file and tells its password. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class PasswordMailTest {

    private static final String OPEN = "taro@open.example";
    private static final String WARNED = "jiro@warned.example";
    private static final String HELD = "goro@held.example";
    private static final Mail.Written PASSWORD = new Mail.Written("Re: Figures", "先ほどのファイルのパスワードは次のとおりです。\nXk7#pq29\n");

    @Inject
    Mail mail;
    @Inject
    Outbox outbox;
    @Inject
    AuditLog audit;
    @Inject
    Holds holds;

    private String hanako;

    @BeforeEach
    void aSenderOfItsOwn() {
        hanako = "hanako." + Ids.next() + "@example.co.jp";
        while (!outbox.claim(1000, Mail.ONE_DESTINATION).isEmpty()) {
            // what other tests left stays claimed
        }
    }

    private Mail.Sent write(List<String> to, Mail.Written written) {
        return mail.take(NewDelivery.Source.MAIL, hanako, to, written, Map.of());
    }

    private void sendsAFile(List<String> to) {
        mail.take(NewDelivery.Source.MAIL, hanako, to, new Mail.Written("Figures", ""), Map.of("a.csv", "1,2".getBytes()));
    }

    private boolean isFlagged(Mail.Sent sent) {
        return audit.ofDelivery(sent.delivery(), Optional.empty(), 50).stream().anyMatch(e -> e.type() == AuditType.PASSWORD_MAIL_SEEN);
    }

    private List<OutboxItem> due(Mail.Sent sent) {
        return outbox.claim(1000, Mail.ONE_DESTINATION).stream().filter(item -> item.delivery().equals(sent.delivery())).toList();
    }

    private static boolean isHeld(Mail.Sent sent) {
        return ((Intake.Accepted) sent.intake()).heldUntil().isPresent();
    }

    @Test
    void aPasswordMailIsHeldForThoseWhoGotTheFile() {
        sendsAFile(List.of(OPEN));
        var sent = write(List.of(OPEN, "saburo@open.example"), PASSWORD);
        assertThat(isHeld(sent)).isTrue();
        assertThat(isFlagged(sent)).isTrue();
        var items = due(sent);
        assertThat(items).filteredOn(i -> i.kind() == OutboxItem.Kind.ORIGINAL).singleElement().satisfies(item ->
            assertThat(item.rows()).extracting(row -> row.address().toString()).containsExactly("saburo@open.example"));
        assertThat(items).filteredOn(i -> i.kind() == OutboxItem.Kind.DSN).singleElement().satisfies(item ->
            assertThat(item.report().action()).isEqualTo(Report.Action.PASSWORD));
    }

    @Test
    void whereARuleOnlyWarnsItGoesOnAndTheSenderIsTold() {
        sendsAFile(List.of(WARNED));
        var sent = write(List.of(WARNED), PASSWORD);
        assertThat(isHeld(sent)).isFalse();
        assertThat(due(sent)).extracting(OutboxItem::kind).containsExactlyInAnyOrder(OutboxItem.Kind.ORIGINAL, OutboxItem.Kind.DSN);
    }

    @Test
    void withoutAFileBeforeItIsAMailLikeAnyOther() {
        assertThat(isFlagged(write(List.of(OPEN), PASSWORD))).as("no file at all").isFalse();
        sendsAFile(List.of("saburo@open.example"));
        assertThat(isFlagged(write(List.of(OPEN), PASSWORD))).as("a file to somebody else").isFalse();
        mail.take(NewDelivery.Source.MAIL, "other@example.co.jp", List.of(OPEN), new Mail.Written("x", ""), Map.of("a.csv", "1".getBytes()));
        assertThat(isFlagged(write(List.of(OPEN), PASSWORD))).as("a file from somebody else").isFalse();
        sendsAFile(List.of(OPEN));
        assertThat(isFlagged(write(List.of(OPEN), new Mail.Written("Re", "Did it arrive?")))).as("no password in it").isFalse();
    }

    @Test
    void aFileThatWentAsItCameAndWasNotKeptCountsAsWell() {
        var passed = "shiro@passed.example";
        sendsAFile(List.of(passed));
        var sent = write(List.of(passed), PASSWORD);
        assertThat(isFlagged(sent)).isTrue();
        assertThat(isFlagged(write(List.of(passed), PASSWORD))).as("again").isTrue();
        assertThat(isFlagged(mail.take(NewDelivery.Source.MAIL, "other." + hanako, List.of(passed), PASSWORD, Map.of()))).as("from somebody else").isFalse();
    }

    @Test
    void afterAQuarterOfAnHourItIsAMailLikeAnyOther() {
        sendsAFile(List.of(OPEN));
        MovableClock.passes(Duration.ofMinutes(14));
        assertThat(isFlagged(write(List.of(OPEN), PASSWORD))).isTrue();
        MovableClock.passes(Duration.ofMinutes(2));
        assertThat(isFlagged(write(List.of(OPEN), PASSWORD))).isFalse();
    }

    /** The time runs from when that recipient's copy left, not from when the message was taken: the password follows what has arrived. */
    @Test
    void aFileThatWasHeldCountsFromItsRelease() {
        var held = mail.take(NewDelivery.Source.MAIL, hanako, List.of(HELD), new Mail.Written("Figures", ""), Map.of("a.csv", "1,2".getBytes()));
        assertThat(isHeld(held)).isTrue();
        MovableClock.passes(Duration.ofMinutes(29));
        assertThat(isFlagged(write(List.of(HELD), PASSWORD))).as("while it is still held").isTrue();
        holds.releaseNow(mail.person(hanako, "sender"), held.delivery());
        MovableClock.passes(Duration.ofMinutes(14));
        assertThat(isFlagged(write(List.of(HELD), PASSWORD))).as("43 minutes after it was taken").isTrue();
        MovableClock.passes(Duration.ofMinutes(2));
        assertThat(isFlagged(write(List.of(HELD), PASSWORD))).as("a quarter of an hour after it left").isFalse();
    }

    @Test
    void aFileThatWasStoppedWhileItWasHeldDoesNotCount() {
        var held = mail.take(NewDelivery.Source.MAIL, hanako, List.of(HELD), new Mail.Written("Figures", ""), Map.of("a.csv", "1,2".getBytes()));
        holds.cancel(mail.person(hanako, "sender"), held.delivery());
        assertThat(isFlagged(write(List.of(HELD), PASSWORD))).isFalse();
    }

    @Test
    void aTextThatNobodyAskedForIsNotLookedAt() {
        mail.take(NewDelivery.Source.MAIL, hanako, List.of("x@partner.example"), new Mail.Written("x", ""), Map.of("a.csv", "1".getBytes()));
        assertThat(isFlagged(write(List.of("x@partner.example"), PASSWORD))).isFalse();
    }

    @Test
    void whatARuleSaysOfNamesReachesTheCopy() {
        var sent = mail.take(NewDelivery.Source.MAIL, hanako, List.of(WARNED), new Mail.Written("Figures", ""), Map.of("a.csv", "1".getBytes()));
        assertThat(due(sent)).singleElement().satisfies(item -> assertThat(item.rows().getFirst().names()).contains(Names.COUNT));
    }
}
