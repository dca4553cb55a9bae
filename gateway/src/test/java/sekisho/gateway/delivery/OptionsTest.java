package sekisho.gateway.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
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
import sekisho.gateway.delivery.Options.Option;
import sekisho.gateway.policy.Examined;

class OptionsTest {

    private static final Instant NOW = Instant.parse("2026-11-22T05:03:22Z");
    private static final UUID FILE = new UUID(1, 1);
    private static final UUID TARO = new UUID(1, 2);

    /** One file for one recipient, shut on the levels named. */
    private record One(Hold hold, boolean link, Instant expires, String shut, Found found) {

        static One released(String shut) {
            return new One(Hold.RELEASED, true, NOW.plusSeconds(1), shut, Found.NOTHING);
        }

        /** What is offered for the whole, the recipient, the file, and the file for the recipient. */
        List<Option> offered() {
            boolean whole = shut.contains("whole");
            boolean alone = shut.contains("recipient");
            boolean shredded = shut.contains("shredded");
            boolean someOpen = !shut.contains("file") && !shut.contains("grant");
            var standing = Standing.of(new Standing.Copy(hold, link, Relay.SENT, shredded ? "SHREDDED" : whole ? "REVOKED" : "OPEN", alone, someOpen,
                Optional.of(expires)), NOW);
            var recipient = new RecipientView(TARO, "taro@partner.example", true, link, "rule", hold, NOW, false, Optional.of(NOW), Optional.of(expires),
                alone, false, Optional.empty(), Relay.SENT, standing);
            var file = new FileView(FILE, "a.pdf", "application/pdf", 1, "00".repeat(32), shut.contains("file"), false, shredded, found);
            var grant = new GrantView(FILE, TARO, shut.contains("grant"), false, 0, 5, Ranges.NONE, Optional.empty(), Optional.empty());
            var options = new Options(new DeliveryView(new UUID(1, 0), NewDelivery.Source.MAIL, "hanako@example.co.jp", "", "<x@example.co.jp>", 1, NOW,
                Standing.together(List.of(standing), "OPEN"), whole, false, false, Optional.empty(), Optional.empty(), Optional.empty(), "",
                Standing.parts(Map.of(standing, 1)), List.of(recipient), List.of(file), InMail.NONE, List.of(grant)));
            return List.of(options.whole(), options.of(recipient), options.of(file), options.of(file, grant));
        }
    }

    @Test void whatIsOpenCanBeRevokedOnEveryLevel() {
        assertThat(One.released("").offered()).containsExactly(Option.REVOKE, Option.REVOKE, Option.REVOKE, Option.REVOKE);
    }

    @Test void whatIsShutCanBeOpenedWhereItWasShut() {
        assertThat(One.released("whole").offered()).containsExactly(Option.RESTORE, Option.KEEP, Option.KEEP, Option.NOTHING);
        assertThat(One.released("recipient").offered()).containsExactly(Option.NOTHING, Option.RESTORE, Option.NOTHING, Option.NOTHING);
        assertThat(One.released("file").offered()).containsExactly(Option.NOTHING, Option.NOTHING, Option.RESTORE, Option.NOTHING);
        assertThat(One.released("grant").offered()).containsExactly(Option.NOTHING, Option.NOTHING, Option.NOTHING, Option.RESTORE);
    }

    @Test void whatIsKeptShutBehindAShutDoorIsNotOfferedTwice() {
        assertThat(One.released("whole recipient file grant").offered())
            .containsExactly(Option.RESTORE, Option.NOTHING, Option.NOTHING, Option.NOTHING);
    }

    @Test void whatIsOverOffersNothing() {
        for (var shut : List.of("", "whole", "recipient", "file", "grant", "shredded")) {
            assertThat(new One(Hold.RELEASED, true, NOW, shut, Found.NOTHING).offered()).as("expired %s", shut).containsOnly(Option.NOTHING);
            assertThat(new One(Hold.CANCELLED, true, NOW.plusSeconds(1), shut, Found.NOTHING).offered()).as("cancelled %s", shut).containsOnly(Option.NOTHING);
            assertThat(new One(Hold.RELEASED, false, NOW.plusSeconds(1), shut, Found.NOTHING).offered()).as("in the mail %s", shut).containsOnly(Option.NOTHING);
        }
    }

    @Test void aFileWithMalwareIsNeverOpenedAgain() {
        var infected = new Found("exe", "", Examined.Scan.INFECTED, "Eicar");
        assertThat(new One(Hold.RELEASED, true, NOW.plusSeconds(1), "file", infected).offered())
            .containsExactly(Option.NOTHING, Option.NOTHING, Option.NOTHING, Option.NOTHING);
    }
}
