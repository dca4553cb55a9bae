package sekisho.storage;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/** An S3 server that says what it was told to say, for answers that no real one gives on demand. Keeps what it was asked. */
public final class ScriptedS3 implements AutoCloseable {
    private final HttpServer server;
    private final Deque<Answer> answers = new ArrayDeque<>();
    private final List<byte[]> bodies = Collections.synchronizedList(new ArrayList<>());
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final List<String> hosts = Collections.synchronizedList(new ArrayList<>());
    private final List<String> authorizations = Collections.synchronizedList(new ArrayList<>());

    /** What to do with the next request. */
    @FunctionalInterface
    public interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    public ScriptedS3() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    /** The next request gets this answer. */
    public ScriptedS3 then(int status, String xml, String... headers) {
        return then(exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/xml");
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            byte[] octets = xml.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, octets.length == 0 ? -1 : octets.length);
            exchange.getResponseBody().write(octets);
        });
    }

    public ScriptedS3 then(Answer answer) {
        synchronized (answers) {
            answers.add(answer);
        }
        return this;
    }

    /** Answers that nobody asked for are no longer given. */
    void forget() {
        synchronized (answers) {
            answers.clear();
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        bodies.add(exchange.getRequestBody().readAllBytes());
        hosts.add(String.valueOf(exchange.getRequestHeaders().getFirst("Host")));
        authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        Answer next;
        synchronized (answers) {
            next = answers.poll();
        }
        try (exchange) {
            if (next == null) {
                exchange.sendResponseHeaders(500, -1);
            } else {
                next.to(exchange);
            }
        }
    }

    /** Method, path and query of each request so far. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** Host, port included, that each of them was for. */
    List<String> hosts() {
        return List.copyOf(hosts);
    }

    /** How each of them was signed. */
    List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** What each of them brought with it. */
    List<byte[]> bodies() {
        return List.copyOf(bodies);
    }

    S3Store store() {
        return store("us-east-1");
    }

    S3Store store(String region) {
        return new S3Store(new S3Settings(URI.create("http://127.0.0.1:" + port()), "bucket", region, "access", "secret", true));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
