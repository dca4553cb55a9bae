package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import sekisho.mailhook.mime.check.MessageCheck;

/** Shapes that mail readers disagree about. Nothing that one of them shows as an attachment may stay. */
class BrokenMailTest {

    /** The empty line behind the header was one of the text in front of the parts, which is taken out. */
    @Test
    void aMultipartWhoseTextInFrontGoesHasAnEmptyLineBehindItsHeader() {
        var split = SplitMessage.of(lines("Content-Type: multipart/mixed; boundary=b", UuText.yenc("x", new byte[5]) + "--b", "", "Hello", "--b--"));
        assertThat(split.names()).hasSize(1);
        assertThat(split.linkedText(SplitMessage.ENGLISH)).startsWith("Content-Type: multipart/mixed; boundary=b\r\n\r\n").doesNotContain("=ybegin");
    }

    /** Angus Mail drops control characters around the name. */
    /** Angus Mail reads a header up to the next empty line, and with it the boundary line of the first part: with the second gone it would find none at all. */
    @ParameterizedTest
    @ValueSource(strings = {"", "no field\r\n", "no field\r\nnone again\r\n"})
    void soHasAMultipartThatLosesAPart(String front) {
        String related = "Content-Type: multipart/related; boundary=c\r\n" + front + "--c\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>\r\n--c\r\n" + lines(PART, "--c--");
        for (String message : new String[] {related, SplitMessage.multipart("mixed", "\r\ntext", related), SplitMessage.multipart("mixed", "\r\ntext", "Content-Type: message/rfc822\r\n\r\nSubject: y\r\n" + related)}) {
            for (Forwarded forwarded : Forwarded.values()) {
                var rules = new SplitRules(SplitLimits.defaults(), forwarded, true);
                assertThat(MessageCheck.check(message.getBytes(StandardCharsets.ISO_8859_1), rules).violations()).as(message).isEmpty();
            }
        }
    }

