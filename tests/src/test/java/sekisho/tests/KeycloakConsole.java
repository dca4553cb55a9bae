package sekisho.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import sekisho.embedded.KeycloakServer;

/** What Keycloak's own administrator can do, by its REST interface: here, to set it up carelessly for a while. */
public final class KeycloakConsole implements AutoCloseable {

    private final HttpClient client = HttpClient.newHttpClient();
    private final KeycloakServer keycloak;

    public KeycloakConsole(KeycloakServer keycloak) {
        this.keycloak = keycloak;
    }

    /** Whether Keycloak itself asks for the proof of an address before it lets anybody in. */
    public void asksForProof(boolean asks) throws IOException, InterruptedException {
        put("", "{\"verifyEmail\": " + asks + "}");
    }

    /** While Keycloak guards against guessing it refuses somebody who signs in twice at one moment, and tests of several classes do. */
    public void letsPeopleSignInAtOnce() throws IOException, InterruptedException {
        put("", "{\"bruteForceProtected\": false}");
    }

    /** Takes away what the user was told to do at the next sign-in. */
    public void asksNothingOf(String user) throws IOException, InterruptedException {
        var found = JsonParser.parseString(send("/users?exact=true&username=" + user, "GET", "", 200)).getAsJsonArray();
        put("/users/" + found.get(0).getAsJsonObject().get("id").getAsString(), "{\"requiredActions\": []}");
    }

    private void put(String path, String json) throws IOException, InterruptedException {
        send(path, "PUT", json, 204);
    }

    private String send(String path, String method, String body, int expected) throws IOException, InterruptedException {
        var answer = client.send(HttpRequest.newBuilder(URI.create(keycloak.url() + "/admin/realms/sekisho" + path))
            .header("Authorization", "Bearer " + token()).header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(method + " " + path).isEqualTo(expected);
        return answer.body();
    }

    /** One for each request: they live for a minute. */
    private String token() throws IOException, InterruptedException {
        var form = "grant_type=password&client_id=admin-cli&username=keycloak-admin&password=" + Files.readString(keycloak.consoleSecretFile()).strip();
        var answer = client.send(HttpRequest.newBuilder(URI.create(keycloak.url() + "/realms/master/protocol/openid-connect/token"))
            .header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(form)).build(),
            HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as("the administrator signs in").isEqualTo(200);
        return JsonParser.parseString(answer.body()).getAsJsonObject().get("access_token").getAsString();
    }

    @Override
    public void close() {
        client.close();
    }
}
