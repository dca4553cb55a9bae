package sekisho.gateway.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.gateway.delivery.DeliveryView.Hold;
import sekisho.gateway.delivery.DeliveryView.Relay;
import sekisho.gateway.delivery.Standing.Copy;
import sekisho.gateway.delivery.Standing.Link;

class StandingTest {

    private static final Instant NOW = Instant.parse("2026-11-22T05:03:22Z");
    private static final Optional<Instant> LATER = Optional.of(NOW.plusSeconds(1));
    private static final Standing SENT = new Standing(RecipientState.RELEASED, Link.OPEN);
    private static final Standing WHOLE = new Standing(RecipientState.RELEASED, Link.NONE);
    private static final Standing WAITS = new Standing(RecipientState.HELD, Link.OPEN);
    private static final Standing SHUT = new Standing(RecipientState.REVOKED, Link.SHUT);
    private static final Standing OVER = new Standing(RecipientState.EXPIRED, Link.OVER);
    private static final Standing GONE = new Standing(RecipientState.SHREDDED, Link.OVER);
    private static final Standing STOPPED = new Standing(RecipientState.CANCELLED, Link.NONE);
    private static final Standing UNSENT = new Standing(RecipientState.FAILED, Link.OPEN);

    static Stream<Arguments> copies() {
        return Stream.of(
            arguments(new Copy(Hold.HELD, true, Relay.NONE, "OPEN", false, true, Optional.empty()), WAITS),
            arguments(new Copy(Hold.HELD, true, Relay.NONE, "REVOKED", false, true, Optional.empty()), new Standing(RecipientState.HELD, Link.SHUT)),
            arguments(new Copy(Hold.HELD, false, Relay.NONE, "OPEN", false, false, Optional.empty()), new Standing(RecipientState.HELD, Link.NONE)),
            arguments(new Copy(Hold.CANCELLED, true, Relay.NONE, "OPEN", false, true, Optional.empty()), STOPPED),
            arguments(new Copy(Hold.CANCELLED, true, Relay.NONE, "SHREDDED", false, false, Optional.empty()), STOPPED),
            arguments(new Copy(Hold.RELEASED, true, Relay.SENT, "OPEN", false, true, LATER), SENT),
            arguments(new Copy(Hold.RELEASED, true, Relay.SENT, "REVOKED", false, true, LATER), SHUT),
            arguments(new Copy(Hold.RELEASED, true, Relay.SENT, "OPEN", true, true, LATER), SHUT),
            arguments(new Copy(Hold.RELEASED, true, Relay.SENT, "OPEN", false, false, LATER), SHUT),
            arguments(new Copy(Hold.RELEASED, true, Relay.SENT, "OPEN", false, true, Optional.of(NOW)), OVER),
            arguments(new Copy(Hold.RELEASED, true, Relay.SENT, "OPEN", false, false, Optional.of(NOW)), OVER),
            arguments(new Copy(Hold.RELEASED, true, Relay.SENT, "REVOKED", false, true, Optional.of(NOW)), new Standing(RecipientState.REVOKED, Link.OVER)),
            arguments(new Copy(Hold.RELEASED, true, Relay.SENT, "SHREDDED", true, false, Optional.of(NOW)), GONE),
            arguments(new Copy(Hold.RELEASED, true, Relay.FAILED, "OPEN", false, true, LATER), UNSENT),
            arguments(new Copy(Hold.RELEASED, false, Relay.FAILED, "OPEN", false, false, Optional.empty()), new Standing(RecipientState.FAILED, Link.NONE)),
            arguments(new Copy(Hold.RELEASED, false, Relay.SENT, "REVOKED", false, false, Optional.empty()), WHOLE),
            arguments(new Copy(Hold.RELEASED, false, Relay.SENT, "SHREDDED", false, false, Optional.empty()), WHOLE));
    }

    @ParameterizedTest
    @MethodSource("copies")
    void aCopyStandsWhereItsLinkStands(Copy copy, Standing standing) {
        assertThat(Standing.of(copy, NOW)).isEqualTo(standing);
    }

    static Stream<Arguments> deliveries() {
        return Stream.of(
            arguments("OPEN", List.of(WAITS, WAITS), DeliveryState.HELD),
            arguments("OPEN", List.of(SENT, WAITS), DeliveryState.HELD),
            arguments("REVOKED", List.of(SHUT, new Standing(RecipientState.HELD, Link.SHUT)), DeliveryState.REVOKED),
            arguments("OPEN", List.of(SENT, STOPPED), DeliveryState.RELEASED),
            arguments("OPEN", List.of(STOPPED, STOPPED), DeliveryState.CANCELLED),
            arguments("SHREDDED", List.of(STOPPED), DeliveryState.CANCELLED),
            arguments("OPEN", List.of(SENT, SHUT), DeliveryState.RELEASED),
            arguments("OPEN", List.of(SHUT, SHUT, STOPPED), DeliveryState.REVOKED),
            arguments("OPEN", List.of(SHUT, WHOLE), DeliveryState.REVOKED),
            arguments("REVOKED", List.of(WHOLE), DeliveryState.RELEASED),
            arguments("OPEN", List.of(WHOLE, STOPPED), DeliveryState.RELEASED),
            arguments("OPEN", List.of(OVER, SHUT), DeliveryState.EXPIRED),
            arguments("OPEN", List.of(OVER, SENT), DeliveryState.RELEASED),
            arguments("SHREDDED", List.of(GONE, WHOLE), DeliveryState.SHREDDED),
            arguments("OPEN", List.of(UNSENT, STOPPED), DeliveryState.FAILED),
            arguments("OPEN", List.of(UNSENT, SENT), DeliveryState.RELEASED),
            arguments("OPEN", List.of(UNSENT, WHOLE), DeliveryState.RELEASED));
    }

    @ParameterizedTest
    @MethodSource("deliveries")
    void aDeliveryStandsWhereItsCopiesStand(String access, List<Standing> copies, DeliveryState state) {
        assertThat(Standing.together(copies, access)).isEqualTo(state);
    }

    @Test void theCopiesAreCountedByWhereTheyStand() {
        assertThat(Standing.parts(Map.of(SENT, 1, WAITS, 2, STOPPED, 3, UNSENT, 4, SHUT, 5, OVER, 6, WHOLE, 7)))
            .isEqualTo(new Standing.Parts(28, 2, 3, 4, 5, 6, 7));
    }
}
