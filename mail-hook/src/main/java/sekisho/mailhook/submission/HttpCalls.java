package sekisho.mailhook.submission;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks the identity provider over HTTP, bounded in time and octets; a redirection is an answer like any other, and no answer we want. */
final class HttpCalls implements AutoCloseable {

    private static final int MOST_OCTETS = 1 << 20;

    private final Duration patience;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(Duration.ofSeconds(5)).build();

    /** @param patience for one whole answer */
    HttpCalls(Duration patience) {
        this.patience = patience;
    }

    record Answer(int status, String body) {
    }

    Answer get(URI address) throws IOException {
        return send(HttpRequest.newBuilder(address).header("Accept", "application/json"));
    }

    Answer post(URI address, String form, String authorization) throws IOException {
        return send(HttpRequest.newBuilder(address).header("Accept", "application/json").header("Authorization", authorization)
            .header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    /** @throws IOException when no answer came, or not in time, or a longer one than any that makes sense */
    private Answer send(HttpRequest.Builder request) throws IOException {
        var answer = client.sendAsync(request.timeout(patience).build(),
            BodyHandlers.limiting(BodyHandlers.ofString(StandardCharsets.UTF_8), MOST_OCTETS));
        try {
            HttpResponse<String> response = answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(response.statusCode(), response.body());
        } catch (TimeoutException tooLate) {
            throw new IOException("no answer within " + patience, tooLate);
        } catch (ExecutionException failed) {
            throw new IOException(String.valueOf(failed.getCause()), failed.getCause());
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stopping);
        } finally {
            answer.cancel(true);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
