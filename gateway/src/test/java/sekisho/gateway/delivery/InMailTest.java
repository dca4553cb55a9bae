package sekisho.gateway.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import sekisho.gateway.policy.AttachmentFacts;
import sekisho.gateway.policy.Attachments;
import sekisho.gateway.policy.Decision;
import sekisho.gateway.policy.Examined;
import sekisho.gateway.policy.MessageFacts.Content;

class InMailTest {

    private static final InMail BOTH = new InMail(true, 2, 1100);
    private static final InMail ENCLOSED = new InMail(true, 1, 1000);

    private static InMail inMail(boolean keepsFiles, boolean... whole) {
        var content = new Content(Map.of(), true, false, List.of(file("plan.pdf", 100)), List.of(file("signed.pdf", 1000)), List.of());
        return InMail.of(content, Stream.iterate(0, i -> i < whole.length, i -> i + 1).map(i -> decision(whole[i])).toList(), keepsFiles);
    }

    private static AttachmentFacts file(String name, long octets) {
        return new AttachmentFacts(name, List.of(), "application/pdf", octets, Examined.NOT);
    }

    private static Decision decision(boolean whole) {
        return new Decision(whole ? Attachments.LINK : Attachments.PASS, whole, Optional.empty(), Duration.ZERO, false, false, Duration.ofDays(1), 5, true, false,
            Optional.empty(), "rule");
    }

    @Test void whatIsKeptAsAFileIsNotCountedAndWhatIsSignedStays() {
        assertThat(inMail(false, false)).isEqualTo(BOTH);
        assertThat(inMail(true, false)).isEqualTo(ENCLOSED);
    }

    @Test void whoGetsTheMessageAsAFileGetsNothingBesides() {
        assertThat(inMail(false, true, true)).isEqualTo(InMail.NONE);
        assertThat(inMail(true, true)).isEqualTo(InMail.NONE);
        assertThat(inMail(false, true, false)).as("another gets it as it came").isEqualTo(BOTH);
    }

    @Test void whatIsEncryptedMayHoldAny() {
        var sealed = new Content(Map.of(), false, true, List.of(), List.of(), List.of());
        assertThat(InMail.of(sealed, List.of(decision(false)), false)).isEqualTo(new InMail(true, 0, 0)).satisfies(some -> assertThat(some.counted()).isFalse());
        assertThat(InMail.of(sealed, List.of(decision(true)), true)).as("it is a file itself").isEqualTo(InMail.NONE);
        var both = new Content(Map.of(), false, true, List.of(file("plan.pdf", 100)), List.of(), List.of());
        assertThat(InMail.of(both, List.of(decision(false)), false)).as("what is known").isEqualTo(new InMail(true, 1, 100));
    }

    @Test void ofOneFromBeforeTheyWereCountedItIsKnownThatThereAreSome() {
        assertThat(InMail.of(true, null, null, 0)).isEqualTo(new InMail(true, 0, 0)).satisfies(some -> assertThat(some.counted()).isFalse());
        assertThat(InMail.of(true, null, null, 1)).as("they are kept").isEqualTo(InMail.NONE);
        assertThat(InMail.of(false, null, null, 0)).isEqualTo(InMail.NONE);
        assertThat(InMail.of(true, 0, 0L, 1)).isEqualTo(InMail.NONE);
        assertThat(InMail.of(true, 1, 1000L, 1)).isEqualTo(ENCLOSED);
    }
}
