package sekisho.gateway.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sekisho.gateway.Mail;
import sekisho.gateway.MovableClock;
import sekisho.gateway.TestServers;

@QuarkusTest
@QuarkusTestResource(TestServers.class)
class ReleaseTimerTest {

    @Inject
    Mail mail;
    @Inject
    ReleaseTimer timer;

    @AfterEach
    void commitsSucceedAgain() {
        TestServers.asOwner("drop function if exists fails_at_commit() cascade");
    }

    private static String hold(Mail.Sent sent) {
        return TestServers.number("select count(*) from recipient where hold = 'RELEASED' and delivery_id = '" + sent.delivery() + "'") == 1 ? "RELEASED" : "HELD";
    }

    /** The database refuses at the commit alone, where no exception of the statement's kind comes. */
    @Test
    void aCommitThatFailsIsTriedAgain() {
        var sent = mail.send("hanako@example.co.jp", List.of("taro@partner.example"), "x".getBytes());
        MovableClock.passes(Duration.ofHours(1));
        TestServers.asOwner("""
            create function fails_at_commit() returns trigger language plpgsql as 'begin raise exception ''no''; end';
            create constraint trigger fails_at_commit after update on recipient deferrable initially deferred for each row execute function fails_at_commit()""");
        assertThatCode(timer::tick).doesNotThrowAnyException();
        assertThat(hold(sent)).isEqualTo("HELD");
        commitsSucceedAgain();
        MovableClock.passes(Duration.ofSeconds(1));   // for so long it is put off
        timer.tick();
        assertThat(hold(sent)).isEqualTo("RELEASED");
    }
}
