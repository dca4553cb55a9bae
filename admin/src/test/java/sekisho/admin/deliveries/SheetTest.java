package sekisho.admin.deliveries;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import sekisho.gateway.audit.Ranges;
import sekisho.gateway.delivery.DeliveryState;
import sekisho.gateway.delivery.DeliveryView;
import sekisho.gateway.delivery.DeliveryView.FileView;
import sekisho.gateway.delivery.DeliveryView.Found;
import sekisho.gateway.delivery.DeliveryView.GrantView;
import sekisho.gateway.delivery.DeliveryView.Hold;
import sekisho.gateway.delivery.DeliveryView.RecipientView;
import sekisho.gateway.delivery.DeliveryView.Relay;
import sekisho.gateway.delivery.InMail;
import sekisho.gateway.delivery.NewDelivery;
import sekisho.gateway.delivery.Options.Option;
import sekisho.gateway.delivery.RecipientState;
import sekisho.gateway.delivery.Standing;
import sekisho.gateway.policy.PolicyFile;
import sekisho.pages.Exposure;
import sekisho.pages.Language;
import sekisho.pages.SamplePage;

/** What a responder is told of the octets that somebody got. */
class SheetTest {

    private static final UUID ID = new UUID(7, 1);
    private static final Instant NOW = Instant.parse("2026-11-22T01:00:00Z");

    private static String ranges(String served, Exposure exposure) {
        var file = new FileView(ID, "a.pdf", "application/pdf", 1_000, "00".repeat(32), false, false, false, Found.NOTHING);
        var grant = new GrantView(ID, ID, false, false, 0, 5, Ranges.parse(served), Optional.empty(), Optional.empty());
        return new Sheet.Line(file, grant, exposure, Option.NOTHING).ranges(SamplePage.of(Language.EN));
    }

    @Test
    void ofAPartItIsToldWhichOctetsTheFirstAndTheLastOfEach() {
        assertThat(ranges("{[0,400),[500,501)}", Exposure.PART)).isEqualTo("Bytes 0–399, 500–500");
        assertThat(ranges("{[0,1000)}", Exposure.COMPLETE)).isEmpty();
        assertThat(ranges("{}", Exposure.NAMES)).isEmpty();
    }

    private static RecipientView recipient(long id, boolean link) {
        var standing = new Standing(RecipientState.RELEASED, link ? Standing.Link.OPEN : Standing.Link.NONE);
        return new RecipientView(new UUID(8, id), id + "@partner.example", true, link, "rule", Hold.RELEASED, NOW, false, Optional.of(NOW), Optional.empty(),
            false, false, Optional.empty(), Relay.SENT, standing);
    }

    /** One recipient has a link and another none. @param file what is kept, if anything is: whether it is the message itself */
    private static Sheet sheet(InMail inMail, Optional<Boolean> file) {
        var files = file.map(whole -> new FileView(ID, "a.pdf", "application/pdf", 1_000, "00".repeat(32), false, false, false, Found.NOTHING, whole)).stream().toList();
        var recipients = List.of(recipient(1, !files.isEmpty()), recipient(2, false));
        var grants = files.stream().map(each -> new GrantView(ID, recipients.getFirst().id(), false, false, 0, 5, Ranges.NONE, Optional.empty(), Optional.empty())).toList();
        return Sheet.of(new DeliveryView(ID, NewDelivery.Source.MAIL, "hanako@example.co.jp", "", "", 1, NOW, DeliveryState.RELEASED, false, false, false,
            Optional.empty(), Optional.empty(), Optional.empty(), "", new Standing.Parts(2, 0, 0, 0, 0, 0, 1), recipients, files, inMail, grants),
            PolicyFile.read("policy.yaml", "inside: [example.co.jp]"), 1);
    }

    @Test
    void whoHasFilesInTheMailItselfIsCountedAlsoWhereNoneIsKept() {
        var some = new InMail(true, 2, 1_000);
        assertThat(sheet(some, Optional.empty())).satisfies(sheet -> {
            assertThat(sheet.exposed()).isEqualTo(2);
            assertThat(sheet.whole()).isEqualTo(2);
        });
        assertThat(sheet(InMail.NONE, Optional.empty()).exposed()).isZero();
        assertThat(sheet(InMail.NONE, Optional.of(false)).addressees()).extracting(Sheet.Addressee::whole).containsExactly(false, true);
        assertThat(sheet(some, Optional.of(false)).addressees()).as("what is signed stays, for who gets a link too").extracting(Sheet.Addressee::whole).containsExactly(true, true);
        assertThat(sheet(some, Optional.of(true)).addressees()).as("behind the link is all of it").extracting(Sheet.Addressee::whole).containsExactly(false, true);
    }

    @Test
    void ofWhatNobodyCanTellNothingIsClaimed() {
        assertThat(sheet(new InMail(true, 0, 0), Optional.empty())).satisfies(sheet -> {
            assertThat(sheet.uncounted()).isTrue();
            assertThat(sheet.exposed()).isZero();
            assertThat(sheet.whole()).isEqualTo(2);
        });
        assertThat(sheet(new InMail(true, 2, 1_000), Optional.empty()).uncounted()).isFalse();
        assertThat(sheet(InMail.NONE, Optional.empty()).uncounted()).isFalse();
    }

    @Test
    void ofThousandsOfPiecesTheFirstOnesAreTold() {
        var every = IntStream.range(0, 300).mapToObj(i -> "[" + 3 * i + "," + (3 * i + 1) + ")").collect(Collectors.joining(",", "{", "}"));
        assertThat(ranges(every, Exposure.PART)).startsWith("Bytes 0–0, 3–3, ").endsWith("33–33 and 288 more ranges");
    }
}
