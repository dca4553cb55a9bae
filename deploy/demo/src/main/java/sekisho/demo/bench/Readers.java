package sekisho.demo.bench;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import sekisho.demo.Stage;
import sekisho.embedded.FormBrowser;

/** People with accounts at Keycloak and proved addresses, who sign in and ask for their files as a browser does. */
final class Readers {
    private static final Pattern FILE = Pattern.compile("/files/([0-9a-f-]{36})");
    private static final Pattern ACCESS_TOKEN = Pattern.compile("\"access_token\":\"([^\"]+)\"");
    private static final String NOWHERE = "about:";

    private Readers() {}

    /**
     * What one person who has signed in needs for downloads.
     *
     * @param cookies   those of the session
     * @param downloads paths, with a ticket for each file, in the order of the page
     */
    record SignedIn(String cookies, List<String> downloads) {
        SignedIn {
            downloads = List.copyOf(downloads);
        }
    }

    static String address(int number) {
        return user(number) + "@partner.example";
    }

    private static String user(int number) {
        return "reader" + number;
    }

    private static String password(int number) {
        return "of-a-benchmark-" + number;
    }

    /** Gives people accounts, 0 to {@code count} - 1, by Keycloak's own interface for administrators. */
    static void register(Stage stage, int count) throws IOException, InterruptedException {
        URI issuer = URI.create(stage.keycloak().issuer());
        String users = IntStream.range(0, count).mapToObj(number -> """
                {"username": "%s", "email": "%s", "emailVerified": true, "firstName": "Reader", "lastName": "%d", "enabled": true,
                 "realmRoles": ["default-roles-sekisho"], "credentials": [{"type": "password", "value": "%s"}]}"""
                .formatted(user(number), address(number), number, password(number))).collect(Collectors.joining(","));
        try (var client = HttpClient.newHttpClient()) {
            String login = "grant_type=password&client_id=admin-cli&username=keycloak-admin&password="
                    + URLEncoder.encode(Files.readString(stage.keycloak().consoleSecretFile()).strip(), StandardCharsets.UTF_8);
            var token = ACCESS_TOKEN.matcher(send(client, HttpRequest.newBuilder(issuer.resolve("/realms/master/protocol/openid-connect/token"))
                    .header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(login))));
            if (!token.find()) {
                throw new IOException("Keycloak gave its administrator no token");
            }
            send(client, HttpRequest.newBuilder(issuer.resolve("/admin/realms/sekisho/partialImport")).header("Content-Type", "application/json")
                    .header("Authorization", "Bearer " + token.group(1))
                    .POST(HttpRequest.BodyPublishers.ofString("{\"ifResourceExists\": \"FAIL\", \"users\": [" + users + "]}")));
        }
    }

    private static String send(HttpClient client, HttpRequest.Builder request) throws IOException, InterruptedException {
        var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException("Keycloak answered " + answer.statusCode() + " at " + answer.uri().getPath());
        }
        return answer.body();
    }

    /** Signs a person in at the link's page and asks for a ticket for each file. */
    static SignedIn signIn(Stage stage, int number, String token) throws IOException, InterruptedException {
        String origin = stage.ports().webUrl();
        try (var browser = new FormBrowser()) {
            var page = signIn(browser, origin + "/d/" + token + "/files", user(number), password(number));
            List<String> downloads = new ArrayList<>();
            for (String file : FILE.matcher(page.html()).results().map(found -> found.group(1)).distinct().toList()) {
                downloads.add(press(browser, origin, "/d/" + token + "/files/" + file));
            }
            if (downloads.isEmpty()) {
                throw new IOException("a link's page without files: status " + page.status());
            }
            var cookies = browser.client().cookieHandler().orElseThrow().get(URI.create(origin + downloads.getFirst()), Map.of());
            return new SignedIn(String.join("; ", cookies.getOrDefault("Cookie", List.of())), downloads);
        }
    }

    /** Opens a page that wants somebody who has signed in. */
    static FormBrowser.Page signIn(FormBrowser browser, String address, String user, String password) throws IOException, InterruptedException {
        var page = browser.open(URI.create(address), NOWHERE);
        if (page.html().contains("name=\"password\"")) {
            page = browser.submit(page, Map.of("username", user, "password", password), NOWHERE);
        }
        if (page.status() != 200) {
            throw new IOException(user + " was answered " + page.status() + " at " + page.address().getPath().replaceAll("/d/[^/]+", "/d/…"));
        }
        return page;
    }

    /** Presses a button without fields. @return the path that it leads to */
    static String press(FormBrowser browser, String origin, String path) throws IOException, InterruptedException {
        var answer = browser.client().send(HttpRequest.newBuilder(URI.create(origin + path)).header("Origin", origin)
                .header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.noBody()).build(),
                HttpResponse.BodyHandlers.discarding());
        if (answer.statusCode() != 303) {
            throw new IOException("a button was answered " + answer.statusCode());
        }
        return answer.uri().resolve(answer.headers().firstValue("Location").orElseThrow()).getPath();
    }
}
