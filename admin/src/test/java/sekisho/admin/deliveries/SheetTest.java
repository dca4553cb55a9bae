package sekisho.admin.deliveries;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import sekisho.gateway.audit.Ranges;
import sekisho.gateway.delivery.DeliveryView.FileView;
import sekisho.gateway.delivery.DeliveryView.Found;
import sekisho.gateway.delivery.DeliveryView.GrantView;
import sekisho.gateway.delivery.Options.Option;
import sekisho.pages.Exposure;
import sekisho.pages.Language;
import sekisho.pages.SamplePage;

/** What a responder is told of the octets that somebody got. */
class SheetTest {

    private static final UUID ID = new UUID(7, 1);

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

    @Test
    void ofThousandsOfPiecesTheFirstOnesAreTold() {
        var every = IntStream.range(0, 300).mapToObj(i -> "[" + 3 * i + "," + (3 * i + 1) + ")").collect(Collectors.joining(",", "{", "}"));
        assertThat(ranges(every, Exposure.PART)).startsWith("Bytes 0–0, 3–3, ").endsWith("33–33 and 288 more ranges");
    }
}
