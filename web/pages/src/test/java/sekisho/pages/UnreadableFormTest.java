package sekisho.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jboss.resteasy.reactive.common.util.CaseInsensitiveMap;
import org.jboss.resteasy.reactive.server.core.multipart.FormData;
import org.jboss.resteasy.reactive.server.core.multipart.MultipartParser;
import org.junit.jupiter.api.Test;

/** What the decoder throws on its own; WebAbuseTest sends such forms. */
class UnreadableFormTest {

    /** What is done with the octets of a part, as the decoder does it. */
    interface Data {
        void take(ByteBuffer octets) throws IOException;
    }

    @Test void partsThatCannotBeReadAre() {
        assertThat(UnreadableForm.is(thrownFor("--b\r\nContent-Disposition\r\n\r\nx"))).isTrue();
        assertThat(UnreadableForm.is(thrownFor("--b\r\nContent-Transfer-Encoding: base64\r\n\r\nabcde\r\n--b--\r\n"))).isTrue();
    }

    @Test void tooManyFieldsAre() {
        assertThat(UnreadableForm.is(catchThrowable(() -> {
            var form = new FormData(1);
            form.add("lang", "ja");
            form.add("back", "/");
        }))).isTrue();
    }

    @Test void aFolderForPartsThatIsGoneIsOurFault() {
        var part = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\nx\r\n--b--\r\n";
        assertThat(UnreadableForm.is(thrownFor(part, octets -> Files.createTempFile(Path.of("/nowhere"), "part", "")))).isFalse();
        assertThat(UnreadableForm.is(thrownFor(part, octets -> {
            try {
                Files.createTempFile(Path.of("/nowhere"), "part", "");
            } catch (IOException gone) {
                throw new RuntimeException(gone);
            }
        }))).isFalse();
    }

    @Test void aMistakeOfOursIsNot() {
        assertThat(UnreadableForm.is(new IllegalArgumentException("x"))).isFalse();
        assertThat(UnreadableForm.is(thrownFor("--b\r\n\r\nx\r\n--b--\r\n", octets -> {
            throw new OutOfMemoryError("as if");
        }))).isFalse();
    }

    private static Throwable thrownFor(String body) {
        return thrownFor(body, octets -> { });
    }

    private static Throwable thrownFor(String body, Data data) {
        var thrown = catchThrowable(() -> MultipartParser.beginParse(new MultipartParser.PartHandler() {
            @Override public void beginPart(CaseInsensitiveMap<String> headers) {
            }

            @Override public void data(ByteBuffer buffer) throws IOException {
                data.take(buffer);
            }

            @Override public void endPart() {
            }
        }, "b".getBytes(StandardCharsets.US_ASCII), "UTF-8").parse(ByteBuffer.wrap(body.getBytes(StandardCharsets.US_ASCII))));
        assertThat(thrown).isNotNull();
        return thrown;
    }
}
