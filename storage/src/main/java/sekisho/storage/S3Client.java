package sekisho.storage;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;

import io.minio.Http;
import io.minio.MinioAsyncClient;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.AsyncTimeout;
import okio.BufferedSink;

import org.jspecify.annotations.Nullable;

/**
 * The SDK, set up our way, and its errors in our words. Its exceptions are not kept as causes: they print the request with its
 * headers.
 */
final class S3Client implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    /** Octets of a second that a store takes or gives at least, on average: so a part of 16 MiB is through before a mail server gives up waiting (RFC 5321 §4.5.3.2.6). */
    private static final int LEAST_RATE = 32 << 10;
    /** Of a page of a list: 1,000 keys of up to 1,024 octets, each perhaps in percent signs. */
    private static final int MOST_LIST_OCTETS = 8 << 20;
    /** Of any other answer that is no object's content. */
    private static final int MOST_ANSWER_OCTETS = 64 << 10;

    private final S3Settings settings;
    private final OkHttpClient http;
    private final MinioAsyncClient sdk;

    S3Client(S3Settings settings) {
        this.settings = settings;
        Dispatcher dispatcher = new Dispatcher(Executors.newVirtualThreadPerTaskExecutor());
        dispatcher.setMaxRequests(4096);    // all go to one host; its own default of 5 would be the bottleneck
        dispatcher.setMaxRequestsPerHost(4096);
        // a client of our own also keeps out the SDK's retries, which would repeat a conditional write and report it as taken
        this.http = new OkHttpClient.Builder().dispatcher(dispatcher).connectTimeout(CONNECT).readTimeout(settings.silence())
                .writeTimeout(settings.silence())
                .connectionPool(new ConnectionPool(32, 1, TimeUnit.MINUTES))
                .protocols(List.of(Protocol.HTTP_1_1))    // in HTTP/2 this client takes up to 16 MiB in advance for each reader that is slower than the store
                .addInterceptor(this::inTime).followRedirects(false).build();
        this.sdk = MinioAsyncClient.builder().endpoint(settings.endpoint().toString()).region(settings.region())
                .credentials(settings.accessKey(), settings.secretKey()).httpClient(http).build();
        if (settings.pathStyle()) {
            sdk.disableVirtualStyleEndpoint();
        } else {
            sdk.enableVirtualStyleEndpoint();
        }
    }

    /**
     * When a connection breaks that was used before, the HTTP client sends the request again by itself. A conditional write would then be
     * refused for the object that it has just written, and a multipart upload be begun twice, of which we would know one.
     */
    private static Response once(Interceptor.Chain chain) throws IOException {
        Request request = chain.request();
        RequestBody body = request.body();
        boolean begins = request.method().equals("POST") && request.url().queryParameterNames().contains("uploads");
        if (body == null || request.header("If-None-Match") == null && !begins) {
            return chain.proceed(request);
        }
        return chain.proceed(request.newBuilder().method(request.method(), new OneShot(body)).build());
    }

    /**
     * Each octet of an answer may come just before it would be silence: so the whole call has its time too, from the first octet asked to the last
     * answered, and with it the connection. Of an object that is read this is the answer's head; {@link #patience} bounds the rest.
     */
    private Response inTime(Interceptor.Chain chain) throws IOException {
        RequestBody body = chain.request().body();
        Duration limit = patience(body == null ? 0 : body.contentLength());
        var time = new AsyncTimeout() {
            @Override
            protected void timedOut() {
                chain.call().cancel();
            }
        };
        time.timeout(limit.toMillis(), TimeUnit.MILLISECONDS);
        time.enter();
        try {
            Response answer = once(chain);
            boolean asksFor = chain.request().method().equals("GET") && answer.isSuccessful();
            if (asksFor && chain.request().header("Range") != null) {
                return answer;
            }
            return whole(answer, asksFor ? MOST_LIST_OCTETS : MOST_ANSWER_OCTETS);
        } catch (IOException broken) {
            throw time.exit() ? new SocketTimeoutException("not done within " + limit.toSeconds() + " s") : broken;
        } finally {
            time.exit();
        }
    }

    private static Response whole(Response answer, int most) throws IOException {
        try (ResponseBody body = answer.body()) {
            if (body.source().request(most + 1L)) {
                throw new IOException("its answer is longer than " + most + " octets");
            }
            return answer.newBuilder().body(ResponseBody.create(body.source().readByteArray(), body.contentType())).build();
        }
    }

    /** How long the store may take in all for so many octets of an object. */
    Duration patience(long octets) {
        return settings.silence().plusSeconds(octets / LEAST_RATE);
    }

    /** A body that is sent at most once. */
    private static final class OneShot extends RequestBody {
        private final RequestBody body;

        OneShot(RequestBody body) {
            this.body = body;
        }

        @Override
        public @Nullable MediaType contentType() {
            return body.contentType();
        }

        @Override
        public long contentLength() throws IOException {
            return body.contentLength();
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            body.writeTo(sink);
        }

        @Override
        public boolean isOneShot() {
            return true;
        }
    }

    String bucket() {
        return settings.bucket();
    }

    MinioAsyncClient sdk() {
        return sdk;
    }

    /** A call into the SDK, which declares its own exceptions. */
    @FunctionalInterface
    interface Call<T> {
        CompletableFuture<T> start() throws MinioException;
    }

    /** Makes a call and waits for it. */
    <T> T call(String key, Call<T> call) throws StoreException {
        try {
            return call.start().get();
        } catch (ExecutionException e) {
            throw inOurWords(key, e.getCause());
        } catch (MinioException | RuntimeException e) {
            throw inOurWords(key, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while waiting for the object store", e);
        }
    }

    StoreException inOurWords(String key, Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof IllegalStateException || cause.getClass() == MinioException.class)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return switch (cause) {
            case StoreException already -> already;
            case ErrorResponseException refused -> refusal(key, refused.errorResponse().code(), refused.response().code());
            case IOException broken -> new StoreException("cannot reach the object store " + settings.endpoint() + ": "
                    + broken.getMessage() + "; see to the network and the store", broken);
            default -> new StoreException("the object store " + settings.endpoint() + " answered in a way that isn't understood ("
                    + cause.getClass().getSimpleName() + "); is it an S3 endpoint?");
        };
    }

    private StoreException refusal(String key, String code, int status) {
        return switch (code) {
            case "NoSuchKey", "NoSuchVersion" -> new ObjectMissingException(key);
            case "NoSuchBucket" -> new StoreUnfitException("the object store has no bucket " + bucket() + "; create it or name another");
            case "PreconditionFailed" -> new ObjectExistsException(key);
            case "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch" -> new StoreUnfitException("the object store refused our"
                    + " credentials for bucket " + bucket() + " (" + code + "); see to the access key, its secret and its rights");
            case "RequestTimeTooSkewed" -> new S3Refusal("the object store's clock and the one of this machine are too far apart (" + code
                    + "); set them by NTP", code, status);
            default -> new S3Refusal("the object store answered " + status + " " + code, code, status);
        };
    }

    /** An answer that callers tell apart by its S3 error code. */
    static final class S3Refusal extends StoreException {
        private static final long serialVersionUID = 1L;
        private static final int SERVER_ERROR = 500;
        private static final int NOT_IMPLEMENTED = 501;
        private static final Set<Integer> FOR_NOW = Set.of(408, 425, 429);
        /** Of others that mean the moment and not the request: too many, too slow, a clock that is wrong, another at the same time. */
        private static final Set<String> CODES_FOR_NOW = Set.of("RequestTimeout", "RequestTimeTooSkewed", "OperationAborted", "ConditionalRequestConflict",
                "SlowDown", "TooManyRequests", "Throttling", "ThrottlingException", "RequestLimitExceeded", "ServiceUnavailable");
        private final String code;
        private final int status;

        S3Refusal(String message, String code, int status) {
            super(message);
            this.code = code;
            this.status = status;
        }

        /** Whether the store will say the same to the same request tomorrow. */
        boolean lasting() {
            return (status < SERVER_ERROR || status == NOT_IMPLEMENTED) && !FOR_NOW.contains(status) && !CODES_FOR_NOW.contains(code);
        }

        String code() {
            return code;
        }
    }

    static String crc32(byte[] octets, int length) {
        CRC32 crc = new CRC32();
        crc.update(octets, 0, length);
        return Base64.getEncoder().encodeToString(ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array());
    }

    /** CRC-32, since the SDK's default, CRC-32C, runs at a hundredth of its speed. It guards the way; FLOE guards the object. */
    static Http.Headers checksum(String crc32) {
        return new Http.Headers(Map.of("x-amz-checksum-crc32", crc32, "x-amz-sdk-checksum-algorithm", "CRC32"));
    }

    @Override
    public void close() {
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
