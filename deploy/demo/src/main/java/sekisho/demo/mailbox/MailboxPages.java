package sekisho.demo.mailbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The web side: {@code GET /} (with {@code ?to=address}), {@code /m/ID}, {@code /messages}, {@code /messages/ID/raw}, {@code POST /clear}.
 * Requests for another host name are refused: a strange page could otherwise make its name point to 127.0.0.1 and read sign-in codes.
 */
final class MailboxPages implements AutoCloseable {
    private static final String HTML = "text/html; charset=utf-8";
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final MailFolder folder;

    MailboxPages(int port, MailFolder folder) throws IOException {
        this.folder = folder;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 50);
        } catch (IOException e) {
            threads.close();
            throw new IOException("cannot listen for HTTP on 127.0.0.1:" + port + ": " + e.getMessage() + "; stop the other process or set another port", e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            try {
                Answer answer = isForUs(exchange) ? route(exchange) : Answer.text(403, "this mailbox answers to localhost only");
                send(exchange, answer);
            } catch (NoSuchFileException _) {
                send(exchange, Answer.text(404, "no such message"));
            } catch (RuntimeException e) {
                System.getLogger(MailboxPages.class.getName()).log(System.Logger.Level.ERROR, "request failed", e);
                send(exchange, Answer.text(500, "something went wrong; see the log"));
            }
        }
    }

    private record Answer(int status, Map<String, String> fields, byte[] body) {
        static Answer text(int status, String text) {
            return of(status, "text/plain; charset=utf-8", text);
        }

        static Answer of(int status, String type, String body) {
            return new Answer(status, Map.of("Content-Type", type), body.getBytes(StandardCharsets.UTF_8));
        }
    }

    private boolean isForUs(HttpExchange exchange) {
        String host = exchange.getRequestHeaders().getFirst("Host");
        String origin = exchange.getRequestHeaders().getFirst("Origin");
        List<String> ours = List.of("localhost:" + port(), "127.0.0.1:" + port());
        return host != null && ours.contains(host) && (origin == null || ours.contains(origin.replaceFirst("^http://", "")));
    }

    private Answer route(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String method = exchange.getRequestMethod();
        if (path.equals("/clear")) {
            if (!method.equals("POST")) {
                return Answer.text(405, "POST only");
            }
            folder.clear();
            return new Answer(303, Map.of("Location", "/"), new byte[0]);
        }
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return Answer.text(405, "GET only");
        }
        var html = new MailboxHtml(language(exchange));
        if (path.equals("/")) {
            return Answer.of(200, HTML, html.list(folder.messages().reversed(), recipientAsked(exchange)));
        }
        if (path.equals("/style.css")) {
            return Answer.of(200, "text/css; charset=utf-8", resource("style.css"));
        }
        if (path.equals("/messages")) {
            return Answer.of(200, "application/json", Json.of(folder.messages().reversed()));
        }
        if (path.matches("/m/\\d{1,15}")) {
            StoredMessage message = find(path.substring(3));
            return Answer.of(200, HTML, html.message(message, MessageText.of(folder.file(message.id()))));
        }
        if (path.matches("/messages/\\d{1,15}/raw")) {
            StoredMessage message = find(path.split("/")[2]);
            return new Answer(200, Map.of("Content-Type", "message/rfc822", "Content-Disposition", "attachment; filename=\"" + message.id() + ".eml\""),
                    folder.octets(message));
        }
        return Answer.text(404, "no such page");
    }

    private StoredMessage find(String id) throws NoSuchFileException {
        Optional<StoredMessage> found = folder.messages().stream().filter(message -> message.id() == Long.parseLong(id)).findFirst();
        return found.orElseThrow(() -> new NoSuchFileException(id));
    }

    private static String recipientAsked(HttpExchange exchange) {
        String query = exchange.getRequestURI().getRawQuery();
        return query != null && query.startsWith("to=") ? URLDecoder.decode(query.substring(3), StandardCharsets.UTF_8) : "";
    }

    private static Locale language(HttpExchange exchange) {
        String wanted = exchange.getRequestHeaders().getFirst("Accept-Language");
        return wanted != null && wanted.toLowerCase(Locale.ROOT).startsWith("ja") ? Locale.JAPANESE : Locale.ENGLISH;
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = MailboxPages.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("resource " + name + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        var fields = exchange.getResponseHeaders();
        answer.fields().forEach(fields::set);
        fields.set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
        fields.set("X-Content-Type-Options", "nosniff");
        fields.set("Referrer-Policy", "same-origin");
        fields.set("Cross-Origin-Resource-Policy", "same-origin");
        fields.set("Cache-Control", "no-store");
        boolean noBody = exchange.getRequestMethod().equals("HEAD") || answer.body().length == 0;
        exchange.sendResponseHeaders(answer.status(), noBody ? -1 : answer.body().length);
        if (!noBody) {
            exchange.getResponseBody().write(answer.body());
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
