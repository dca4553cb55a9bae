package sekisho.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.MGF1ParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/**
 * Speaks as much of the Transit API as we use, over HTTP on this machine: create, read, configure and delete a key, decrypt. It is recorded
 * from the public documentation of OpenBao and Vault ("Transit secrets engine (API)") and from their published handlers; it was not held
 * against a real server, since neither is to be had from Debian.
 */
public final class TransitServer implements AutoCloseable {
    public static final String TOKEN = "s.0123456789abcdefghij";
    private static final Pattern PATH = Pattern.compile("(?:/behind/a-proxy)?/v1/transit/(keys|decrypt)/([a-z0-9-]+)(/config)?");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final OAEPParameterSpec OAEP = new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);

    private record Kept(KeyPair pair, boolean deletable) {
    }

    private final Map<String, Kept> keys = new ConcurrentHashMap<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    /** Finding the primes takes seconds of a whole processor, so servers have their first keys in common: no server has one of them twice. */
    private static final List<CompletableFuture<KeyPair>> PAIRS = new ArrayList<>();
    private final int keysAtOnce;
    private final AtomicInteger made = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    /** What is answered instead, one for each request to come. */
    public final Queue<Instead> instead = new ConcurrentLinkedQueue<>();
    /** Method and path of what was asked. */
    public final List<String> asked = new CopyOnWriteArrayList<>();

    /** An answer that isn't the API's; or {@code NOTHING}, and it is the API's. */
    public enum Instead { NOTHING, SEALED, STANDBY, FAILS, BREAKS_OFF, STALLS_IN_BODY, PROXY_PAGE, ENDLESS, REFUSES, FORBIDS, NO_CONTENT, EMPTY, PROXY_JSON, NOT_BASE64 }

    public TransitServer() throws IOException {
        this(4);
    }

    /** @param keys so many are there before anybody asks for them; each further one takes its time */
    public TransitServer(int keys) throws IOException {
        this.keysAtOnce = keys;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
        ready();
    }

    /** Waits until the first keys can be made at once. */
    public void ready() {
        pairs(keysAtOnce).forEach(CompletableFuture::join);
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Writes a private key file of that name without versions, and the file with the token beside it. */
    public void describe(Path file, String name) throws IOException {
        var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Path token = file.resolveSibling(name + ".token");
        Files.writeString(Files.createFile(token, owner), TOKEN + "\n");
        Files.writeString(Files.createFile(file, owner), """
                sekisho-opening-key 2
                back-end transit
                address %s
                mount transit
                token-file %s
                name %s
                """.formatted(address(), token, name));
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
        var body = exchange.getRequestBody().readAllBytes();
        var otherwise = instead.poll();
        try (exchange) {
            if (otherwise == null || otherwise == Instead.NOTHING) {
                serve(exchange, body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body));
            } else {
                serve(exchange, otherwise);
            }
        }
    }

    private void serve(HttpExchange exchange, Instead otherwise) throws IOException {
        switch (otherwise) {
            case NOTHING -> throw new IllegalArgumentException("the API answers");
            case SEALED -> errors(exchange, 503, "Vault is sealed");
            case FAILS -> errors(exchange, 500, "1 error occurred");
            case REFUSES -> errors(exchange, 400, "invalid request");
            case FORBIDS -> errors(exchange, 403, "permission denied");
            case STANDBY -> errors(exchange, 429, "rate limited");
            case BREAKS_OFF -> {
                exchange.sendResponseHeaders(200, 1000);
                exchange.getResponseBody().write('{');
                exchange.getResponseBody().flush();
                throw new IOException("breaks off");
            }
            case STALLS_IN_BODY -> {
                exchange.sendResponseHeaders(200, 1000);
                exchange.getResponseBody().write('{');
                exchange.getResponseBody().flush();
                try {
                    closed.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            case PROXY_PAGE -> send(exchange, 200, "<html>please wait</html>");
            case NO_CONTENT -> exchange.sendResponseHeaders(204, -1);
            case EMPTY -> exchange.sendResponseHeaders(200, -1);
            case PROXY_JSON -> send(exchange, 200, "{\"message\":\"please wait\"}");
            case NOT_BASE64 -> send(exchange, 200, "{\"data\":{\"plaintext\":\"<please wait>\"}}");
            case ENDLESS -> {
                exchange.sendResponseHeaders(200, 0);
                while (closed.getCount() > 0) {
                    exchange.getResponseBody().write(new byte[8192]);
                }
            }
        }
    }

    private void serve(HttpExchange exchange, JsonNode body) throws IOException {
        var path = PATH.matcher(exchange.getRequestURI().getPath());
        if (!TOKEN.equals(exchange.getRequestHeaders().getFirst("X-Vault-Token"))) {
            errors(exchange, 403, "permission denied");
        } else if (!path.matches()) {
            errors(exchange, 404, "no handler for route");
        } else if (path.group(1).equals("decrypt")) {
            decrypt(exchange, path.group(2), body);
        } else if (path.group(3) != null) {
            configure(exchange, path.group(2), body);
        } else {
            switch (exchange.getRequestMethod()) {
                case "GET" -> read(exchange, path.group(2));
                case "DELETE" -> delete(exchange, path.group(2));
                default -> create(exchange, path.group(2), body);
            }
        }
    }

    private void create(HttpExchange exchange, String name, JsonNode body) throws IOException {
        if (!body.path("type").asText().equals("rsa-3072")) {
            errors(exchange, 400, "this server makes rsa-3072 only");
            return;
        }
        keys.computeIfAbsent(name, _ -> new Kept(pair(made.getAndIncrement()).join(), false));
        read(exchange, name);
    }

    private static CompletableFuture<KeyPair> pair(int number) {
        return pairs(number + 1).get(number);
    }

    private static List<CompletableFuture<KeyPair>> pairs(int least) {
        synchronized (PAIRS) {
            while (PAIRS.size() < least) {
                PAIRS.add(pair());
            }
            return List.copyOf(PAIRS);
        }
    }

    private static CompletableFuture<KeyPair> pair() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                var generator = KeyPairGenerator.getInstance("RSA");
                generator.initialize(3072);
                return generator.generateKeyPair();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void read(HttpExchange exchange, String name) throws IOException {
        var kept = keys.get(name);
        if (kept == null) {
            send(exchange, 404, "{\"errors\":[]}");
            return;
        }
        String pem = "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(kept.pair.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
        send(exchange, 200, JSON.writeValueAsString(Map.of("data", Map.of("name", name, "type", "rsa-3072", "latest_version", 1, "deletion_allowed", kept.deletable,
                "exportable", false, "supports_decryption", true, "keys", Map.of("1", Map.of("name", "rsa-3072", "public_key", pem))))));
    }

    private void configure(HttpExchange exchange, String name, JsonNode body) throws IOException {
        if (keys.computeIfPresent(name, (_, kept) -> new Kept(kept.pair, body.path("deletion_allowed").asBoolean())) == null) {
            errors(exchange, 400, "no existing key named " + name + " could be found");
        } else {
            exchange.sendResponseHeaders(204, -1);
        }
    }

    private void delete(HttpExchange exchange, String name) throws IOException {
        var kept = keys.get(name);
        if (kept == null || !kept.deletable) {
            errors(exchange, 400, kept == null ? "could not delete key; not found" : "deletion is not allowed for this key");
            return;
        }
        keys.remove(name);
        exchange.sendResponseHeaders(204, -1);
    }

    private void decrypt(HttpExchange exchange, String name, JsonNode body) throws IOException {
        var kept = keys.get(name);
        String ciphertext = body.path("ciphertext").asText();
        if (kept == null) {
            errors(exchange, 400, "encryption key not found");
        } else if (!ciphertext.startsWith("vault:v1:")) {
            errors(exchange, 400, "invalid ciphertext: no prefix");
        } else {
            try {
                Cipher rsa = Cipher.getInstance("RSA/ECB/OAEPPadding");
                rsa.init(Cipher.DECRYPT_MODE, kept.pair.getPrivate(), OAEP);
                byte[] plaintext = rsa.doFinal(Base64.getDecoder().decode(ciphertext.substring("vault:v1:".length())));
                send(exchange, 200, JSON.writeValueAsString(Map.of("data", Map.of("plaintext", Base64.getEncoder().encodeToString(plaintext)))));
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                errors(exchange, 500, "failed to RSA decrypt the ciphertext");   // an internal error to both of them
            }
        }
    }

    private static void errors(HttpExchange exchange, int status, String text) throws IOException {
        send(exchange, status, JSON.writeValueAsString(Map.of("errors", List.of(text))));
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] octets = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, octets.length);
        exchange.getResponseBody().write(octets);
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.close();
    }
}
