package sekisho.tests;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import sekisho.embedded.FormBrowser;

/** Somebody with a browser: signs in when asked to, opens pages, presses buttons. Keeps the session. */
public final class Visitor implements AutoCloseable {

    private static final String NOWHERE = "about:";

    private final FormBrowser browser = new FormBrowser();
    private final String origin;
    private final String user;

    /** @param user name at the identity provider, and password */
    public Visitor(House house, String user) {
        this(house.web(), user);
    }

    /** @param origin where the pages are, without a slash at the end */
    public Visitor(String origin, String user) {
        this.origin = origin;
        this.user = user;
    }

    /** Opens a page, signing in on the way if the identity provider asks. */
    public FormBrowser.Page opens(String path) throws IOException, InterruptedException {
        var page = browser.open(URI.create(path.startsWith("http") ? path : origin + path), NOWHERE);
        if (page.html().contains("name=\"password\"") && page.address().getPath().contains("/realms/")) {
            page = browser.submit(page, Map.of("username", user, "password", user), NOWHERE);
        }
        return page;
    }

    /** Presses a button: a POST from our own page. Redirects are followed. */
    public FormBrowser.Page presses(String path, Map<String, String> fields) throws IOException, InterruptedException {
        var answer = posts(path, fields, origin);
        var location = answer.headers().firstValue("Location");
        if (answer.statusCode() / 100 == 3 && location.isPresent()) {
            return opens(answer.uri().resolve(location.get()).toString());
        }
        return new FormBrowser.Page(answer.uri(), answer.statusCode(), answer.body());
    }

    /** A bare POST, redirects not followed. @param from the Origin it claims; empty sends none */
    public HttpResponse<String> posts(String path, Map<String, String> fields, String from) throws IOException, InterruptedException {
        var body = fields.entrySet().stream()
            .map(f -> URLEncoder.encode(f.getKey(), StandardCharsets.UTF_8) + "=" + URLEncoder.encode(f.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
        var request = HttpRequest.newBuilder(URI.create(origin + path)).header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body));
        if (!from.isEmpty()) {
            request.header("Origin", from);
        }
        return browser.client().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Asks for a ticket; the address of the download, or empty text when refused. */
    public String ticket(String token, String file) throws IOException, InterruptedException {
        var answer = posts("/d/" + token + "/files/" + file, Map.of(), origin);
        return answer.statusCode() == 303 && answer.headers().firstValue("Location").orElse("").contains("/download/")
            ? answer.uri().resolve(answer.headers().firstValue("Location").get()).toString() : "";
    }

    /** A GET with this person's session. */
    public <T> HttpResponse<T> gets(String address, HttpResponse.BodyHandler<T> body, String... headers) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(address.startsWith("http") ? address : origin + address)).GET();
        if (headers.length > 0) {
            request.headers(headers);
        }
        return browser.client().send(request.build(), body);
    }

    /** The status of a bare request with this person's session. */
    public int status(String method, String address) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(address)).method(method, HttpRequest.BodyPublishers.noBody()).build();
        return browser.client().send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    /** What this person's browser would send to an address as its field {@code Cookie}. */
    public String cookies(String address) throws IOException {
        return String.join("; ", browser.client().cookieHandler().orElseThrow().get(URI.create(address), Map.of()).getOrDefault("Cookie", List.of()));
    }

    @Override
    public void close() {
        browser.close();
    }
}
