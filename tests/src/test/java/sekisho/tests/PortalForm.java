package sekisho.tests;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The form of the upload portal, as somebody's browser sends it.
 *
 * @param pages   where the pages are, without a slash at the end
 * @param cookies of who is signed in there
 */
public record PortalForm(String pages, String cookies) {

    private static final Pattern ID = Pattern.compile("name=\"form\" value=\"([^\"]+)\"");
    private static final Pattern DELIVERY = Pattern.compile("/sent/([0-9a-f-]{36})");
    private static final int PATIENCE_MILLIS = 60_000;

    /** Opens the form, signing in when asked to. */
    public static PortalForm of(Visitor sender, String pages) throws IOException, InterruptedException {
        sender.opens("/send");
        return new PortalForm(pages, sender.cookies(pages + "/send"));
    }

    /** The id of a form that is newly shown. */
    public static String newId(Visitor sender) throws IOException, InterruptedException {
        var id = ID.matcher(sender.opens("/send").html());
        if (!id.find()) {
            throw new IllegalStateException("the form has no id");
        }
        return id.group(1);
    }

    /** One file to one recipient. @param id of the form; empty for none */
    public static byte[] body(String id, String recipient, String subject, byte[] content) {
        return body((id.isEmpty() ? "" : field("form", id)) + field("recipients", recipient) + field("subject", subject), List.of("plan.txt"), content);
    }

    /** Files of one octet to one recipient. */
    public static byte[] body(String recipient, String subject, List<String> names) {
        return body(field("recipients", recipient) + field("subject", subject), names, new byte[] {'a'});
    }

    private static byte[] body(String fields, List<String> names, byte[] content) {
        var body = new ByteArrayOutputStream();
        body.writeBytes(fields.getBytes(StandardCharsets.UTF_8));
        for (var name : names) {
            body.writeBytes(("--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"" + name + "\"\r\nContent-Type: text/plain\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
            body.writeBytes(content);
            body.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        body.writeBytes("--b--\r\n".getBytes(StandardCharsets.US_ASCII));
        return body.toByteArray();
    }

    private static String field(String name, String value) {
        return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    }

    /** Sends it at once; redirects aren't followed. */
    public HttpResponse<String> posts(byte[] body) throws IOException, InterruptedException {
        return posts(HttpRequest.BodyPublishers.ofByteArray(body));
    }

    /** As above, what is too large to be kept in memory. @param octets of {@code body} */
    public HttpResponse<String> posts(InputStream body, long octets) throws IOException, InterruptedException {
        return posts(HttpRequest.BodyPublishers.fromPublisher(HttpRequest.BodyPublishers.ofInputStream(() -> body), octets));
    }

    private HttpResponse<String> posts(HttpRequest.BodyPublisher body) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create(pages + "/send")).header("Origin", pages).header("Cookie", cookies)
                .header("Accept-Language", "en").header("Content-Type", "multipart/form-data; boundary=b")
                .POST(body).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    /** The delivery that an answer leads to; empty when it leads to none. */
    public static String delivery(HttpResponse<String> answer) {
        var id = DELIVERY.matcher(answer.headers().firstValue("Location").orElse(""));
        return answer.statusCode() == 303 && id.find() ? id.group(1) : "";
    }

    /** A connection on which the first octets of a form were sent. */
    public Half begins(byte[] body, int octets) throws IOException {
        return begins(URI.create(pages).getPort(), body, octets);
    }

    /** The same, through a proxy on this port. */
    public Half begins(int proxy, byte[] body, int octets) throws IOException {
        var socket = new Socket("localhost", proxy);
        socket.setSoTimeout(PATIENCE_MILLIS);
        var out = socket.getOutputStream();
        out.write(("POST /send HTTP/1.1\r\nHost: localhost\r\nOrigin: " + pages + "\r\nCookie: " + cookies
            + "\r\nAccept-Language: en\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(body, 0, octets);
        out.flush();
        return new Half(socket, Arrays.copyOfRange(body, octets, body.length));
    }

    /** A form that is sent in two pieces. */
    public record Half(Socket socket, byte[] rest) implements AutoCloseable {

        /** Sends the rest. @return the head of the answer */
        public String ends() throws IOException {
            socket.getOutputStream().write(rest);
            socket.getOutputStream().flush();
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            var head = new StringBuilder();
            for (var line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                head.append(line).append('\n');
            }
            return head.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