    /** The message stands inside of a multipart with the link then, and its own header is that one's. */
    @ParameterizedTest
    @ValueSource(strings = {"related", "alternative", "mixed"})
    void soHasOneThatMovesIntoAMultipartWithTheLink(String type) {
        String invitation = lines("Content-Type: text/calendar; method=REQUEST", "", "BEGIN:VCALENDAR", "METHOD:REQUEST", "BEGIN:VEVENT", "UID:1", "DTSTART:20300101T000000Z", "END:VEVENT", "END:VCALENDAR");
        String message = lines("From: a@example.com", "MIME-Version: 1.0", "Content-Type: multipart/" + type + "; boundary=b") + "This is a multi-part message in MIME format.\r\n".repeat(120)
                + "\r\n--b\r\n" + invitation + "\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF-1.4\r\n--b--\r\n";
        assertThat(SplitMessage.of(message).names()).containsExactly("attachment.txt", "a.pdf");
        assertThat(MessageCheck.check(message.getBytes(StandardCharsets.ISO_8859_1)).violations()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u000BContent-Type: ", "\u0001\u001FContent-Type\u000B: ", " \fContent-Type: "})
    void aFieldWithControlCharactersAroundItsNameIsThatField(String field) {
        takesThePdf(mixed("boundary=b", "--b", "", "text", "--b", PART.replace("Content-Type: ", field), "--b--"));
    }

    @Test
    void aCommentBehindABoundaryIsOne() {
        takesThePdf(mixed("boundary=\"b\" (a comment)", "--b", "", "text", "--b", PART, "--b--"));
        isRefused(mixed("boundary=\"b\" more", "--b", "", "text", "--b", PART, "--b--"));
    }

    /** Nobody sees a text in it. */
    @Test
    void aPageOfFramesGetsTheLinkInAPartBesideIt() {
        String frames = "<html><head><title>x</title></head><frameset cols=\"50%,50%\"><frame src=\"https://a.example\"></frameset></html>";
        var split = SplitMessage.of(lines("Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: text/html", "", frames, "--b", PART + "--b--"));
        assertThat(split.linkedText(SplitMessage.ENGLISH)).contains("Content-Type: text/html\r\n\r\n" + frames);
        assertThat(SplitMessage.of(split.linked(SplitMessage.ENGLISH)).kinds()).as("with a part of ours")
            .containsExactly(PartKind.MULTIPART, PartKind.MULTIPART, PartKind.TEXT, PartKind.TEXT, PartKind.TEXT);
    }

    @Test
    void zeroCharactersOfAWideTextMakeNoFileOfIt() {
        String wide = java.util.Base64.getMimeEncoder().encodeToString("Hello\0 there\0".getBytes(StandardCharsets.UTF_16));
        var split = SplitMessage.of(lines("Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: text/plain; charset=utf-16", "Content-Transfer-Encoding: base64", "", wide, "--b", PART + "--b--"));
        assertThat(split.names()).containsExactly("x.pdf");
        assertThat(SplitMessage.of(split.linked(SplitMessage.ENGLISH)).layout().hasAttachments()).isFalse();
    }

    /** A broken escape sequence leaves half a character, and an escape behind it would be the other half; so does an octet that is none of one. */
    @ParameterizedTest
    @ValueSource(strings = {"\u001B$B;qNA\u001B(\u001B(BB", "\u001B$B$*@\u00AB*6\u0007.x\u00AA$r$*Aw\u001B(B", "\u001B$B;qN\u001B(B", "\u001B$B;qNA\u00E3\u001B(B", "\u001B$B;qN\r\n\u001B(B"})
    void aBlockBehindBrokenIso2022JpIsAsciiToEveryReader(String broken) {
        var split = SplitMessage.of(lines("Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: text/plain; charset=ISO-2022-JP", "", broken,
                "--b", "Content-Type: application/pdf", "", "x", "--b--"));
        var bottom = new sekisho.mailhook.mime.rewrite.LinkBlock(SplitMessage.ENGLISH.text(), SplitMessage.ENGLISH.ascii(), SplitMessage.ENGLISH.html(), sekisho.mailhook.mime.rewrite.Place.BOTTOM);
        var text = new String(split.linked(bottom), java.nio.charset.Charset.forName("x-windows-iso2022jp"));
        assertThat(text).contains(SplitMessage.URL);
    }

    /** The empty line belongs in front of the text, not in front of the block: to most readers the text would be header. */
    @Test
    void aTextWhoseHeaderHasNoEmptyLineGetsOneInFront() {
        var split = SplitMessage.of(lines("Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: text/html", "<html><body>", "<p>Good day.</p>",
                "--b", "Content-Type: application/pdf", "", "x", "--b--"));
        assertThat(split.linkedText(SplitMessage.ENGLISH)).contains("Content-Type: text/html\r\n\r\n<html><body>" + SplitMessage.ENGLISH.html() + "\r\n<p>Good day.</p>");
    }

    private static final String PART = lines("Content-Type: application/pdf; name=x.pdf", "", "%PDF-1.7 secret");

    private static String mixed(String boundaryParameter, String... lines) {
        return "From: a@example.com\r\nContent-Type: multipart/mixed; " + boundaryParameter + "\r\n\r\n" + lines(lines);
    }

    private static void takesThePdf(String message) {
        var split = SplitMessage.of(message);
        assertThat(split.names()).contains("x.pdf");
        assertThat(split.linkedText(SplitMessage.ENGLISH)).doesNotContain("secret").doesNotContain("x.pdf");
        assertThat(SplitMessage.of(split.linked(SplitMessage.ENGLISH)).layout().hasAttachments()).isFalse();
    }

    private static void isRefused(String message) {
        assertThat(SplitMessage.of(message).refused().code()).isEqualTo("5.6.0");
    }

    @Test
    void aMissingClosingBoundaryEndsWithTheMessage() {
        takesThePdf(mixed("boundary=b", "--b", "", "text", "--b", PART));
    }

    @ParameterizedTest
    @ValueSource(strings = {"boundary=\"b \"", "boundary= b", "BOUNDARY=b", "boundary*=us-ascii''b", "boundary*0=\"\"; boundary*1=b",
            "boundary=b;", "; boundary=b", "charset=x; boundary=\"b\"", "boundary=b; boundary=b"})
    void theBoundaryIsReadInEveryWayItCanBeWritten(String parameter) {
        takesThePdf(mixed(parameter, "--b", "", "text", "--b", PART, "--b--"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"boundary=a; boundary=b", "boundary=b; boundary*=us-ascii''a", "boundary=b c", "boundary=\"b\\c\"", "boundary=\"b\" c",
            "boundary=\"\"", "boundary=b\u00E9"})
    void aBoundaryThatReadersTakeDifferentlyIsRefused(String parameter) {
        isRefused(mixed(parameter, "--b", "", "text", "--b", PART, "--b--"));
    }

    /** Thunderbird looks for parameters behind the first semicolon or comma, whatever is around it; Python's email behind the first semicolon. */
    @ParameterizedTest
    @ValueSource(strings = {"multipart/mixed (; boundary=x; ) ; boundary=b", "multipart/mixed(;boundary=x);boundary=b", "multipart/mixed (a; b \\) (c)) ; (d) boundary=b",
            "multipart/mixed, boundary=x; boundary=b", "multipart/mixed boundary=x; boundary=b", "multipart/mixed \"; boundary=x;\" ; boundary=b",
            "multipart/mixed; \"; boundary=x;\" ; boundary=b", "multipart/mixed; a=b\"; boundary=x; c=\"d; boundary=b", "multipart/mixed; a=\"b\" \"; boundary=x; \"; boundary=b",
            "multipart/mixed; a=\"\\\\\"; boundary=b; c=\"; boundary=x; \""})
    void aBoundaryWhereOnlySomeReadersLookForOneIsRefused(String type) {
        isRefused(lines("MIME-Version: 1.0", "Content-Type: " + type, "", "--b", "", "text", "--x", PART, "--x--", "--b--"));
    }

    /** Thunderbird takes what stands behind the last question mark for the type. */
    @ParameterizedTest
    @ValueSource(strings = {"text/plain:?multipart/mixed; boundary=x", "text/plain,?message/rfc822", "text/plain(?multipart/mixed); boundary=x", "text/html (?multipart/mixed); boundary=x",
            "application/pdf?multipart/mixed; boundary=x", "multipart/mixed (?text/plain); boundary=x"})
    void aTypeBehindAQuestionMarkThatIsOfAnotherStructureIsRefused(String type) {
        isRefused(lines("MIME-Version: 1.0", "Content-Type: " + type, "", "--x", "", "text", "--x", PART, "--x--"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain:?application/x", "text/plain(?application/x)", "text/plain:x/y", "text/plain (x/y)", "text/plain,?image/png"})
    void aTextThatSomeReadersTakeForAFileIsAnAttachment(String type) {
        var message = SplitMessage.of(mixed("boundary=b", "--b", "", "text", "--b", "Content-Type: " + type, "", "secret", "--b--"));
        assertThat(message.layout().attachments()).hasSize(1);
        assertThat(message.linkedText(SplitMessage.ENGLISH)).doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain (a comment); charset=utf-8", "text/plain, charset=utf-8", "text/plain: charset=utf-8", "text/plain; charset=\"?/?\""})
    void aTextWithARemarkInItsTypeStays(String type) {
        assertThat(SplitMessage.of(lines("Content-Type: " + type, "", "text")).kinds()).containsExactly(PartKind.TEXT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--bc", "--b c", "--b-", "--b--c", "--b\rx"})
    void aLineThatOnlyBeginsWithTheBoundaryIsRefusedInWhatStays(String line) {
        isRefused(mixed("boundary=b", "--b", "", "text", line, PART, "--b--"));
    }

    @Test
    void aLineThatOnlyBeginsWithTheBoundaryMayBeInAnAttachment() {
        var message = SplitMessage.of(mixed("boundary=b", "--b", "", "text", "--b", "Content-Type: application/x", "", "1", "--bc", "2", "--b--"));
        assertThat(message.text(0)).isEqualTo("1\r\n--bc\r\n2");
    }

    @Test
    void aBoundaryLineMayEndInWhiteSpace() {
        takesThePdf(mixed("boundary=b", "--b \t", "", "text", "--b\t", PART, "--b-- "));
    }

    /** One of more than 4,096 octets is none, whether it comes in one block or in many: what stays may not have it, in an attachment it is content. */
    @ParameterizedTest
    @ValueSource(ints = {4_090, 4_091, 4_092, 4_093, 6_000})
    void howLongABoundaryLineMayBeDependsOnNothingElse(int blanks) {
        String line = "--b" + " ".repeat(blanks);
        boolean fits = line.length() + 2 <= 4_096;
        for (String message : new String[] {mixed("boundary=b", "--b", "", "text", line, PART, "--b--"), mixed("boundary=b", line, "", "text", "--b", PART, "--b--"),
            mixed("boundary=b", "--b", "Subject: x", line, PART, "--b--"), mixed("boundary=b", "--b", "Content-Type: application/x", "", "1", line, "", "2", "--b--"),
            mixed("boundary=b", "--b", PART, line + "--"), mixed("boundary=b", "--b", PART, line).stripTrailing() + " ".repeat(blanks)}) {
            byte[] octets = message.getBytes(StandardCharsets.ISO_8859_1);
            var whole = SplitMessage.of(octets);
            for (int step : new int[] {1, 7, 1_000, 4_095, 4_096, 4_097, 5_000, octets.length}) {
                var pieces = SplitMessage.inSteps(octets, step);
                assertThat(pieces.result).as(step + " " + message.replace(" ".repeat(blanks), "…")).isEqualTo(whole.result);
                assertThat(whole.result instanceof SplitResult.Refused || Arrays.equals(pieces.spool, whole.spool)).isTrue();
            }
        }
        var text = SplitMessage.of(mixed("boundary=b", "--b", "", "text", line, PART, "--b--"));
        assertThat(text.result instanceof SplitResult.Split).isEqualTo(fits);
        assertThat(SplitMessage.of(mixed("boundary=b", "--b", "Content-Type: application/x", "", "1", line, "", "2", "--b--")).kinds()).hasSize(fits ? 3 : 2);
    }

    @Test
    void boundariesThatCanBeMistakenForEachOtherAreRefused() {
        isRefused(mixed("boundary=b", "--b", "Content-Type: multipart/mixed; boundary=b--", "", "--b--", PART));
    }

    @Test
    void anInnerBoundaryMayBeginWithTheOuterOne() {
        takesThePdf(mixed("boundary=b", "--b", "Content-Type: multipart/mixed; boundary=bc", "", "--bc", "", "text", "--bc", PART, "--bc--", "--b--"));
    }

    @Test
    void anInnerMultipartWithTheOuterBoundaryHidesNothing() {
        takesThePdf(mixed("boundary=b", "--b", "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "text", "--b", PART, "--b--", "--b--"));
    }

    @Test
    void aMultipartThatGoesOnAfterItsEndHidesNothingAndIsMendedWhenRewritten() {
        String message = mixed("boundary=b", "--b", "", "text", "--b--", "", "--b", PART, "--b--");
        takesThePdf(message);
        String goesOnInText = mixed("boundary=b", "--b", PART, "--b--", "", "--b", "", "text", "--b--");
        takesThePdf(goesOnInText);
        assertThat(SplitMessage.of(goesOnInText).linkedText(SplitMessage.ENGLISH)).containsOnlyOnce("--b--").contains(SplitMessage.URL);
    }

    /** Angus takes the first line that begins with two dashes for one, and shows the file behind it. */
    @ParameterizedTest
    @ValueSource(strings = {"multipart/mixed", "multipart", "multipart/mixed; charset=utf-8", "multipart/mixed;\r\nboundary=b"})
    void aMultipartWithoutABoundaryIsRefused(String type) {
        String multipart = "Content-Type: " + type + "\r\n\r\n--b\r\n" + PART + "--b--\r\n";
        isRefused("MIME-Version: 1.0\r\n" + multipart);
        isRefused(mixed("boundary=c", "--c", "", "text", "--c", multipart, "--c--"));
    }

    @Test
    void aMultipartWithoutAPartIsTakenWhole() {
        var message = SplitMessage.of(mixed("boundary=b", "just text", "--x", PART));
        assertThat(message.layout().attachments()).hasSize(1);
        assertThat(message.linkedText(SplitMessage.ENGLISH)).doesNotContain("secret").contains("Content-Type: text/plain");
    }

    @Test
    void aRemarkBeforeAndAfterThePartsStays() {
        var message = SplitMessage.of(mixed("boundary=b", "This is a multi-part message in MIME format.", "--b", "", "text", "--b", PART, "--b--",
                "a footer of the list"));
        assertThat(message.names()).containsExactly("x.pdf");
        assertThat(message.linkedText(SplitMessage.ENGLISH)).contains("multi-part message").endsWith("a footer of the list\r\n");
    }

    @Test
    void whatLooksLikeAPartBeforeOrAfterThePartsIsTakenOut() {
        takesBoth(mixed("boundary=b", PART, "--b", "", "text", "--b--"));
        takesBoth(mixed("boundary=b", "--b", "", "text", "--b--", PART));
        takesBoth(mixed("boundary=b", "--b", "", "text", "--b--", "secret ".repeat(1000)));
    }

    private static void takesBoth(String message) {
        var split = SplitMessage.of(message);
        assertThat(split.layout().attachments()).hasSize(1);
        assertThat(split.linkedText(SplitMessage.ENGLISH)).doesNotContain("secret").contains("text");
    }

    @Test
    void aTransferEncodingOnAMultipartChangesNothing() {
        takesThePdf("Content-Transfer-Encoding: base64\r\n" + mixed("boundary=b", "--b", "", "text", "--b", PART, "--b--"));
    }

    @Test
    void twoTypesThatAreBothTextAreText() {
        var message = SplitMessage.of(lines("Content-Type: text/plain; charset=us-ascii", "Content-Type: text/plain; charset=utf-8", "", "text"));
        assertThat(message.layout().hasAttachments()).isFalse();
    }

    @Test
    void twoTypesOneOfThemNoTextAreAnAttachment() {
        var message = SplitMessage.of(lines("Content-Type: text/plain", "Content-Type: application/pdf", "", "secret"));
        assertThat(message.layout().attachments()).hasSize(1);
    }

    @Test
    void twoTypesOfDifferentStructureAreRefused() {
        isRefused("Content-Type: text/plain\r\n" + mixed("boundary=b", "--b", PART, "--b--"));
        isRefused("Content-Type: message/rfc822\r\nContent-Type: text/plain\r\n\r\nx");
    }

    @ParameterizedTest
    @ValueSource(strings = {"this is no field\r\n", "no field: but a colon\r\n", " a space first\r\n", "From mbox\r\n", ": no name\r\n", " \r\n", "--x\r\n"})
    void aLineThatIsNoFieldHidesNoneOfThoseBehindIt(String line) {
        takesThePdf(mixed("boundary=b", "--b", "", "text", "--b", line + PART, "--b--"));
        takesThePdf("Subject: x\r\n" + line + PART);
    }

    @Test
    void aHeaderWithoutAnEmptyLineEndsWhereTheContentBegins() {
        var message = SplitMessage.of(mixed("boundary=b", "--b", "Content-Type: application/x; name=a", "the content", "--b--"));
        assertThat(message.text(0)).isEqualTo("the content\r\n");
    }

    /**
     * Python and whoever is behind a Postfix end the header at such a line, Angus, mime4j and Thunderbird pass over it: three signs of base64 in front make another
     * file, and a whole one may stand among the fields. Its octets would be relayed as a part of the header, and nobody would have looked at it.
     */
    @ParameterizedTest
    @ValueSource(strings = {"abc\r\n\r\nJVBERi0x", "JVBERi0x\r\nContent-Description: x\r\n\r\nYWJj", "JVBERi0x\r\nJVBERi0x\r\nBcc: x@example.com\r\n", ":JVBERi0x\r\nX-Y: z\r\n\r\nYWJj",
        "From JVBERi0x\r\nContent-Description: x\r\n\r\nYWJj", "JVBERi0x\r\n : x\r\n\r\nYWJj", "name=\"x.pdf\"\r\n\r\nJVBERi0x"})
    void aFileThatBeginsElsewhereForSomeReadersIsRefused(String broken) {
        for (String type : new String[] {"application/zip; name=x.zip", "text/plain; charset=utf-8", "message/rfc822"}) {
            String part = "Content-Type: " + type + "\r\nContent-Transfer-Encoding: base64\r\n" + broken;
            isRefused(mixed("boundary=b", "--b", "", "text", "--b", part, "--b--"));
            isRefused("Subject: x\r\nMIME-Version: 1.0\r\n" + part);
            var inside = new SplitRules(SplitLimits.defaults(), Forwarded.INSIDE, false);
            String forwarded = mixed("boundary=b", "--b", "", "text", "--b", "Content-Type: message/rfc822", "", "Subject: x\r\n" + part, "--b--");
            assertThat(SplitMessage.by(inside, forwarded.getBytes(StandardCharsets.ISO_8859_1)).refused().code()).isEqualTo("5.6.0");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"no field\r\n\r\nX5O!P%", "X5O!P%\r\nContent-Description: x\r\n\r\nnothing", "name=x.js\r\n\r\nalert()"})
    void soIsOneThatIsNotEncoded(String broken) {
        for (String type : new String[] {"application/javascript; name=x.js", "text/plain; name=x.js", "message/rfc822"}) {
            isRefused(mixed("boundary=b", "--b", "", "text", "--b", "Content-Type: " + type + "\r\n" + broken, "--b--"));
        }
    }

    /** In a text that some readers see there it would be a file. */
    @ParameterizedTest
    @ValueSource(strings = {"begin 644 x.zip\r\n#86)C\r\nend\r\nContent-Description: x\r\n\r\ntext", "=ybegin line=128 size=3 name=x\r\nabc\r\nContent-Type: text/plain\r\n\r\ntext",
        "no field\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nbegin 644 x.zip\r\n#86)C\r\n#86)C\r\nend\r\n"})
    void aFileInTheTextOfSomeReadersIsFound(String broken) {
        var split = SplitMessage.of("Subject: x\r\n" + broken);
        assertThat(split.result instanceof SplitResult.Refused || split.layout().hasAttachments()).isTrue();
    }

    /** Some programs forget the blank in front of a parameter. In a text nothing is hidden by it. */
    @Test
    void aParameterOfATextMayStandAtTheBeginningOfALine() {
        String text = "Content-Type: text/plain;\r\ncharset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nSGVsbG8=";
        assertThat(SplitMessage.of(mixed("boundary=b", "--b", text, "--b", PART, "--b--")).linkedText(SplitMessage.ENGLISH)).contains("VGhlIGF0dGFjaG1lbnRz");
    }

    /** Whoever ends the header there sees the new fields behind it as text. */
    @ParameterizedTest
    @ValueSource(strings = {"Content-Type: application/pdf; name=x.pdf\r\n\r\n%PDF-1.7 secret", "Content-Type: text/plain; charset=utf-16le\r\nContent-Transfer-Encoding: base64\r\n\r\naABpAA==",
        "Content-Type: text/plain\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nx\r\n-----END PGP MESSAGE-----\r\nbegin 644 x.pdf\r\n#86)C\r\n`\r\nend\r\n"})
    void aLineThatIsNoFieldGoesWhereTheHeaderBecomesAnother(String content) {
        byte[] message = ("Subject: x\r\nX-Junk\r\nMIME-Version: 1.0\r\n\tX-Junk\r\nTo: b@example.com\r\n" + content).getBytes(StandardCharsets.ISO_8859_1);
        assertThat(MessageCheck.check(message).violations()).isEmpty();
        var split = SplitMessage.of(message);
        if (split.layout().hasAttachments()) {
            assertThat(split.linkedText(SplitMessage.ENGLISH)).doesNotContain("\nX-Junk");
        }
        String part = new String(message, StandardCharsets.ISO_8859_1);
        assertThat(SplitMessage.of(mixed("boundary=b", "--b", part, "--b", PART, "--b--")).linkedText(SplitMessage.ENGLISH)).doesNotContain("secret");
        for (Forwarded forwarded : Forwarded.values()) {
            byte[] outer = mixed("boundary=b", "--b", "Content-Type: message/rfc822", "", part, "--b--").getBytes(StandardCharsets.ISO_8859_1);
            assertThat(MessageCheck.check(outer, new SplitRules(SplitLimits.defaults(), forwarded, true)).violations()).as(forwarded.name()).isEmpty();
        }
    }

    /** Nobody sees two contents where none stands behind an empty line. */
    @Test
    void aFileInBase64WithoutAnEmptyLineInFrontIsTheOneThatSomeReadersSee() {
        String part = "Content-Type: application/pdf; name=x.pdf\r\nContent-Transfer-Encoding: base64\r\nJVBERi0xLjcgc2VjcmV0";
        assertThat(SplitMessage.of(mixed("boundary=b", "--b", "", "text", "--b", part, "--b--")).text(0)).isEqualTo("%PDF-1.7 secret");
    }

    @Test
    void aPartBeginsAlsoWhereTheEmptyLineOfItsMultipartIsMissing() {
        takesThePdf("Content-Type: multipart/mixed; boundary=b\r\n--b\r\n" + PART + "\r\n--b--\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Type : application/pdf; name=x.pdf", "content-type:application/pdf;name=x.pdf", "Content-Type\r\n : application/pdf; name=x.pdf",
            " Content-Type: application/pdf; name=x.pdf", "Content-Type: (a comment) application/pdf; name=x.pdf", "Content-Type: application/pdf\r\n\t; name=x.pdf",
            "Content-Type: text/plain; name=x.pdf", "Content-Type: text/plain; NAME = x.pdf", "Content-Type: text/plain name=x.pdf",
            "Content-Type: text/plain; charset=\"utf-8; name=x.pdf", "Content-Disposition: inline; filename=x.pdf", "Content-Disposition: x.pdf; filename*=''x.pdf",
            "Content-Type: nonsense; name=x.pdf"})
    void theFieldsOfAPartAreReadInEveryWayTheyCanBeWritten(String fields) {
        takesThePdf(mixed("boundary=b", "--b", "", "text", "--b", fields, "", "secret", "--b--"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Disposition: attachment", "Content-Disposition: form-data", "Content-Type: text/csv", "Content-Type: image/png",
            "Content-Type: application/octet-stream", "Content-Type: pdf", "Content-Type: \u001Btext/plain", "Content-Type: text /plain",
            "Content-Type: text/plain\r\nContent-Disposition: attachment", "Content-Type: message/delivery-status"})
    void aPartWithoutANameIsAnAttachmentUnlessItIsText(String fields) {
        var message = SplitMessage.of(mixed("boundary=b", "--b", "", "text", "--b", fields, "", "secret", "--b--"));
        assertThat(message.layout().attachments()).hasSize(1);
        assertThat(message.linkedText(SplitMessage.ENGLISH)).doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PK\u0003\u0004", "%PDF-1.4", "a\u0000b"})
    void aFileDeclaredAsTextIsAnAttachment(String start) {
        var message = SplitMessage.of(mixed("boundary=b", "--b", "", "text", "--b", "Content-Type: text/plain", "", start + " secret", "--b--"));
        assertThat(message.layout().attachments()).hasSize(1);
        assertThat(message.linkedText(SplitMessage.ENGLISH)).doesNotContain("secret");
    }

    @Test
    void aNulOrALoneCarriageReturnInAHeaderIsRefused() {
        isRefused("Content-Disposition: attachment\r\n\r \r\n");
        isRefused("Subject: a\0b\r\n\r\ntext");
        isRefused("Subject: a\rContent-Type: application/pdf\r\n\r\ntext");
        isRefused("Subject: a\r\r\nContent-Type: application/pdf\r\n\r\ntext");
        isRefused("Subject: a\rContent-Disposition: attachment\r\nContent-Disposition: attachment\r\n\r\ntext");
        assertThat(SplitMessage.of("Subject: a\rb\r\n\r\ntext").layout().hasAttachments()).isFalse();
    }

    @Test
    void aMessageCutInTheMiddleOfALineEndIsRefusedWhereItMatters() {
        isRefused("Content-Type: application/pdf\r\n\r");
        isRefused(mixed("boundary=b", "--b", "", "text", "--b--").stripTrailing() + "\r");
        assertThat(SplitMessage.of("Subject: x\r\n\r\ntext\r").layout().hasAttachments()).isFalse();
    }

    @Test
    void aHeaderThatIsAnAttachmentsForOneReaderAndAMultipartsForAnotherIsRefused() {
        isRefused("Content-Disposition: attachment; filename=x\r\nno field\r\n" + mixed("boundary=b", "--b", "", "text", "--b--"));
    }

    @Test
    void bareLineFeedsEndLinesToo() {
        takesThePdf(mixed("boundary=b", "--b", "", "text", "--b", PART, "--b--").replace("\r\n", "\n"));
    }

    @Test
    void partialAndExternalMessagesAreRefusedByPolicy() {
        for (String type : new String[] {"message/partial; id=1", "message/external-body; access-type=URL"}) {
            assertThat(SplitMessage.of(mixed("boundary=b", "--b", "Content-Type: " + type, "", "x", "--b--")).refused().code()).isEqualTo("5.7.1");
        }
    }

    @Test
    void commentsInAContentTypeAreNoPartOfIt() {
        for (String type : new String[] {"(c) multipart(c)/(c)mixed (x); boundary=b", "multipart/mixed (a b \\) (c)) ; boundary=b"}) {
            var message = SplitMessage.of(lines("MIME-Version: 1.0", "Content-Type: " + type, "", "--b", "", "text", "--b", PART, "--b--"));
            assertThat(message.names()).as(type).containsExactly("x.pdf");
        }
        assertThat(SplitMessage.of(mixed("boundary=b", "--b", "Content-Type: application/pdf; name=report(1).pdf", "", "x", "--b--")).names())
            .containsExactly("report(1).pdf");
    }

    @Test
    void anEmptyMessageIsText() {
        assertThat(SplitMessage.of("").kinds()).containsExactly(PartKind.TEXT);
        assertThat(SplitMessage.of("\r\n").kinds()).containsExactly(PartKind.TEXT);
        assertThat(SplitMessage.of("Subject: x").kinds()).containsExactly(PartKind.TEXT);
    }

    @Test
    void emptyAttachmentsLeaveWellFormedMultiparts() {
        takesThePdf(mixed("boundary=b", "--b", "", "text", "--b", "Content-Type: application/pdf; name=x.pdf", "", "--b", "", "more", "--b--"));
        takesThePdf(mixed("boundary=b", "--b", "", "text", "--b", "Content-Type: application/pdf; name=x.pdf", "--b", "", "more", "--b--"));
    }

    @Test
    void wheneverTheBlocksAreCutTheResultIsTheSame() {
        String message = mixed("boundary=b", "intro", "--b", "", "text", "-", "--", "--x", "\r", "--b", "no field", PART, "--b--", "--b", PART, "--b--", "end");
        byte[] octets = message.getBytes(StandardCharsets.ISO_8859_1);
        var whole = SplitMessage.of(octets);
        for (int step = 1; step < 40; step++) {
            var pieces = SplitMessage.inSteps(octets, step);
            assertThat(pieces.result).isEqualTo(whole.result);
            assertThat(Arrays.equals(pieces.spool, whole.spool)).isTrue();
        }
    }
}
