package sekisho.tests;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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
    private static final int MIDDLE_OCTETS = 128 << 10;

    private final ScriptedSmartHost host;
    private final BufferedInputStream in;
    private final OutputStream out;
    private final ByteArrayOutputStream chunks = new ByteArrayOutputStream();
    private final List<String> rcpts = new ArrayList<>();
    private String mail = "";

    SmartHostSession(ScriptedSmartHost host, BufferedInputStream in, OutputStream out) {
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
        boolean first = chunks.size() == 0;
        var told = first ? host.next(Stage.DATA, "", "") : new Answer.Says("");
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
            var usual = "250 2.0.0 " + size + " octets";
            if (!(first ? answer(Stage.TEXT, "", usual) : give(new Answer.Says(usual))).startsWith("250")) {
                forget();
            }
        }
    }

    /** What a server that ends in the middle of a text was told to say it says without having read the rest. */
    private void middle() throws IOException {
        var told = host.next(Stage.TEXT, "", "");
        if (told.equals(new Answer.Says(""))) {
            return;
        }
        switch (told) {
            case Answer.Says(var reply) -> say(reply);
            case Answer.Drops() -> { }
            case Answer.Stalls() -> {
                try {
                    host.awaitForgetting();
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                }
            }
            case Answer.Late _ -> throw new IllegalArgumentException("in the middle of DATA nobody waits for an answer");
        }
        throw new IOException("ended in the middle of a text");
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
        var reply = switch (answer) {
            case Answer.Says(var text) -> text;
            case Answer.Late(var text) -> text;
            case Answer.Drops(), Answer.Stalls() -> "";
        };
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
            case Answer.Late(var reply) -> {
                in.mark(1);
                if (in.read() >= 0) {
                    in.reset();
                }
                say(reply);
                yield reply;
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
            int before = text.size();
            int from = line[0] == '.' ? 1 : 0;
            text.write(line, from, line.length - from);
            if (before < MIDDLE_OCTETS && text.size() >= MIDDLE_OCTETS) {
                middle();
            }
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
