package sekisho.tests.mail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import sekisho.embedded.Escaped;
import sekisho.tests.ScriptedSmartHost.Answer;
import sekisho.tests.ScriptedSmartHost.Stage;

/**
 * A pitfall as a folder {@code NN-short-name}: {@code case.yaml} and what is sent: messages {@code *.eml}, octet for octet, or
 * {@code *.lines} ({@link Escaped#lines}), or dialogues {@code *.smtp} ({@link Dialogue}). A message may quote what the first of them
 * became ({@link Quoted}). In {@code case.yaml}:
 * <pre>
 * what: one sentence, the behaviour
 * sends:                    one or more; what stands beside it holds for all of them
 *   - house: first          which installation, see {@link Houses}; first unless said
 *     message: message.eml  what is sent; this unless said
 *     dialogue: a.smtp      a script instead of it
 *     from: a@example.co.jp reverse-path; hanako@example.co.jp unless said, "" for the null one
 *     mail: BODY=8BITMIME   parameters of MAIL
 *     to: [a@link.example]  recipients, or a map of each to its parameters of RCPT
 *     chunk: 700            BDAT with so many octets a chunk instead of DATA
 *     next: { "RCPT a@link.example": ["450 4.2.0 busy"], END: [drop] }   what the smart host does, see {@link sekisho.tests.ScriptedSmartHost}
 *     reply: 250 2.6.0      how the last reply begins
 *     replies: text         what the last reply holds
 *     accepted: 1           how many deliveries it makes; unless said, 1 for a reply 250 and else 0
 *     arrives: { a@link.example: [link, no file] }                       what is true of what arrives, see {@link Arrival}
 *     files: [{ name: a.pdf, type: application/pdf, octets: 3, sha256: ... }]  all that were found, in order
 *     written: { "x.zip": "../x.zip" }   what the record of a file keeps of how its sender wrote the name
 *     outbox: [ORIGINAL SENT]   what has become of the copies and reports in the end, sorted
 *     copies: { a@link.example: 2 }  how often the smart host got to the end of whose copy; unless said, once for each of {@code to}, and of
 *                                    a dialogue once for each of {@code arrives}
 * </pre>
 */
record Case(int number, String name, Path folder, String what, List<Send> sends) {

    private static final Set<String> KEYS = Set.of("house", "message", "dialogue", "from", "mail", "to", "chunk", "next", "reply", "replies", "accepted",
        "arrives", "files", "written", "outbox", "copies");

    record Send(String house, String message, String dialogue, String from, String mail, Map<String, String> to, int chunk, List<Told> next, String reply,
            String replies, int accepted, Map<String, List<Check>> arrives, Optional<List<FoundFile>> files, Map<String, Object> written,
            Optional<List<String>> outbox, Map<String, Integer> copies) {
    }

    /** What the smart host is told. */
    record Told(Stage stage, String recipient, List<Answer> answers) {
    }

    /** One thing that is true of what arrives. @param value empty text when the name says it all */
    record Check(String name, Object value) {
    }

    record FoundFile(String name, String type, long octets, String sha256) {
    }

