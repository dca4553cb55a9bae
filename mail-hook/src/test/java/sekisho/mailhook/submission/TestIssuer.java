package sekisho.mailhook.submission;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.lang.JoseException;

/** A small issuer over HTTP that can do what Keycloak never does: sign wrong tokens, say nonsense, fall silent. Knows hanako, password {@code secret}. */
final class TestIssuer implements AutoCloseable {

    private final HttpServer server;
    /** What was asked: path, and for a token the form. */
    final List<String> asked = new CopyOnWriteArrayList<>();
    volatile RsaJsonWebKey key = newKey("first");
    /** Answers to every request in place of the real ones, when set. */
    volatile HttpAnswer instead;
    volatile String calledInstead;
    volatile String clientSecret = "client secret+";

    @FunctionalInterface
    interface HttpAnswer {
        void give(HttpExchange exchange) throws IOException;
    }

    TestIssuer() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    String name() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/realms/x";
    }

    static RsaJsonWebKey newKey(String id) {
        try {
            var key = RsaJwkGenerator.generateJwk(2048);
            key.setKeyId(id);
            key.setUse("sig");
            return key;
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String path = exchange.getRequestURI().getPath();
            asked.add(path + (body.isEmpty() ? "" : " " + body));
            if (instead != null) {
                instead.give(exchange);
                return;
            }
            switch (path) {
                case "/realms/x/.well-known/openid-configuration" -> give(exchange, 200, "{\"issuer\":\"" + (calledInstead == null ? name() : calledInstead)
                    + "\",\"token_endpoint\":\"" + name() + "/token\",\"jwks_uri\":\"" + name() + "/keys\"}");
                case "/realms/x/keys" -> give(exchange, 200, new JsonWebKeySet(key).toJson());
                case "/realms/x/token" -> token(exchange, form(body));
                default -> give(exchange, 404, "{}");
            }
        }
    }

    private void token(HttpExchange exchange, Map<String, String> form) throws IOException {
        String authorization = new String(java.util.Base64.getDecoder().decode(exchange.getRequestHeaders().getFirst("Authorization").substring(6)),
            StandardCharsets.US_ASCII);
        if (!URLDecoder.decode(authorization, StandardCharsets.UTF_8).equals("sekisho-submission:" + clientSecret)) {
            give(exchange, 401, "{\"error\":\"invalid_client\"}");
        } else if (form.equals(Map.of("grant_type", "password", "scope", "openid email", "username", "hanako", "password", "secret &=+%"))) {
            give(exchange, 200, "{\"access_token\":\"" + token(claims()) + "\",\"token_type\":\"Bearer\"}");
        } else {
            give(exchange, 401, "{\"error\":\"invalid_grant\",\"error_description\":\"Invalid user credentials\"}");
        }
    }

    private static Map<String, String> form(String body) {
        return Arrays.stream(body.split("&")).map(pair -> pair.split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    }

    static void give(HttpExchange exchange, int status, String body) throws IOException {
        byte[] octets = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, octets.length);
        exchange.getResponseBody().write(octets);
    }

    /** Those of hanako's access token, as Keycloak makes it. */
    JwtClaims claims() {
        var claims = new JwtClaims();
        claims.setIssuer(name());
        claims.setSubject("7d1f");
        claims.setAudience("account", "sekisho-submission");
        claims.setExpirationTimeMinutesInTheFuture(5);
        claims.setIssuedAtToNow();
        claims.setClaim("typ", "Bearer");
        claims.setStringListClaim("roles", "sender", "auditor");
        claims.setStringListClaim("groups", "/sales", "/managers");
        claims.setClaim("email", "Hanako@example.co.jp");
        claims.setClaim("email_verified", true);
        claims.setClaim("preferred_username", "hanako");
        return claims;
    }

    String token(JwtClaims claims) {
        return token(claims, "JWT", key);
    }

    static String token(JwtClaims claims, String type, RsaJsonWebKey key) {
        try {
            var signature = new JsonWebSignature();
            signature.setPayload(claims.toJson());
            signature.setKey(key.getPrivateKey());
            signature.setKeyIdHeaderValue(key.getKeyId());
            signature.setAlgorithmHeaderValue("RS256");
            signature.setHeader("typ", type);
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    long askedFor(String path) {
        return asked.stream().filter(each -> each.startsWith("/realms/x/" + path)).count();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
