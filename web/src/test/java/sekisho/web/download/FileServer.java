package sekisho.web.download;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import sekisho.gateway.access.Downloads.FileToServe;
import sekisho.storage.DirectoryStore;
import sekisho.storage.KeyFiles;
import sekisho.storage.Opener;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.Sealed;
import sekisho.storage.Sealer;
import sekisho.storage.SealingKey;
import sekisho.web.fair.Pace;

/** Serves one sealed file on a free port, as the resource does but without a database, and lets a test watch it. */
final class FileServer implements AutoCloseable {

    private final Path root;
    private final DirectoryStore store;
    private final Sealer sealer;
    private final Opener opener;
    private final Vertx vertx = Vertx.vertx();
    private final HttpServer http;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Run run;

    private FileServer(Path folder) throws Exception {
        root = Files.createDirectory(folder.resolve("store"));
        KeyFiles.generate(folder, "files");
        store = new DirectoryStore(root);
        sealer = new Sealer(store, SealingKey.load(folder.resolve("files.public")));
        opener = new Opener(store, OpeningKey.load(folder.resolve("files.private")));
        var router = Router.router(vertx);
        router.route().handler(request -> Thread.ofVirtual().start(() -> run.serve(request)));
        http = vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get();
    }

    static FileServer start(Path folder) throws Exception {
        return new FileServer(folder);
    }

    static byte[] content(int size) {
        var content = new byte[size];
        new Random(size).nextBytes(content);
        return content;
    }

    /** Seals {@code content}; the next request gets octets [from, end). */
    Run offer(byte[] content, long from, long end, Duration stallLimit) throws IOException {
        var place = new Place(UUID.randomUUID(), UUID.randomUUID());
        try (var object = sealer.create("f/" + place.object(), place)) {
            object.out().write(content);
            run = new Run(object.finish(), place, from, end, stallLimit);
        }
        return run;
    }

    /** Where the object that was offered last is kept. */
    Path objectFile() throws IOException {
        try (var files = Files.walk(root.resolve("objects"))) {
            return files.filter(file -> file.getFileName().toString().endsWith(run.place.object().toString())).findFirst().orElseThrow();
        }
    }

    <T> HttpResponse<T> get(HttpResponse.BodyHandler<T> body) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http.actualPort() + "/")).build(), body);
    }

    SlowReader slowReader() throws IOException {
        return new SlowReader(http.actualPort());
    }

    @Override
    public void close() throws Exception {
        client.close();
        vertx.close().toCompletionStage().toCompletableFuture().get();
    }

    /** A client with a small receive buffer that reads only when it is told to. */
    static final class SlowReader implements AutoCloseable {

        private final Socket socket = new Socket();
        private final InputStream in;
        private long octetsRead;

        private SlowReader(int port) throws IOException {
            socket.setReceiveBufferSize(16 << 10);
            socket.connect(new InetSocketAddress("127.0.0.1", port));
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            in = socket.getInputStream();
        }

        void readHead() throws IOException {
            for (var seen = new StringBuilder(); !seen.toString().endsWith("\r\n\r\n"); ) {
                seen.append((char) in.read());
            }
        }

        void read(long octets) throws IOException {
            for (var chunk = new byte[4096]; octetsRead < octets; ) {
                octetsRead += in.read(chunk);
            }
        }

        void readToEnd() throws IOException {
            var chunk = new byte[4096];
            for (int octets = in.read(chunk); octets >= 0; octets = in.read(chunk)) {
                octetsRead += octets;
            }
        }

        /** Closes with a reset. */
        void resets() throws IOException {
            socket.setSoLinger(true, 0);
        }

        long octetsRead() {
            return octetsRead;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** One request. */
    final class Run {

        private final Sealed sealed;
        private final Place place;
        private final long from;
        private final long end;
        private final Duration stallLimit;
        private final CompletableFuture<Boolean> result = new CompletableFuture<>();
        private final CompletableFuture<ClientStream> stream = new CompletableFuture<>();
        private final AtomicLong served = new AtomicLong();
        private volatile Thread thread = Thread.currentThread();
        private volatile long closedAt = Long.MAX_VALUE;
        private volatile long actAt = Long.MAX_VALUE;
        private volatile Consumer<ClientStream> act = _ -> { };

        private Run(Sealed sealed, Place place, long from, long end, Duration stallLimit) {
            this.sealed = sealed;
            this.place = place;
            this.from = from;
            this.end = end;
            this.stallLimit = stallLimit;
        }

        /** True: whole. False: access had ended. */
        CompletableFuture<Boolean> result() {
            return result;
        }

        long served() {
            return served.get();
        }

        ClientStream client() throws Exception {
            return stream.get(10, TimeUnit.SECONDS);
        }

        void closeAccessAt(long octets) {
            closedAt = octets;
        }

        /** Does something just before the octet at this count goes out. */
        void whenServing(long octets, Consumer<ClientStream> action) {
            act = action;
            actAt = octets;
        }

        /** Until the serving thread waits for its client, and went no further meanwhile. */
        void awaitBlocked() throws Exception {
            client();
            for (long before = -1; before != served.get() || thread.getState() != Thread.State.TIMED_WAITING; ) {
                before = served.get();
                assertAlive();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }

        private void assertAlive() {
            if (result.isDone()) {
                throw new AssertionError("it has ended: " + result);
            }
        }

        private boolean mayServe(int octets) {
            if (served.get() + octets >= actAt) {
                act.accept(stream.join());
            }
            return served.get() + octets <= closedAt;
        }

        private void serve(RoutingContext request) {
            thread = Thread.currentThread();
            var file = new FileToServe(place.delivery(), place.object(), "name.bin", "x/y", sealed.plainOctets(), sealed.sha256(), sealed, place);
            var selection = end - from == sealed.plainOctets() ? new Selection.Whole(end) : new Selection.Part(from, end, sealed.plainOctets());
            var out = new ClientStream(request, Head.of(file, selection), new Pace(stallLimit, 1));
            stream.complete(out);
            try (var object = opener.open(sealed, place); var plaintext = object.read(from, end - from)) {
                boolean whole = new Serving(out, this::mayServe, served::addAndGet).serve(plaintext, end - from);
                if (!whole) {
                    out.abort();
                }
                result.complete(whole);
            } catch (Exception broken) {
                if (out.begun()) {
                    out.abort();
                } else {
                    request.response().setStatusCode(503).end();
                }
                result.completeExceptionally(broken);
            }
        }
    }
}
