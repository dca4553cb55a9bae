package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.gateway.session.SignOuts;

@QuarkusTest
@QuarkusTestResource(TestServers.class)
class SignOutsTest {

    private static final String ISSUER = "https://idp.example";

    @Inject
    SignOuts signOuts;
    @Inject
    Clock clock;

    @BeforeEach
    void theClockStands() {
        MovableClock.stands();
    }

    @AfterEach
    void theClockRuns() {
        MovableClock.runs();
    }

    /** As tokens tell it. */
    private Instant second() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    @Test
    void tokensOfASessionThatWasEndedAreWorthNothingAndNewerOnesAre() {
        var early = second();
        MovableClock.passes(Duration.ofSeconds(2));
        var issued = second();
        assertThat(signOuts.ended(ISSUER, "one", "token", issued)).isFalse();
        signOuts.end(ISSUER, "one", "token");
        assertThat(signOuts.ended(ISSUER, "one", "token", issued)).isTrue();
        assertThat(signOuts.ended(ISSUER, "one", "token before", early)).isTrue();
        assertThat(signOuts.ended(ISSUER, "one", "token behind", second())).as("signed in anew within the second").isFalse();
        assertThat(signOuts.ended(ISSUER, "two", "other token", early)).isFalse();
        assertThat(signOuts.ended("https://other.example", "one", "token", issued)).isFalse();
        MovableClock.passes(Duration.ofSeconds(5));
        assertThat(signOuts.ended(ISSUER, "one", "token behind", issued)).isFalse();
        signOuts.end(ISSUER, "one", "third token");
        assertThat(signOuts.ended(ISSUER, "one", "token behind", issued)).isTrue();
    }

    @Test
    void whatIsLongOverIsForgotten() {
        var issued = second();
        signOuts.end(ISSUER, "old", "old token");
        MovableClock.passes(Duration.ofDays(8));
        signOuts.end(ISSUER, "new", "new token");
        assertThat(signOuts.ended(ISSUER, "old", "old token", issued)).isFalse();
    }
}
