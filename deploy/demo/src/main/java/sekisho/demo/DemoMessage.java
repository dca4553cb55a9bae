package sekisho.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** The message of the demo: text and HTML, a spreadsheet with a Japanese name, and a PDF. */
final class DemoMessage {
    static final String SENDER = "hanako@example.co.jp";
    static final List<String> RECIPIENTS = List.of("taro@partner.example", "jiro@other.example");
    private static final String CSV = """
            品名,数量,単価,金額
            茶碗,120,850,102000
            急須,40,3200,128000
            合計,,,230000
            """.replace("\n", "\r\n");

    private DemoMessage() {}

    /** Its octets, with CRLF at every line's end. */
    static byte[] write(ZonedDateTime now, String id) {
        String outer = "=_demo_outer_" + id;
        String inner = "=_demo_inner_" + id;
        return String.join("\r\n",
                "Date: " + now.format(DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ENGLISH)),
                "From: " + word("田中 花子") + " <" + SENDER + ">",
                "To: " + word("山田 太郎") + " <" + RECIPIENTS.get(0) + ">, " + word("中村 次郎") + " <" + RECIPIENTS.get(1) + ">",
                "Subject: " + word("お見積りの件"),
                "Message-ID: <" + id + "@example.co.jp>",
                "MIME-Version: 1.0",
                "Content-Type: multipart/mixed; boundary=\"" + outer + "\"",
                "",
                "--" + outer,
                "Content-Type: multipart/alternative; boundary=\"" + inner + "\"",
                "",
                "--" + inner,
                "Content-Type: text/plain; charset=utf-8",
                "Content-Transfer-Encoding: base64",
                "",
                base64("山田様、中村様\r\n\r\nお見積りと図面をお送りします。ご確認ください。\r\n\r\n田中\r\n".getBytes(StandardCharsets.UTF_8)),
                "--" + inner,
                "Content-Type: text/html; charset=utf-8",
                "Content-Transfer-Encoding: base64",
                "",
                base64("<html><body><p>山田様、中村様</p><p>お見積りと図面をお送りします。ご確認ください。</p><p>田中</p></body></html>\r\n"
                        .getBytes(StandardCharsets.UTF_8)),
                "--" + inner + "--",
                "",
                "--" + outer,
                "Content-Type: text/csv; charset=utf-8",
                "Content-Transfer-Encoding: base64",
                "Content-Disposition: attachment;",
                " filename*=utf-8''%E3%81%8A%E8%A6%8B%E7%A9%8D%E3%82%8A%E2%91%A0.csv",
                "",
                base64(("\ufeff" + CSV).getBytes(StandardCharsets.UTF_8)),
                "--" + outer,
                "Content-Type: application/pdf; name=\"drawing.pdf\"",
                "Content-Transfer-Encoding: base64",
                "Content-Disposition: attachment; filename=\"drawing.pdf\"",
                "",
                base64(pdf()),
                "--" + outer + "--",
                "").getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Hands a message over by SMTP.
     *
     * @throws IOException when the server can't be reached or says anything but yes; its words are in the message
     */
    static void send(int port, byte[] message) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port);
                var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                var out = socket.getOutputStream()) {
            socket.setSoTimeout(60_000);
            expect(in, '2');
            say(out, in, "EHLO mail.example.co.jp", '2');
            say(out, in, "MAIL FROM:<" + SENDER + ">", '2');
            for (String recipient : RECIPIENTS) {
                say(out, in, "RCPT TO:<" + recipient + ">", '2');
            }
            say(out, in, "DATA", '3');
            out.write(message); // no line of it begins with a dot
            say(out, in, ".", '2');
            say(out, in, "QUIT", '2');
        }
    }

    private static void say(OutputStream out, BufferedReader in, String line, char expected) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
        expect(in, expected);
    }

    private static void expect(BufferedReader in, char first) throws IOException {
        String line;
        do {
            line = in.readLine();
            if (line == null || line.charAt(0) != first) {
                throw new IOException("the SMTP server said: " + line);
            }
        } while (line.length() > 3 && line.charAt(3) == '-');
    }

    /** RFC 2047. */
    private static String word(String text) {
        return "=?utf-8?B?" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) + "?=";
    }

    private static String base64(byte[] octets) {
        return Base64.getMimeEncoder(76, new byte[] {'\r', '\n'}).encodeToString(octets);
    }

    /** One page with a house of lines on it; offsets in the cross-reference table are counted, as readers demand. */
    private static byte[] pdf() {
        String drawing = "2 w 100 500 200 150 re S 100 650 m 200 740 l 300 650 l S 180 500 40 80 re S "
                + "BT /F1 18 Tf 100 450 Td (Sekisho demo: drawing 1) Tj ET";
        var objects = List.of(
                "<< /Type /Catalog /Pages 2 0 R >>",
                "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
                        + "/Resources << /Font << /F1 5 0 R >> >> >>",
                "<< /Length " + drawing.length() + " >>\nstream\n" + drawing + "\nendstream",
                "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
        var file = new StringBuilder("%PDF-1.4\n");
        var table = new StringBuilder("xref\n0 " + (objects.size() + 1) + "\n0000000000 65535 f \n");
        for (int i = 0; i < objects.size(); i++) {
            table.append(String.format(Locale.ROOT, "%010d 00000 n \n", file.length()));
            file.append(i + 1).append(" 0 obj\n").append(objects.get(i)).append("\nendobj\n");
        }
        int start = file.length();
        file.append(table).append("trailer\n<< /Size ").append(objects.size() + 1).append(" /Root 1 0 R >>\nstartxref\n")
                .append(start).append("\n%%EOF\n");
        return file.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