    static Case read(Path folder) throws IOException {
        var name = folder.getFileName().toString();
        if (!name.matches("[0-9]{2}-[a-z0-9-]+")) {
            throw new IllegalArgumentException("a case is a folder NN-short-name, not " + name);
        }
        try {
            Map<String, Object> top = map(new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(folder.resolve("case.yaml"))));
            var sends = new ArrayList<Send>();
            for (var item : list(top.getOrDefault("sends", List.of(Map.of())))) {
                var all = new LinkedHashMap<>(top);
                all.keySet().removeAll(Set.of("what", "sends"));
                all.putAll(map(item));
                sends.add(send(all));
            }
            return new Case(Integer.parseInt(name.substring(0, 2)), name, folder, text(top, "what", ""), List.copyOf(sends));
        } catch (RuntimeException wrong) {
            throw new IllegalArgumentException(name + "/case.yaml: " + wrong.getMessage(), wrong);
        }
    }

    /** The message as it is sent; empty when there is none beside a dialogue. */
    byte[] message(Send send) throws IOException {
        var file = folder.resolve(send.message());
        if (!send.dialogue().isEmpty() && !Files.exists(file)) {
            return new byte[0];
        }
        return send.message().endsWith(".lines") ? Escaped.lines(Files.readString(file)) : Files.readAllBytes(file);
    }

    private static Send send(Map<String, Object> all) {
        for (var key : all.keySet()) {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException("unknown key " + key);
            }
        }
        var reply = text(all, "reply", "250 2.6.0");
        var dialogue = text(all, "dialogue", "");
        int accepted = Integer.parseInt(text(all, "accepted", dialogue.isEmpty() && reply.startsWith("250") ? "1" : "0"));
        var arrives = new LinkedHashMap<String, List<Check>>();
        map(all.getOrDefault("arrives", Map.of())).forEach((who, checks) -> arrives.put(who, list(checks).stream().map(Case::check).toList()));
        var files = Optional.ofNullable(all.get("files")).map(found -> list(found).stream().map(Case::file).toList());
        var to = recipients(all.getOrDefault("to", List.of()));
        return new Send(text(all, "house", "first"), text(all, "message", "message.eml"), dialogue, text(all, "from", "hanako@example.co.jp"), text(all, "mail", ""),
            to, Integer.parseInt(text(all, "chunk", "0")), told(map(all.getOrDefault("next", Map.of()))), reply,
            text(all, "replies", ""), accepted, arrives, files, map(all.getOrDefault("written", Map.of())),
            Optional.ofNullable(all.get("outbox")).map(rows -> list(rows).stream().<String>map(String::valueOf).toList()),
            copies(accepted == 0 ? Set.of() : dialogue.isEmpty() ? to.keySet() : arrives.keySet(), map(all.getOrDefault("copies", Map.of()))));
    }

    private static Map<String, Integer> copies(Set<String> once, Map<String, Object> said) {
        var copies = new TreeMap<String, Integer>();
        once.forEach(recipient -> copies.put(recipient, 1));
        said.forEach((recipient, number) -> copies.put(recipient, Integer.parseInt(number.toString())));
        copies.values().removeIf(number -> number == 0);
        return copies;
    }

    private static Map<String, String> recipients(Object to) {
        var recipients = new LinkedHashMap<String, String>();
        if (to instanceof Map<?, ?>) {
            map(to).forEach((address, parameters) -> recipients.put(address, parameters == null ? "" : parameters.toString()));
        } else {
            list(to).forEach(address -> recipients.put(address.toString(), ""));
        }
        return recipients;
    }

    private static List<Told> told(Map<String, Object> next) {
        return next.entrySet().stream().map(each -> {
            var words = each.getKey().split(" ");
            return new Told(Stage.valueOf(words[0]), words.length > 1 ? words[1] : "", list(each.getValue()).stream().map(Case::answer).toList());
        }).toList();
    }

    private static Answer answer(Object text) {
        return switch (text.toString()) {
            case "drop" -> new Answer.Drops();
            case "stall" -> new Answer.Stalls();
            default -> new Answer.Says(text.toString());
        };
    }

    private static Check check(Object check) {
        if (check instanceof Map<?, ?>) {
            var entry = map(check).entrySet().iterator().next();
            return new Check(entry.getKey(), entry.getValue());
        }
        return new Check(check.toString(), "");
    }

    private static FoundFile file(Object found) {
        var file = map(found);
        return new FoundFile(text(file, "name", ""), text(file, "type", ""), Long.parseLong(text(file, "octets", "-1")), text(file, "sha256", ""));
    }

    private static String text(Map<String, Object> map, String key, String otherwise) {
        var value = map.get(key);
        return value == null ? otherwise : value.toString();
    }

    static List<?> list(Object value) {
        return value instanceof List<?> list ? list : List.of(value);
    }

    private static Map<String, Object> map(Object value) {
        var map = new LinkedHashMap<String, Object>();
        ((Map<?, ?>) value).forEach((key, each) -> map.put(key.toString(), each));
        return map;
    }
}
