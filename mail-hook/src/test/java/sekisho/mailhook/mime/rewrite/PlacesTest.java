package sekisho.mailhook.mime.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.mailhook.mime.Reading;

/** Pitfalls 43 and 55: the block is a paragraph of its own, where the operator wants it, and nobody has to look for it. */
class PlacesTest {

    private static final String URL = "https://files.example.co.jp/d/0123456789abcdefABCDEF";
    private static final String BLOCK = "Attachments:\r\n" + URL + "\r\n > of three\r\nFrom us\r\n";

    private static LinkBlock at(Place place) {
        return new LinkBlock(BLOCK, BLOCK, "<p>" + URL + "</p>\r\n", place);
    }

    private static String linked(Place place, String type, String body) {
        return Reading.one(Reading.mixed("Content-Type: text/plain" + type + "\r\n", body), at(place)).text();
    }

    @Test
    void onTopIsTheDefault() {
        assertThat(new LinkBlock(BLOCK, BLOCK, "<p></p>\r\n").place()).isEqualTo(Place.TOP);
        assertThat(linked(Place.TOP, "", "Hello\r\n-- \r\nA\r\n> quoted\r\n")).isEqualTo(BLOCK + "\r\nHello\r\n-- \r\nA\r\n> quoted\r\n");
    }

    @Test
    void atTheBottomItStandsBelowEverything() {
        assertThat(linked(Place.BOTTOM, "", "Hello\r\n-- \r\nA\r\n> quoted\r\n")).isEqualTo("Hello\r\n-- \r\nA\r\n> quoted\r\n\r\n" + BLOCK);
        assertThat(linked(Place.BOTTOM, "", "Hello")).isEqualTo("Hello\r\n\r\n" + BLOCK);
        assertThat(linked(Place.BOTTOM, "", "Hello\r\n\r\n")).isEqualTo("Hello\r\n\r\n" + BLOCK);
        assertThat(linked(Place.BOTTOM, "", "Hello\n")).isEqualTo("Hello\n\r\n" + BLOCK);
    }

    @Test
    void beforeTheSignatureItStandsAboveTheLineOfTwoDashes() {
        assertThat(linked(Place.BEFORE_SIGNATURE, "", "Hello\r\n-- \r\nA\r\n")).isEqualTo("Hello\r\n\r\n" + BLOCK + "\r\n-- \r\nA\r\n");
        assertThat(linked(Place.BEFORE_SIGNATURE, "", "Hello\r\n\r\n-- \r\nA\r\n")).isEqualTo("Hello\r\n\r\n" + BLOCK + "\r\n-- \r\nA\r\n");
        assertThat(linked(Place.BEFORE_SIGNATURE, "", "Hello\n-- \nA\n")).isEqualTo("Hello\n\r\n" + BLOCK + "\r\n-- \nA\n");
        assertThat(linked(Place.BEFORE_SIGNATURE, "", "Hello\r\n-- ")).isEqualTo("Hello\r\n\r\n" + BLOCK + "\r\n-- ");
        assertThat(linked(Place.BEFORE_SIGNATURE, "", "Hello\r\n-- \r\nA\r\n-- \r\nlist\r\n")).as("the first one")
                .isEqualTo("Hello\r\n\r\n" + BLOCK + "\r\n-- \r\nA\r\n-- \r\nlist\r\n");
    }

    /** Outlook quotes without a mark in front of each line. */
    @ParameterizedTest
    @ValueSource(strings = {"-----Original Message-----\r\n", "________________________________\r\nFrom: B\r\n", "From: B <b@example.com>\r\n"})
    void anothersSignatureIsNoPlaceForIt(String quotes) {
        String body = "Hello\r\n\r\n" + quotes + "Hello A\r\n-- \r\nB\r\n";
        assertThat(linked(Place.BEFORE_SIGNATURE, "", body)).isEqualTo(BLOCK + "\r\n" + body);
        assertThat(linked(Place.BEFORE_SIGNATURE, "", "Hello\r\n-- \r\nA\r\n" + quotes + "-- \r\nB\r\n")).as("one's own").startsWith("Hello\r\n\r\n" + BLOCK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Hello\r\n", "Hello\r\n> -- \r\n> B\r\n", "Hello\r\n--\r\nA\r\n", "Hello\r\n --  \r\nA\r\n", "Hello\r\n---\r\n", "Hello\r\n-- x\r\n"})
    void withoutASignatureItStandsOnTop(String body) {
        assertThat(linked(Place.BEFORE_SIGNATURE, "", body)).isEqualTo(BLOCK + "\r\n" + body);
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void anEmptyTextAndOneThatIsOnlyASignatureShowIt(Place place) {
        assertThat(linked(place, "", "")).startsWith(BLOCK);
        assertThat(linked(place, "", "\r\n")).contains(BLOCK);
        assertThat(linked(place, "", "-- \r\nA\r\n")).isEqualTo(place == Place.BOTTOM ? "-- \r\nA\r\n\r\n" + BLOCK : BLOCK + "\r\n-- \r\nA\r\n");
    }

    /** As a reader unwraps it (RFC 3676 §4.2, §4.3). */
    private static String unwrapped(String text, boolean delSp) {
        var paragraphs = new StringBuilder();
        for (String line : text.split("\r\n", -1)) {
            String content = line.startsWith(" ") ? line.substring(1) : line;
            boolean soft = content.endsWith(" ") && !content.equals("-- ");
            paragraphs.append(soft && delSp ? content.substring(0, content.length() - 1) : content).append(soft ? "" : "\n");
        }
        return paragraphs.toString();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void inFlowedTextItIsNeitherGluedNorUnwrapped(boolean delSp) {
        String flowed = "A long \r\nparagraph \r\nwith a soft end \r\n";
        String type = "; format=flowed; delsp=" + (delSp ? "yes" : "no");
        String shown = BLOCK.replace("\r\n", "\n");
        assertThat(unwrapped(linked(Place.TOP, type, flowed), delSp)).startsWith(shown + "\n");
        assertThat(unwrapped(linked(Place.BOTTOM, type, flowed), delSp)).contains("\n" + shown);
        String signed = unwrapped(linked(Place.BEFORE_SIGNATURE, type, flowed + "-- \r\nA\r\n"), delSp);
        assertThat(signed).contains("\n" + shown + "\n-- \nA\n");
        assertThat(linked(Place.TOP, type, flowed)).as("space-stuffed").contains("\r\n  > of three\r\n From us\r\n").endsWith(flowed);
    }

    @Test
    void aTextThatIsRaisedStaysFlowed() {
        byte[] linked = Reading.linked(Reading.mixed("Content-Type: text/plain; charset=us-ascii; format=flowed; delsp=yes; x=\"a\\\"b\"\r\n", "a \r\nb\r\n"),
                new LinkBlock("添付\r\n" + URL + "\r\n", BLOCK, "<p></p>\r\n"));
        assertThat(new String(linked, StandardCharsets.UTF_8)).contains("Content-Type: text/plain; charset=utf-8;\r\n\tformat=\"flowed\";\r\n\tdelsp=\"yes\";\r\n\tx=\"a\\\"b\"\r\n");
        assertThat(Reading.texts(linked).getFirst().text()).endsWith("\r\n\r\na \r\nb\r\n");
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void theBlockIsFoundInAVeryLongText(Place place) {
        String body = "A line of text that says little.\r\n".repeat(40_000) + "-- \r\nA\r\n";
        assertThat(linked(place, "", body)).containsOnlyOnce(BLOCK).hasSize(body.length() + BLOCK.length() + (place == Place.BEFORE_SIGNATURE ? 4 : 2));
    }
}
