package sekisho.storage;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;

/**
 * JSON over HTTP as OpenBao and Vault speak it. Each try is bounded in time from its first octet to its last, each answer in size. The token
 * is read from its file for each request, so an agent may renew it there.
 */
final class TransitHttp {
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration WHOLE_TRY = Duration.ofSeconds(5);
    /** Finding the primes of an RSA key takes a busy server long, and nobody's mail or download waits for it. */
    static final Duration MAKING_A_KEY = Duration.ofSeconds(60);
    private static final int TRIES = 3;
    private static final int MOST_OCTETS = 1 << 16;
    private static final ObjectMapper JSON = new ObjectMapper();
    /** A header field would quote anything else in its refusal. */
    private static final Pattern TOKEN = Pattern.compile("[!-~]+");

    private final String address;
    private final Map<String, String> settings;
    private final HttpClient client;

    /** @param address may have a path, as behind a proxy, before that of the API */
    TransitHttp(URI address, Map<String, String> settings) {
        this.address = address.toString().replaceFirst("/+$", "");
        this.settings = settings;
        var builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).followRedirects(HttpClient.Redirect.NEVER);
        if (settings.containsKey("ca-file")) {
            builder.sslContext(trusting(Path.of(settings.get("ca-file"))));
        }
        client = builder.build();
    }

    private static SSLContext trusting(Path authorities) {
        try (InputStream in = Files.newInputStream(authorities)) {
            var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int count = 0;
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("ca-" + count++, each);
            }
            var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            var context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new KeyFileException("cannot use ca-file " + authorities + ": " + e.getMessage(), e);
        }
    }

    /** @param body missing where there was none */
    record Answer(int status, JsonNode body) {
        boolean good() {
            return status / 100 == 2;
        }

        /** Without what the server says: it may quote what it was sent. */
        StoreException unexpected(String what) {
            return new StoreException("the Transit server didn't " + what + ", but answered " + status + switch (status) {
                case 403 -> ": its token isn't valid, or has no policy for that";
                case 404 -> ": there is no Transit engine at that mount, or no such key";
                case 503 -> ": it is sealed, or down for maintenance";
                default -> good() ? " without what was asked for; is that a proxy before it?" : "";
            });
        }
    }

    /** For what changes nothing on the server: tried up to three times while it doesn't answer or has trouble of its own. */
    Answer repeatedly(String method, String path, Map<String, ?> body) throws StoreException {
        for (int tried = 1; ; tried++) {
            try {
                Answer answer = once(method, path, body);
                if (answer.status < 500 && answer.status != 429 || tried == TRIES) {
                    return answer;
                }
            } catch (StoreException e) {
                if (tried == TRIES) {
                    throw e;
                }
            }
        }
    }

    /** For what changes something: after a failure it may have been done or not. */
    Answer once(String method, String path, Map<String, ?> body) throws StoreException {
        return once(method, path, body, WHOLE_TRY);
    }

    /** As above. @param patience how long the whole try may take */
    Answer once(String method, String path, Map<String, ?> body, Duration patience) throws StoreException {
        CompletableFuture<Answer> sent = null;
        try {
            var request = HttpRequest.newBuilder(URI.create(address + path)).timeout(patience)
                    .header("X-Vault-Token", token()).header("X-Vault-Request", "true")
                    .method(method, body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
            if (settings.containsKey("namespace")) {
                request.header("X-Vault-Namespace", settings.get("namespace"));
            }
            sent = client.sendAsync(request.build(), _ -> HttpResponse.BodySubscribers.limiting(HttpResponse.BodySubscribers.ofByteArray(), MOST_OCTETS))
                    .thenApply(TransitHttp::read);
            return sent.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new StoreException("the Transit server at " + address + " can't be used: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            sent.cancel(true);
            throw new StoreException("the Transit server at " + address + " has not answered within " + patience.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while the Transit server was asked", e);
        } catch (IOException | KeyFileException e) {
            throw new StoreException("the Transit server at " + address + " can't be asked: " + e.getMessage(), e);
        }
    }

    private String token() {
        String token = BackEndFileText.secret(settings.get("token-file"));
        if (!TOKEN.matcher(token).matches()) {
            throw new KeyFileException("the token file " + settings.get("token-file") + " has to hold one line of visible ASCII characters and nothing else");
        }
        return token;
    }

    private static Answer read(HttpResponse<byte[]> response) {
        if (response.body().length == 0) {
            return new Answer(response.statusCode(), MissingNode.getInstance());
        }
        try {
            return new Answer(response.statusCode(), JSON.readTree(new ByteArrayInputStream(response.body())));
        } catch (IOException e) {
            return new Answer(response.statusCode() / 100 == 2 ? 502 : response.statusCode(), MissingNode.getInstance());    // a proxy's page, not the server's
        }
    }
}
