package sekisho.tests.story;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.TARO;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sekisho.embedded.FreePorts;
import sekisho.tests.House;
import sekisho.tests.Installation;
import sekisho.tests.MailServer;
import sekisho.tests.Messages;
import sekisho.tests.Policies;
import sekisho.tests.PortalForm;
import sekisho.tests.Visitor;

/** Files larger than the heap of the process that takes them, seals them and gives them out, by mail and by the portal. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LargerThanTheHeapTest {

    /** It seals and opens 600 MB: for that the second compiler is worth its time. */
    private static final List<String> HEAP = List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=4");
    private static final Pattern FILE = Pattern.compile("/files/([0-9a-f-]{36})");
    private static final byte[] BLOCK = Messages.octets(57 << 10, 7);
    private static final int BLOCKS = (150 << 20) / BLOCK.length;
    private static final long OCTETS = (long) BLOCKS * BLOCK.length;

    private Installation installation;
    private String pages;

    @BeforeAll
    void aProcessWithASmallHeap() {
        installation = Installation.inTheHouse("larger", Policies.AT_ONCE);
        pages = House.open().takePage();
        installation.stage().start("all", "all", Map.of("pages.public-origin", pages, "mail-hook.link-base", pages,
            "quarkus.http.port", Integer.toString(URI.create(pages).getPort()), "quarkus.management.port", Integer.toString(FreePorts.take())), HEAP);
    }

    @AfterAll
    void theInstallationGoes() {
        installation.close();
    }

    private static InputStream blocks(byte[] before, byte[] block, byte[] after) {
        var blocks = IntStream.range(0, BLOCKS).mapToObj(_ -> (InputStream) new ByteArrayInputStream(block)).toList();
        return new SequenceInputStream(new ByteArrayInputStream(before),
            new SequenceInputStream(new SequenceInputStream(Collections.enumeration(blocks)), new ByteArrayInputStream(after)));
    }

    private static String hash(InputStream in) throws Exception {
        try (in; var out = new DigestOutputStream(OutputStream.nullOutputStream(), MessageDigest.getInstance("SHA-256"))) {
            assertThat(in.transferTo(out)).isEqualTo(OCTETS);
            return HexFormat.of().formatHex(out.getMessageDigest().digest());
        }
    }

    private void arrivesWhole(String subject) throws Exception {
        var token = installation.inbox().token(installation.inbox().await(TARO, subject));
        try (var taro = new Visitor(pages, "taro")) {
            var file = FILE.matcher(taro.opens("/d/" + token + "/files").html());
            assertThat(file.find()).isTrue();
            var answer = taro.gets(taro.ticket(token, file.group(1)), HttpResponse.BodyHandlers.ofInputStream());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(hash(answer.body())).isEqualTo(hash(blocks(new byte[0], BLOCK, new byte[0])));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void byMail() throws Exception {
        var lines = ascii(Base64.getMimeEncoder(76, new byte[] {'\r', '\n'}).encodeToString(BLOCK) + "\r\n");
        var before = ascii("From: " + HANAKO + "\r\nTo: " + TARO + "\r\nSubject: Large by mail\r\nMIME-Version: 1.0\r\n"
            + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nsee the file\r\n"
            + "--b\r\nContent-Type: application/octet-stream; name=large.bin\r\nContent-Disposition: attachment; filename=large.bin\r\n"
            + "Content-Transfer-Encoding: base64\r\n\r\n");
        try (var connection = new MailServer.Connection(installation.stage().ports().smtp())) {
            connection.says("EHLO mail.example.co.jp");
            assertThat(connection.says("MAIL FROM:<" + HANAKO + ">")).startsWith("250");
            assertThat(connection.says("RCPT TO:<" + TARO + ">")).startsWith("250");
            assertThat(connection.says("DATA")).startsWith("354");
            assertThat(connection.data(blocks(before, lines, ascii("--b--\r\n")))).startsWith("250 2.6.0");
        }
        arrivesWhole("Large by mail");
    }

    @Test
    void byThePortal() throws Exception {
        try (var hanako = new Visitor(pages, "hanako")) {
            var form = PortalForm.of(hanako, pages);
            var empty = new String(PortalForm.body("", TARO, "Large by the portal", new byte[0]), StandardCharsets.UTF_8);
            int middle = empty.lastIndexOf("\r\n--b--");
            var before = ascii(empty.substring(0, middle));
            var after = ascii(empty.substring(middle));
            var answer = form.posts(blocks(before, BLOCK, after), before.length + OCTETS + after.length);
            assertThat(PortalForm.delivery(answer)).as(answer.body()).isNotEmpty();
        }
        arrivesWhole("Large by the portal");
    }
}
