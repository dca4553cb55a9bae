package sekisho.demo.mailbox;

import java.util.List;
import java.util.stream.Collectors;

/** Writes the list of messages for programs. */
final class Json {
    private Json() {}

    static String of(List<StoredMessage> messages) {
        return messages.stream().map(Json::of).collect(Collectors.joining(",\n ", "[", "]\n"));
    }

    private static String of(StoredMessage message) {
        return "{\"id\": " + message.id() + ", \"arrived\": " + string(message.arrived().toString()) + ", \"from\": " + string(message.from())
                + ", \"to\": " + message.to().stream().map(Json::string).collect(Collectors.joining(", ", "[", "]"))
                + ", \"subject\": " + string(message.subject()) + ", \"octets\": " + message.octets() + "}";
    }

    private static String string(String text) {
        StringBuilder json = new StringBuilder("\"");
        text.chars().forEach(c -> {
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                default -> {
                    if (c < ' ' || Character.isSurrogate((char) c) || c == 0x2028 || c == 0x2029) {
                        json.append(String.format("\\u%04x", c));
                    } else {
                        json.append((char) c);
                    }
                }
            }
        });
        return json.append('"').toString();
    }
}
