package sekisho.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import sekisho.tests.House;
import sekisho.tests.UsesTheHouse;
import sekisho.tests.Visitor;

/** What somebody tries at the pages who means no good. */
@UsesTheHouse
class WebAbuseTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    /** The default of web.upload.per-person. */
    private static final int UPLOADS_OF_ONE_PERSON = 6;

    private static final String IN_BROKEN_FORMS = "typedByAStranger";
    private static final String PART = "--b\r\nContent-Disposition: form-data; name=\"next\"";
    /** Body, and its type. */
    private static final Map<String, String> BROKEN_FORMS = Map.of(
        "next=/" + IN_BROKEN_FORMS + "%zz", "application/x-www-form-urlencoded",
        "next=%" + IN_BROKEN_FORMS, "application/x-www-form-urlencoded; charset=" + IN_BROKEN_FORMS,
        PART + "\r\nContent-Type: text/plain; charset=" + IN_BROKEN_FORMS + "\r\n\r\n/\r\n--b--\r\n", "multipart/form-data; boundary=b",
        PART + "\r\nContent-Transfer-Encoding: base64\r\n\r\nabcde\r\n--b--\r\n", "multipart/form-data; boundary=b",
        PART + "; filename*=utf-8''" + IN_BROKEN_FORMS + "%zz\r\n\r\n/\r\n--b--\r\n", "multipart/form-data; boundary=b",
        "--b\r\n" + IN_BROKEN_FORMS + "\r\n\r\n/", "multipart/form-data; boundary=b",
        PART + "\r\n\r\n" + IN_BROKEN_FORMS, "multipart/form-data; boundary=b",
        IN_BROKEN_FORMS, "multipart/form-data; boundary=");

    private final House house = House.open();
    private final HttpClient stranger = HttpClient.newHttpClient();

    @Test
    void aCopyOfASessionsCookieIsWorthNothingAfterSigningOut() throws Exception {
        try (var hanako = new Visitor(house, "hanako")) {
            assertThat(hanako.opens("/sent").status()).isEqualTo(200);
            var copy = hanako.cookies(house.web() + "/sent");
            assertThat(get("/sent", copy).statusCode()).isEqualTo(200);

            assertThat(hanako.posts("/sign-out", Map.of(), house.web()).statusCode()).isEqualTo(303);

            assertThat(get("/sent", copy).headers().firstValue("Location")).hasValueSatisfying(
                location -> assertThat(location).contains("/realms/sekisho/"));
            assertThat(post("/sent/" + UUID.randomUUID() + "/revoke", copy, "").headers().firstValue("Location")).hasValueSatisfying(
                location -> assertThat(location).contains("/realms/sekisho/"));
            assertThat(hanako.opens("/sent").status()).as("signed in anew").isEqualTo(200);
        }
    }

    @Test
    void aSignInNeverLeadsToAHostThatARequestNames() throws Exception {
        for (var path : List.of("/sent", "/admin", "/sign-in")) {
            var answer = raw("GET " + path + " HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
            assertThat(answer).as(path).startsWith("HTTP/1.1 302 ")
                .contains("redirect_uri=" + URLEncoder.encode(house.web(), StandardCharsets.UTF_8)).doesNotContain("redirect_uri=http%3A%2F%2Fevil");
        }
    }

    @Test
    void aFormOfThousandsOfFieldsIsRefusedAndNoFaultOfOurs() throws Exception {
        var fields = new TreeMap<String, String>();
        IntStream.range(0, 1_100).forEach(i -> fields.put("f" + i, "x"));
        try (var hanako = new Visitor(house, "hanako")) {
            hanako.opens("/sent");
            assertThat(hanako.posts("/sign-out", fields, house.web()).statusCode()).isEqualTo(400);
        }
    }

    @Test
    void aFormThatCannotBeDecodedIsRefusedAndNoFaultOfOurs() throws Exception {
        try (var hanako = new Visitor(house, "hanako"); var responder = new Visitor(house, "responder")) {
            hanako.opens("/sent");
            responder.opens("/admin");
            var id = UUID.randomUUID();
            var people = Map.of("/language", "", "/sign-out", "", "/sent/" + id + "/cancel", hanako.cookies(house.web() + "/sent"),
                "/admin/sign-out", responder.cookies(house.web() + "/admin"),
                "/admin/deliveries/" + id + "/destroy", responder.cookies(house.web() + "/admin"));
            for (var form : people.entrySet()) {
                for (var broken : BROKEN_FORMS.entrySet()) {
                    assertThat(post(form.getKey(), form.getValue(), broken.getValue(), broken.getKey()).statusCode())
                        .as(form.getKey() + " " + broken).isEqualTo(400);
                }
            }
        }
        assertThat(house.logs()).doesNotContain(IN_BROKEN_FORMS);
    }

    @Test
    void theMetricsNameNoPathThatAVisitorMadeUp() throws Exception {
        var id = UUID.randomUUID();
        for (var path : List.of("/rnd0", "/sent/" + id + "/cancel", "/d/" + id, "/%7Bx%7D", "/admin/rnd1")) {
            post(path, "", "https://evil.example");
            get(path, "");
        }
        var metrics = stranger.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + house.stage().ports().health() + "/metrics")).build(),
            HttpResponse.BodyHandlers.ofString()).body();
        assertThat(metrics).contains("uri=\"/other\"", "uri=\"/sent/{id}/{action}\"", "sekisho_held").doesNotContain("rnd0", "rnd1", id.toString(), "uri=\"/{x}");
    }

    @Test
    void uploadsThatOneSenderLetsHangStopOnlyThatSender() throws Exception {
        try (var hanako = new Visitor(house, "hanako"); var ichiro = new Visitor(house, "ichiro")) {
            hanako.opens("/send");
            ichiro.opens("/send");
            var hers = hanako.cookies(house.web() + "/send");
            var hanging = new ArrayList<Socket>();
            try {
                for (int i = 0; i < UPLOADS_OF_ONE_PERSON; i++) {
                    hanging.add(hangs(hers));
                }
                await().atMost(PATIENCE).untilAsserted(() -> {
                    var answer = sendsNothing(hers);
                    int status = answer.statusCode();
                    if (status != 429) {
                        hanging.add(hangs(hers));   // our question may have taken the place of one of them
                    }
                    assertThat(status).isEqualTo(429);
                    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
                });
                assertThat(sendsNothing(ichiro.cookies(house.web() + "/send")).statusCode()).as("another sender").isEqualTo(422);
            } finally {
                for (var socket : hanging) {
                    socket.close();
                }
            }
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(sendsNothing(hers).statusCode()).as("when hers have ended").isEqualTo(422));
        }
    }

    /** Begins an upload and never ends it. */
    private Socket hangs(String cookies) throws IOException {
        var socket = new Socket("localhost", house.stage().ports().web());
        socket.getOutputStream().write(("POST /send HTTP/1.1\r\nHost: localhost\r\nOrigin: " + house.web() + "\r\nCookie: " + cookies
            + "\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n\r\n--b\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** A whole form without recipients and files: 422 once it is read. */
    private HttpResponse<String> sendsNothing(String cookies) throws IOException, InterruptedException {
        return stranger.send(HttpRequest.newBuilder(URI.create(house.web() + "/send")).header("Origin", house.web()).header("Cookie", cookies)
            .header("Content-Type", "multipart/form-data; boundary=b").POST(HttpRequest.BodyPublishers.ofString(
                "--b\r\nContent-Disposition: form-data; name=\"recipients\"\r\n\r\n\r\n--b--\r\n")).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path, String cookies) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(house.web() + path));
        return stranger.send((cookies.isEmpty() ? request : request.header("Cookie", cookies)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** @param origin empty for our own */
    private HttpResponse<String> post(String path, String cookies, String origin) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(house.web() + path)).header("Origin", origin.isEmpty() ? house.web() : origin)
            .header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.noBody()), cookies);
    }

    private HttpResponse<String> post(String path, String cookies, String type, String body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(house.web() + path)).header("Origin", house.web()).header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofString(body)), cookies);
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String cookies) throws IOException, InterruptedException {
        return stranger.send((cookies.isEmpty() ? request : request.header("Cookie", cookies)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private String raw(String request) throws IOException {
        try (var socket = new Socket("localhost", house.stage().ports().web())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
