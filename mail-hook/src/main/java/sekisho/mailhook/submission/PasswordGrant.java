package sekisho.mailhook.submission;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Trades a user name and a password for an access token (RFC 6749 §4.3). The issuer does the same work for a user that doesn't exist. */
final class PasswordGrant {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Issuer issuer;
    private final HttpCalls http;
    private final String authorization;

    PasswordGrant(Issuer issuer, HttpCalls http, String clientId, String clientSecret) {
        this.issuer = issuer;
        this.http = http;
        this.authorization = "Basic " + Base64.getEncoder().encodeToString((form(clientId) + ":" + form(clientSecret)).getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * @return empty when the issuer doesn't accept user and password
     * @throws IOException it can't be asked now, or doesn't accept us
     */
    Optional<String> accessToken(String user, String password) throws IOException {
        var answer = http.post(issuer.tokenEndpoint(), "grant_type=password&scope=" + form("openid email") + "&username=" + form(user)
            + "&password=" + form(password), authorization);
        try {
            var said = JSON.readTree(answer.body());
            if (answer.status() == 200 && said.path("access_token").isTextual()) {
                return Optional.of(said.path("access_token").textValue());
            }
            boolean refused = answer.status() == 400 || answer.status() == 401;
            if (refused && said.path("error").asText().equals("invalid_grant")) {
                return Optional.empty();
            }
            throw new IOException("asked for a token, it answered " + answer.status() + " " + said.path("error").asText().replaceAll("[^a-z_]", ""));
        } catch (JsonProcessingException unusable) {
            throw new IOException("asked for a token, it answered " + answer.status() + " without JSON");
        }
    }

    private static String form(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
