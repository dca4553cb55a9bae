package sekisho.mailhook.submission;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jose4j.http.SimpleResponse;
import org.jose4j.jwk.HttpsJwks;
import org.jose4j.keys.resolvers.HttpsJwksVerificationKeyResolver;
import org.jose4j.keys.resolvers.VerificationKeyResolver;
import org.jspecify.annotations.Nullable;

/**
 * The identity provider as it describes itself (OpenID Connect Discovery 1.0 §4): found out when first needed, so that we start while it is
 * away, and again each hour.
 */
final class Issuer {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Duration DESCRIPTION_LIFE = Duration.ofHours(1);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);
    /** Tokens with invented key names must not make us fetch the keys each time. */
    private static final Duration KEYS_NOT_AGAIN_WITHIN = Duration.ofSeconds(5);

    private final String name;
    private final HttpCalls http;
    private final ReentrantLock asking = new ReentrantLock();
    private volatile @Nullable Description known;
    private volatile long failedAt;
    private volatile boolean failed;

    /** @throws IllegalArgumentException when a password could be read on its way there */
    Issuer(String name, HttpCalls http) {
        requireSecret(URI.create(name));
        this.name = name;
        this.http = http;
    }

    private record Description(URI tokenEndpoint, VerificationKeyResolver keys, long foundAt) {
        boolean isFresh() {
            return System.nanoTime() - foundAt < DESCRIPTION_LIFE.toNanos();
        }
    }

    /** As it stands in tokens. */
    String name() {
        return name;
    }

    URI tokenEndpoint() throws IOException {
        return description().tokenEndpoint();
    }

    VerificationKeyResolver keys() throws IOException {
        return description().keys();
    }

    /** Fetches it when due. An old one stays in use while no new one can be had. */
    private Description description() throws IOException {
        Description current = known;
        if (current != null && current.isFresh()) {
            return current;
        }
        if (failed && System.nanoTime() - failedAt < AFTER_FAILURE.toNanos()) {
            return orUnavailable(current, "asked a moment ago in vain");
        }
        asking.lock();
        try {
            current = known;
            if (current == null || !current.isFresh()) {
                current = fetched();
                known = current;
            }
            failed = false;
            return current;
        } catch (IOException unavailable) {
            failedAt = System.nanoTime();
            failed = true;
            return orUnavailable(current, unavailable.getMessage());
        } finally {
            asking.unlock();
        }
    }

    private static Description orUnavailable(@Nullable Description current, @Nullable String why) throws IOException {
        if (current == null) {
            throw new IOException("the identity provider can't be asked: " + why);
        }
        return current;
    }

    private Description fetched() throws IOException {
        var answer = http.get(URI.create(name.replaceAll("/$", "") + "/.well-known/openid-configuration"));
        if (answer.status() != 200) {
            throw new IOException("its description was answered with " + answer.status());
        }
        try {
            JsonNode description = JSON.readTree(answer.body());
            if (!name.equals(description.path("issuer").asText())) {
                throw new IOException("it calls itself by another name than the one that is configured");
            }
            URI tokens = URI.create(description.path("token_endpoint").asText());
            URI keys = URI.create(description.path("jwks_uri").asText());
            requireSecret(tokens);
            requireSecret(keys);
            Description before = known;
            var resolver = before != null && before.keys() instanceof AtAddress same && same.address().equals(keys) ? same : new AtAddress(keys, resolver(keys));
            return new Description(tokens, resolver, System.nanoTime());
        } catch (JsonProcessingException | IllegalArgumentException unusable) {
            throw new IOException("its description can't be used", unusable);
        }
    }

    /** The keys at one address: what was fetched stays when the description is fetched anew. */
    private record AtAddress(URI address, VerificationKeyResolver resolver) implements VerificationKeyResolver {
        @Override
        public java.security.Key resolveKey(org.jose4j.jws.JsonWebSignature signature, List<org.jose4j.jwx.JsonWebStructure> nesting)
                throws org.jose4j.lang.UnresolvableKeyException {
            return resolver.resolveKey(signature, nesting);
        }
    }

    private VerificationKeyResolver resolver(URI address) {
        var keys = new HttpsJwks(address.toString());
        keys.setSimpleHttpGet(location -> {
            var answer = http.get(URI.create(location));
            if (answer.status() != 200) {
                throw new IOException("its keys were answered with " + answer.status());
            }
            return new Keys(answer.body());
        });
        keys.setDefaultCacheDuration(DESCRIPTION_LIFE.toSeconds());
        keys.setRetainCacheOnErrorDuration(DESCRIPTION_LIFE.toSeconds());
        keys.setRefreshReprieveThreshold(KEYS_NOT_AGAIN_WITHIN.toMillis());
        return new HttpsJwksVerificationKeyResolver(keys);
    }

    /** Without headers: how long keys are kept is ours to say. */
    private record Keys(String body) implements SimpleResponse {
        @Override
        public int getStatusCode() {
            return 200;
        }

        @Override
        public String getStatusMessage() {
            return "OK";
        }

        @Override
        public Collection<String> getHeaderNames() {
            return List.of();
        }

        @Override
        public List<String> getHeaderValues(String header) {
            return List.of();
        }

        @Override
        public String getBody() {
            return body;
        }
    }

    private static void requireSecret(URI address) {
        boolean here = "http".equals(address.getScheme()) && THIS_MACHINE.contains(String.valueOf(address.getHost()));
        if (address.getHost() == null || !here && !"https".equals(address.getScheme())) {
            throw new IllegalArgumentException("an identity provider is asked by https, not at " + address);
        }
    }
}
