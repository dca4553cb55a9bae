package sekisho.gateway.policy;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.nodes.Node;

/** Reads what a rule decides. */
final class ThenReader {

    static final Set<String> KEYS = Set.of("attachments", "hold", "expires", "downloads", "notice", "signed", "encrypted",
        "password-protected", "unknown-protection", "unscanned", "password-mail", "forwarded", "names");
    private static final Duration LONGEST_HOLD = Duration.ofDays(7);
    private static final Duration LONGEST_LIFE = Duration.ofDays(365);

    private final PolicyYaml yaml;

    ThenReader(PolicyYaml yaml) {
        this.yaml = yaml;
    }

    Then read(Node node) {
        yaml.named(node, "'then'").forEach((key, value) -> {
            if (key.equals("infected")) {
                throw yaml.fault(value, "'infected' is not for choosing: what carries malware is always refused");
            }
        });
        var then = yaml.fields(node, "'then'", KEYS);
        return new Then(
            PolicyYaml.optional(then, "attachments", n -> yaml.choice(n, Attachments.class)),
            PolicyYaml.optional(then, "hold", this::hold),
            PolicyYaml.optional(then, "expires", n -> yaml.duration(n, Duration.ofSeconds(1), LONGEST_LIFE)),
            PolicyYaml.optional(then, "downloads", this::downloads),
            PolicyYaml.optional(then, "notice", n -> yaml.choice(n, Map.of("true", true, "false", false))),
            PolicyYaml.optional(then, "signed", n -> yaml.choice(n, Then.Signed.class)),
            PolicyYaml.optional(then, "encrypted", n -> yaml.choice(n, Then.Encrypted.class)),
            PolicyYaml.optional(then, "password-protected", n -> yaml.choice(n, Attachments.class)),
            PolicyYaml.optional(then, "unknown-protection", n -> yaml.choice(n, Attachments.class)),
            PolicyYaml.optional(then, "unscanned", n -> yaml.choice(n, Then.Unscanned.class)),
            PolicyYaml.optional(then, "password-mail", n -> yaml.choice(n, PasswordMail.class)),
            PolicyYaml.optional(then, "forwarded", n -> yaml.choice(n, Forwarded.class)),
            PolicyYaml.optional(then, "names", n -> yaml.choice(n, Names.class)));
    }

    private Duration hold(Node node) {
        return switch (yaml.scalar(node)) {
            case "none" -> Duration.ZERO;
            case "approval" -> throw yaml.fault(node, "'hold: approval' is reserved for a later version; give 'none' or a time such as 5m");
            default -> yaml.duration(node, Duration.ofSeconds(1), LONGEST_HOLD);
        };
    }

    private int downloads(Node node) {
        if (!yaml.scalar(node).matches("[0-9]{1,4}") || Integer.parseInt(yaml.scalar(node)) < 1) {
            throw yaml.fault(node, "'downloads' is a whole number from 1 to 9999");
        }
        return Integer.parseInt(yaml.scalar(node));
    }
}
