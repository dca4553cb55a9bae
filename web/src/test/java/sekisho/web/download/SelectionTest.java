package sekisho.web.download;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectionTest {

    private static final String TAG = "\"abc\"";

    private static Selection of(@Nullable String range, long size) {
        return Selection.of(range, null, TAG, size);
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 1", "bytes=0-9, 0, 10", "bytes=5-, 5, 100", "bytes=99-, 99, 100", "bytes=0-, 0, 100", "bytes=0-1000, 0, 100",
        "bytes=-1, 99, 100", "bytes=-100, 0, 100", "bytes=-101, 0, 100", "BYTES=1-2, 1, 3", "bytes= 1-2 , 1, 3", "bytes=007-09, 7, 10",
        "bytes=1-99999999999999999999999999, 1, 100", "bytes=-99999999999999999999999999, 0, 100"})
    void aRangeWithinTheFileIsServed(String range, long from, long end) {
        assertThat(of(range, 100)).isEqualTo(new Selection.Part(from, end, 100));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=100-", "bytes=100-200", "bytes=-0", "bytes=99999999999999999999999999-"})
    void aRangePastTheEndCannotBeSatisfied(String range) {
        assertThat(of(range, 100)).isEqualTo(new Selection.Unsatisfiable(100));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-4", "bytes=1-2,3-4", "bytes=0-0,-1", "lines=1-2", "bytes=1 -2",
        "bytes=--1", "bytes=1-2-3", "bytes=+1-2", "bytes=１-２", "bytes=0x1-2", "bytes=1-2\r\nX: y"})
    void whatIsNotOneRangeOfOctetsIsIgnored(String range) {
        assertThat(of(range, 100)).isEqualTo(new Selection.Whole(100));
    }

    @Test
    void withoutARangeTheWholeFileIsServed() {
        assertThat(of(null, 100)).isEqualTo(new Selection.Whole(100));
        assertThat(of(null, 0)).isEqualTo(new Selection.Whole(0));
    }

    @Test
    void anEmptyFileHasNoFirstOctet() {
        assertThat(of("bytes=0-", 0)).isEqualTo(new Selection.Unsatisfiable(0));
        assertThat(of("bytes=-5", 0)).isEqualTo(new Selection.Whole(0));
    }

    @Test
    void theLargestFileHasAnEnd() {
        assertThat(of("bytes=0-", Long.MAX_VALUE)).isEqualTo(new Selection.Part(0, Long.MAX_VALUE, Long.MAX_VALUE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"other\"", "W/\"abc\"", "Sun, 22 Nov 2026 00:00:00 GMT", "", "abc"})
    void aRangeOfAnotherVersionIsNotJoinedToThisOne(String ifRange) {
        assertThat(Selection.of("bytes=5-", ifRange, TAG, 100)).isEqualTo(new Selection.Whole(100));
    }

    @Test
    void aRangeOfThisVersionIsResumed() {
        assertThat(Selection.of("bytes=5-", TAG, TAG, 100)).isEqualTo(new Selection.Part(5, 100, 100));
    }
}
