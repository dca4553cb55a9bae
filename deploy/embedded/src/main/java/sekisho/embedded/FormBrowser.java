package sekisho.embedded;

import java.io.IOException;
import java.net.CookieHandler;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A person at a browser without JavaScript: keeps cookies, follows redirects, fills in the form of a page. For tests that
 * sign in at Keycloak; a person's story in a real browser belongs to Playwright.
 */
public final class FormBrowser implements AutoCloseable {
    private static final Pattern FORM = Pattern.compile("<form[^>]*?\\saction=\"([^\"]+)\"", Pattern.DOTALL);
    private static final int REDIRECTS = 10;

    private final HttpClient client = HttpClient.newBuilder()
            .cookieHandler(new LocalCookies())
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    /** A page that came in the end: where, which status, and its HTML. */
    public record Page(URI address, int status, String html) {
        /** The address of its first form. */
        public URI formAddress() {
            Matcher form = FORM.matcher(html);
            if (!form.find()) {
                throw new IllegalStateException("no form on the page at " + address.getPath() + ", status " + status);
            }
            return address.resolve(form.group(1).replace("&amp;", "&"));
        }
    }

    /** Opens a page, following redirects up to one that leaves for an address beginning with {@code until}, not followed. */
    public Page open(URI address, String until) throws IOException, InterruptedException {
        return follow(HttpRequest.newBuilder(address).GET(), until);
    }

    /** Sends the first form of {@code page} with {@code fields}, and follows redirects as {@link #open} does. */
    public Page submit(Page page, Map<String, String> fields, String until) throws IOException, InterruptedException {
        String body = fields.entrySet().stream()
                .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
                .collect(Collectors.joining("&"));
        return follow(
                HttpRequest.newBuilder(page.formAddress())
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(body)),
                until);
    }

    /** The client with the cookies of this person, for requests that are no pages. */
    public HttpClient client() {
        return client;
    }

    @Override
    public void close() {
        client.close();
    }

    private Page follow(HttpRequest.Builder first, String until) throws IOException, InterruptedException {
        HttpRequest request = first.timeout(Duration.ofSeconds(30)).build();
        for (int i = 0; i < REDIRECTS; i++) {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            var location = answer.headers().firstValue("Location");
            if (answer.statusCode() / 100 != 3 || location.isEmpty()) {
                return new Page(answer.uri(), answer.statusCode(), answer.body());
            }
            URI next = answer.uri().resolve(location.get());
            if (next.toString().startsWith(until)) {
                return new Page(next, answer.statusCode(), "");
            }
            request = HttpRequest.newBuilder(next).timeout(Duration.ofSeconds(30)).GET().build();
        }
        throw new IOException("more than " + REDIRECTS + " redirects");
    }

    /**
     * Cookies as browsers keep them on localhost: the one host for every port, and Secure ones too, since loopback counts
     * as safe. The JDK's own cookie store holds those back.
     */
    private static final class LocalCookies extends CookieHandler {
        private final Map<String, HttpCookie> cookies = new ConcurrentHashMap<>();

        @Override
        public Map<String, List<String>> get(URI address, Map<String, List<String>> headers) {
            String pairs = cookies.values().stream()
                    .filter(cookie -> address.getPath().startsWith(cookie.getPath()))
                    .map(cookie -> cookie.getName() + "=" + cookie.getValue())
                    .collect(Collectors.joining("; "));
            return pairs.isEmpty() ? Map.of() : Map.of("Cookie", List.of(pairs));
        }

        @Override
        public void put(URI address, Map<String, List<String>> headers) {
            headers.forEach((name, lines) -> {
                if (name.equalsIgnoreCase("Set-Cookie")) {
                    lines.stream().flatMap(line -> HttpCookie.parse(line).stream()).forEach(this::keep);
                }
            });
        }

        private void keep(HttpCookie cookie) {
            if (cookie.getPath() == null) {
                cookie.setPath("/");
            }
            String key = cookie.getName() + " " + cookie.getPath();
            if (cookie.getMaxAge() == 0) {
                cookies.remove(key);
            } else {
                cookies.put(key, cookie);
            }
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
