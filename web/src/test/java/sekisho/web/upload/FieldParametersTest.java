package sekisho.web.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A file is called in the portal as on its sender's disk. */
class FieldParametersTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "plan.txt|plan.txt", "見積書①㈱.xlsx|見積書①㈱.xlsx", "a;b=c, d.txt|a;b=c, d.txt", "C:\\plans\\a.txt|C:\\plans\\a.txt", "ends with\\|ends with\\",
        "he said \\\"no\\\".txt|he said \"no\".txt", "a\"b.txt|a\"b.txt", "%22a%22.txt|%22a%22.txt",
        // names that look like encoded words, whole and broken
        "=?utf-8?B?A?=|=?utf-8?B?A?=", "=?ISO-2022-JP?B?GyRCO3EbKEI=?=.pdf|=?ISO-2022-JP?B?GyRCO3EbKEI=?=.pdf", "=?utf-8?Q?=ZZ?=|=?utf-8?Q?=ZZ?=",
        "=?no-such-charset?B?YQ==?=|=?no-such-charset?B?YQ==?="})
    void aNameIsTakenAsItStands(String written, String name) {
        assertThat(FieldParameters.of(" form-data; name=\"files\"; filename=\"" + written + "\"")).containsEntry("name", "files").containsEntry("filename", name);
        assertThat(FieldParameters.of(" form-data; filename=\"" + written + "\" ; name=files")).containsEntry("name", "files").containsEntry("filename", name);
    }

    @Test
    void whatIsMissingIsMissing() {
        assertThat(FieldParameters.of("")).isEmpty();
        assertThat(FieldParameters.of("form-data")).isEmpty();
        assertThat(FieldParameters.of("form-data; name; filename=")).containsEntry("filename", "").doesNotContainKey("name");
        assertThat(FieldParameters.of("form-data; name=\"a")).containsEntry("name", "a");
        assertThat(FieldParameters.of("form-data;;=;name=a;")).containsEntry("name", "a");
        assertThat(FieldParameters.of("form-data; NAME=a; name=b")).as("the first").containsEntry("name", "a");
    }

    @Test
    void boundariesComeWithQuotesAndWithout() {
        assertThat(FieldParameters.of("multipart/form-data; boundary=----WebKit;charset=utf-8")).containsEntry("boundary", "----WebKit").containsEntry("charset", "utf-8");
        assertThat(FieldParameters.of("multipart/form-data; boundary = \"a b=c;d\"")).containsEntry("boundary", "a b=c;d");
    }

    @Test
    void theExtendedFormIsUnderstood() {
        assertThat(FieldParameters.of("form-data; name=files; filename*=UTF-8''%E8%A6%8B%2B+%20.txt")).containsEntry("filename", "見++ .txt");
        assertThat(FieldParameters.of("form-data; filename=\"a.txt\"; filename*=utf-8'en'b.txt")).containsEntry("filename", "a.txt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%4", "%zz"})
    void anExtendedFormThatIsBrokenIsRefused(String encoded) {
        assertThatIllegalArgumentException().isThrownBy(() -> FieldParameters.of("form-data; filename*=utf-8''" + encoded));
    }
}
