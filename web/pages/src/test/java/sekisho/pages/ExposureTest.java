package sekisho.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import sekisho.gateway.audit.Ranges;
import sekisho.gateway.delivery.DeliveryView.FileView;
import sekisho.gateway.delivery.DeliveryView.Found;
import sekisho.gateway.delivery.DeliveryView.GrantView;
import sekisho.gateway.delivery.DeliveryView.Hold;
import sekisho.gateway.delivery.DeliveryView.RecipientView;
import sekisho.gateway.delivery.DeliveryView.Relay;
import sekisho.gateway.delivery.RecipientState;
import sekisho.gateway.delivery.Standing;

class ExposureTest {

    private static final UUID ID = UUID.fromString("019ab000-0000-7000-8000-000000000001");
    private static final Instant NOW = Instant.parse("2026-11-22T05:00:00Z");

    @Test void itGrowsFromNothingOverNamesAndPartsToEverything() {
        assertThat(exposure(false, 100, 0, 0)).isEqualTo(Exposure.NONE);
        assertThat(exposure(true, 100, 0, 0)).isEqualTo(Exposure.NAMES);
        assertThat(exposure(true, 100, 1, 0)).isEqualTo(Exposure.PART);
        assertThat(exposure(true, 100, 100, 0)).isEqualTo(Exposure.COMPLETE);
    }

    @Test void anEmptyFileIsCompleteOnlyOnceDownloaded() {
        assertThat(exposure(true, 0, 0, 0)).isEqualTo(Exposure.NAMES);
        assertThat(exposure(true, 0, 0, 1)).isEqualTo(Exposure.COMPLETE);
    }

    @Test void whoGetsTheMailItselfHasEverythingOnceItMayHaveLeft() {
        assertThat(wholeMail(Hold.HELD, Relay.NONE)).isEqualTo(Exposure.NONE);
        assertThat(wholeMail(Hold.CANCELLED, Relay.NONE)).isEqualTo(Exposure.NONE);
        assertThat(wholeMail(Hold.RELEASED, Relay.QUEUED)).as("it may be on its way").isEqualTo(Exposure.COMPLETE);
        assertThat(wholeMail(Hold.RELEASED, Relay.SENT)).isEqualTo(Exposure.COMPLETE);
        assertThat(wholeMail(Hold.RELEASED, Relay.UNCONFIRMED)).isEqualTo(Exposure.COMPLETE);
        assertThat(wholeMail(Hold.RELEASED, Relay.FAILED)).isEqualTo(Exposure.NONE);
    }

    private static Exposure wholeMail(Hold hold, Relay relay) {
        return Exposure.ofMail(new RecipientView(ID, "ichiro@example.co.jp", false, false, "rule", hold, NOW, false, Optional.empty(), Optional.empty(),
            false, false, Optional.empty(), relay, new Standing(RecipientState.RELEASED, Standing.Link.NONE)));
    }

    private static Exposure exposure(boolean namesSeen, long size, long served, int downloads) {
        var recipient = new RecipientView(ID, "taro@partner.example", true, true, "rule", Hold.RELEASED, NOW, false, Optional.of(NOW), Optional.of(NOW),
            false, false, namesSeen ? Optional.of(NOW) : Optional.empty(), Relay.SENT,
            new Standing(RecipientState.RELEASED, Standing.Link.OPEN));
        var file = new FileView(ID, "a.pdf", "application/pdf", size, "00".repeat(32), false, false, false, Found.NOTHING);
        return Exposure.of(recipient, file, new GrantView(ID, ID, false, false, downloads, 5, Ranges.parse("{[0," + served + ")}"), Optional.empty(), Optional.empty()));
    }
}
