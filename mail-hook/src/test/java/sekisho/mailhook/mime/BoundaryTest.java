package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Boundaries that are another one to other readers (RFC 2046 §5.1.1, RFC 2231): between the lines of ours stands a text, and in it theirs show a file. */
class BoundaryTest {

    private static final String FILE = "Content-Type: application/pdf; name=x.pdf\r\nContent-Disposition: attachment; filename=x.pdf\r\n\r\n%PDF-1.7 secret";

    private static SplitMessage message(String type, String ours, String theirs) {
        return SplitMessage.of(lines("From: a@example.com", "MIME-Version: 1.0", "Content-Type: multipart/mixed" + type, "", "--" + ours, "", "text", "--" + theirs, FILE,
                "--" + theirs + "--", "--" + ours + "--"));
    }

    /** What they read was tried with Python's email or read in Thunderbird's source. */
    @ParameterizedTest
    @CsvSource(quoteCharacter = '|', delimiter = '~', value = {
            "boundary=\"x\"=? ~ x =? ~ x",
            "boundary=\"x\" =?us-ascii?Q?y?= ~ x y ~ x",
            "boundary*0=\"=?us-ascii?Q?x?=\" ~ x ~ =?us-ascii?Q?x?=",
            "boundary=\"=?us-ascii?Q?x?=\" ~ =?us-ascii?Q?x?= ~ x",
            "boundary==?us-ascii?Q?x?= ~ =?us-ascii?Q?x?= ~ x",
            "boundary*0=x; boundary*2=y ~ xy ~ x",
            "boundary*1=y; boundary*0=x ~ xy ~ x",
            "boundary*0=x; boundary*01=y ~ xy ~ x",
            "boundary*0=x; boundary*0=y; boundary*1=z ~ xz ~ x",
            "boundary*0=x; boundary*1*=%79 ~ xy ~ x%79",
            "boundary*0*=us-ascii''x ~ x ~ us-ascii''x",
            "boundary*=q'x ~ q'x ~ x",
            "boundary*='x ~ 'x ~ x",
            "boundary*=iso-2022-jp''a%1B(Bb ~ ab ~ a",
            "boundary*=%78 ~ x ~ %78",
            "boundary=\"<x>\" ~ <x> ~ x",
            "boundary*=<x> ~ <x> ~ x",
            "boundary=<x> ~ <x> ~ x",
            "boundary=\"\\\"x\\\"\" ~ |\"x\"| ~ x",
            "boundary=x(c) ~ x(c) ~ x",
            "boundary=x@y ~ x@y ~ x",
            "boundary=x[y] ~ x[y] ~ x",
            "boundary=x,y=z ~ x,y=z ~ x",
            "boundary; boundary=x ~ x ~ y",
            "boundary=x; boundary ~ x ~ y",
            "boundary*0; boundary=x ~ x ~ y"})
    void oneThatIsAnotherOneToSomeReadersIsRefused(String parameters, String ours, String theirs) {
        var refused = message("; " + parameters, ours, theirs).refused();
        assertThat(refused.code()).isEqualTo("5.6.0");
        assertThat(refused.reason()).contains("boundary");
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '|', delimiter = '~', value = {
            "boundary*0=1804289383_; boundary*1=47_846930886 ~ 1804289383_47_846930886",
            "boundary*0=\"\"; boundary*1=b ~ b",
            "boundary*=us-ascii''b ~ b",
            "boundary*=UTF-8'en'b ~ b",
            "boundary*=b ~ b",
            "boundary=b; boundary=b ~ b",
            "boundary=\"Boundary_(ID_x+1)\" ~ Boundary_(ID_x+1)",
            "boundary=\"b\" (a comment) ~ b",
            "boundary=----=_Part_0_1.2 ~ ----=_Part_0_1.2",
            "boundary=a/b:c?d ~ a/b:c?d",
            "boundary=\"----=?Part\" ~ ----=?Part",
            "boundary=\"{x@y}\" ~ {x@y}"})
    void oneThatIsTheSameToAllReadersIsRead(String parameters, String boundary) {
        assertThat(message("; " + parameters, boundary, boundary).names()).containsExactly("x.pdf");
    }

    /** The semicolon behind the type is what some senders forget. */
    @ParameterizedTest
    @ValueSource(strings = {" charset=utf-8; boundary=b", " charset=\"utf-8\"; boundary=\"b\"", "; charset=utf-8; boundary=b"})
    void anotherParameterMayStandInFrontOfTheSemicolon(String parameters) {
        assertThat(message(parameters, "b", "b").names()).containsExactly("x.pdf");
    }

    @ParameterizedTest
    @ValueSource(strings = {" charset=\"utf-8; boundary=x\"; boundary=b", " charset=\"\\\"; boundary=x; c=\"; boundary=b", " charset=utf-8 boundary=x; boundary=b",
            " charset=utf-8, boundary=x; boundary=b"})
    void aBoundaryMayNot(String parameters) {
        assertThat(message(parameters, "b", "x").refused().code()).isEqualTo("5.6.0");
    }
}
