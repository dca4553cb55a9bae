package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
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

    @Test
    void tokensOfASessionThatWasEndedAreWorthNothingAndNewerOnesAre() {
        var issued = clock.instant();
        assertThat(signOuts.ended(ISSUER, "one", issued)).isFalse();
        signOuts.end(ISSUER, "one");
        assertThat(signOuts.ended(ISSUER, "one", issued)).isTrue();
        assertThat(signOuts.ended(ISSUER, "two", issued)).isFalse();
        assertThat(signOuts.ended("https://other.example", "one", issued)).isFalse();
        MovableClock.passes(Duration.ofSeconds(5));
        var anew = clock.instant();
        assertThat(signOuts.ended(ISSUER, "one", anew)).as("signed in anew").isFalse();
        signOuts.end(ISSUER, "one");
        assertThat(signOuts.ended(ISSUER, "one", anew)).isTrue();
    }

    @Test
    void whatIsLongOverIsForgotten() {
        var issued = clock.instant();
        signOuts.end(ISSUER, "old");
        MovableClock.passes(Duration.ofDays(8));
        signOuts.end(ISSUER, "new");
        assertThat(signOuts.ended(ISSUER, "old", issued)).isFalse();
    }
}
