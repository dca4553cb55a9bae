package sekisho.web.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OtherBodiesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "POST /language | Content-Length: 12 | 200", "POST /language | Content-Length: 1048576 | 200", "POST /language | Content-Length: 1048577 | 413",
        "POST /language | Transfer-Encoding: chunked | 411", "GET / | Accept: */* | 200", "POST /x | Accept: */* | 200",
        "PUT /send | Content-Length: 99999999999 | 413", "GET /send | Content-Length: 99999999999 | 413"})
    void onlySmallBodiesOfKnownLengthPass(String request, String field, int status) throws Exception {
        var vertx = Vertx.vertx();
        try {
            var http = vertx.createHttpServer().requestHandler(asked -> asked.response()
                .setStatusCode(OtherBodies.refusal(asked).orElse(200)).end()).listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get();
            assertThat(statusLine(http.actualPort(), request, field)).startsWith("HTTP/1.1 " + status);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get();
        }
    }

    private static String statusLine(int port, String request, String field) throws IOException {
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write((request + " HTTP/1.1\r\nHost: x\r\n" + field + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
        }
    }
}
