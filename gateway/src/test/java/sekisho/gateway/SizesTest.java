package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizesTest {

    @ParameterizedTest
    @CsvSource({"0,0 B", "1,1 B", "1023,1023 B", "1024,1.0 KB", "10035,9.8 KB", "300000,293 KB", "1048575,1.0 MB", "1468006,1.4 MB", "26214400,25 MB",
        "5368709120,5.0 GB", "1099511627776,1.0 TB"})
    void sizesHaveTwoOrThreeDigits(long octets, String text) {
        assertThat(Sizes.text(octets)).isEqualTo(text);
    }
}
