package sekisho.demo;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import sekisho.embedded.FreePorts;

/** The ports on loopback of everything that people and programs reach. */
public record Ports(int web, int health, int smtp, int keycloak, int keycloakManagement, int mailbox, int mailboxSmtp) {

    private static final List<String> NAMES = List.of("SEKISHO_WEB_PORT", "SEKISHO_HEALTH_PORT", "SEKISHO_SMTP_PORT", "SEKISHO_KEYCLOAK_PORT",
        "SEKISHO_KEYCLOAK_MANAGEMENT_PORT", "SEKISHO_MAILBOX_PORT", "SEKISHO_MAILBOX_SMTP_PORT");

    /** Where the demo is unless the environment says otherwise, by the names that the launcher's help lists. */
    public static Ports ofDemo(Map<String, String> environment) {
        return new Ports(
                port(environment, NAMES.get(0), 8080),
                port(environment, NAMES.get(1), 9000),
                port(environment, NAMES.get(2), 2525),
                port(environment, NAMES.get(3), 8180),
                port(environment, NAMES.get(4), 9180),
                port(environment, NAMES.get(5), 2580),
                port(environment, NAMES.get(6), 2526));
    }

    /** For a test: each one free. */
    public static Ports free() {
        return new Ports(
                FreePorts.take(), FreePorts.take(), FreePorts.take(), FreePorts.take(),
                FreePorts.take(), FreePorts.take(), FreePorts.take());
    }

    /** Where browsers find the pages of the {@code all} runnable. */
    public String webUrl() {
        return "http://localhost:" + web;
    }

    /** Where browsers find the demo mailbox. */
    public String mailboxUrl() {
        return "http://localhost:" + mailbox;
    }

    /** As {@link #ofDemo} reads them, a line each, such as {@code SEKISHO_WEB_PORT=8080}. */
    public List<String> settings() {
        int[] ports = {web, health, smtp, keycloak, keycloakManagement, mailbox, mailboxSmtp};
        return IntStream.range(0, ports.length).mapToObj(i -> NAMES.get(i) + "=" + ports[i]).toList();
    }

    private static int port(Map<String, String> environment, String name, int otherwise) {
        String value = environment.getOrDefault(name, "");
        if (value.isEmpty()) {
            return otherwise;
        }
        if (!value.matches("[0-9]{1,5}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > 65_535) {
            throw new IllegalArgumentException(name + " is a port, 1 to 65535, not '" + value + "'");
        }
        return Integer.parseInt(value);
    }
}
