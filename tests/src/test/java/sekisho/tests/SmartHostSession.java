package sekisho.tests;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import sekisho.tests.ScriptedSmartHost.Answer;
import sekisho.tests.ScriptedSmartHost.Stage;
import sekisho.tests.ScriptedSmartHost.Transaction;

/** One connection to a {@link ScriptedSmartHost}. */
final class SmartHostSession {
    private final ScriptedSmartHost host;
    private final InputStream in;
    private final OutputStream out;
    private final ByteArrayOutputStream chunks = new ByteArrayOutputStream();
    private final List<String> rcpts = new ArrayList<>();
    private String mail = "";

    SmartHostSession(ScriptedSmartHost host, InputStream in, OutputStream out) {
        this.host = host;
        this.in = in;
        this.out = out;
    }

    void run() throws IOException {
        answer(Stage.GREETING, "", "220 smarthost.example.co.jp ESMTP");
        while (true) {
            var line = line();
            switch (line.split("[ :]", 2)[0].toUpperCase(Locale.ROOT)) {
                case "EHLO" -> answer(Stage.EHLO, "", "250-smarthost.example.co.jp" + String.join("", host.offers().stream().map(o -> "\n250-" + o).toList())
                    + "\n250 HELP");
                case "MAIL" -> {
                    forget();
                    if (answer(Stage.MAIL, "", "250 2.1.0 ok").startsWith("250")) {
                        mail = line;
                    }
                }
                case "RCPT" -> {
                    if (answer(Stage.RCPT, Transaction.path(line), mail.isEmpty() ? "503 5.5.1 no MAIL" : "250 2.1.5 ok").startsWith("250")) {
                        rcpts.add(line);
                    }
                }
                case "DATA" -> {
                    if (rcpts.isEmpty()) {
                        say("554 5.5.1 no recipients");
                    } else if (answer(Stage.DATA, "", "354 go on").startsWith("354")) {
                        ends("DATA", text());
                    }
                }
                case "BDAT" -> chunk(line.split(" "));
                case "RSET" -> {
                    forget();
                    say("250 2.0.0 ok");
                }
                case "NOOP" -> say("250 2.0.0 ok");
                case "QUIT" -> {
                    say("221 2.0.0 bye");
                    return;
                }
                default -> say("500 5.5.2 not understood");
            }
        }
    }

    private void chunk(String[] words) throws IOException {
        int size = Integer.parseInt(words[1]);
        var told = chunks.size() == 0 ? host.next(Stage.DATA, "", "") : new Answer.Says("");
        if (!(told instanceof Answer.Says)) {
            give(told);
        }
        var octets = in.readNBytes(size);
        if (octets.length < size) {
            throw new IOException("a chunk was cut off");
        }
        chunks.write(octets);
        if (!give(told).isEmpty()) {
            forget();
        } else if (rcpts.isEmpty()) {
            say("554 5.5.1 no recipients");
        } else if (words.length > 2) {
            ends("BDAT", chunks.toByteArray());
        } else {
            say("250 2.0.0 " + size + " octets");
        }
    }

    /** What was told about any of the recipients counts, else all is well. */
    private void ends(String way, byte[] octets) throws IOException {
        Answer answer = new Answer.Says("250 2.6.0 taken");
        for (var rcpt : rcpts) {
            var told = host.next(Stage.END, Transaction.path(rcpt), "");
            if (!told.equals(new Answer.Says(""))) {
                answer = told;
            }
        }
        var reply = answer instanceof Answer.Says(var text) ? text : "";
        host.add(new Transaction(mail, List.copyOf(rcpts), octets, way, reply));
        forget();
        give(answer);
    }

    private void forget() {
        mail = "";
        rcpts.clear();
        chunks.reset();
    }

    private String answer(Stage stage, String recipient, String usual) throws IOException {
        return give(host.next(stage, recipient, usual));
    }

    private String give(Answer answer) throws IOException {
        return switch (answer) {
            case Answer.Says(var reply) -> {
                say(reply);
                yield reply;
            }
            case Answer.Drops() -> throw new IOException("dropped");
            case Answer.Stalls() -> {
                in.transferTo(OutputStream.nullOutputStream());
                throw new IOException("the client left");
            }
        };
    }

    private void say(String reply) throws IOException {
        if (!reply.isEmpty()) {
            out.write((reply.replace("\n", "\r\n") + "\r\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }

    private byte[] text() throws IOException {
        var text = new ByteArrayOutputStream();
        while (true) {
            var line = octetsOfLine();
            if (line.length == 3 && line[0] == '.') {
                return text.toByteArray();
            }
            int from = line[0] == '.' ? 1 : 0;
            text.write(line, from, line.length - from);
        }
    }

    private String line() throws IOException {
        return new String(octetsOfLine(), StandardCharsets.UTF_8).stripTrailing();
    }

    /** Up to and with CRLF: a CR or LF alone ends nothing. */
    private byte[] octetsOfLine() throws IOException {
        var line = new ByteArrayOutputStream();
        int before = 0;
        for (int octet = in.read(); ; octet = in.read()) {
            if (octet < 0) {
                throw new IOException("the client left");
            }
            line.write(octet);
            if (octet == '\n' && before == '\r') {
                return line.toByteArray();
            }
            before = octet;
        }
    }
}
