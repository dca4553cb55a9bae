package sekisho.gateway.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownSettingsTest {

    private final KnownSettings known = new KnownSettings(
        List.of("gateway.hold.window", "gateway.store.s3.endpoint", "mail-hook.domains.*", "mail-hook.hosts[*].name", "mail-hook.networks"));

    @Test
    void aMisspeltKeyIsFoundInFilesAndInTheEnvironment() {
        assertThat(known.unknown(List.of("gateway.hold.window", "gateway.hold.widow", "mailhook.networks", "web.port")))
            .containsExactly("gateway.hold.widow", "web.port");
        assertThat(known.unknownVariables(List.of("GATEWAY_HOLD_WINDOW", "GATEWAY_HOLD_WIDOW", "MAIL_HOOK_NETWORK", "PATH", "HOME")))
            .containsExactly("GATEWAY_HOLD_WIDOW", "MAIL_HOOK_NETWORK");
    }

    @Test
    void keysOfMapsAndListsAreKnown() {
        assertThat(known.unknown(List.of("mail-hook.domains.\"example.co.jp\"", "mail-hook.domains.example", "mail-hook.hosts[0].name"))).isEmpty();
        assertThat(known.unknownVariables(List.of("MAIL_HOOK_DOMAINS_EXAMPLE", "MAIL_HOOK_DOMAINS__EXAMPLE_CO_JP_", "MAIL_HOOK_HOSTS_0__NAME")))
            .isEmpty();
        assertThat(known.unknown(List.of("mail-hook.hosts[0].nam", "mail-hook.domains"))).hasSize(2);
    }

    @Test
    void whatBelongsToTheFrameworkOrToKubernetesIsLeftAlone() {
        assertThat(known.unknown(List.of("quarkus.http.port", "java.home", "webx", "adminx.y"))).isEmpty();
        assertThat(known.unknownVariables(List.of("WEB_SERVICE_HOST", "WEB_SERVICE_PORT_HTTP", "WEB_PORT", "WEB_PORT_8080_TCP",
            "WEB_PORT_8080_TCP_ADDR", "QUARKUS_HTTP_PORT"))).isEmpty();
    }

    @Test
    void theKeyThatWasProbablyMeantIsNamed() {
        assertThat(known.nearest("gateway.hold.widow")).contains("gateway.hold.window");
        assertThat(known.nearest("GATEWAY_STORE_S3_ENDPONT")).contains("gateway.store.s3.endpoint");
        assertThat(known.nearest("gateway.colour")).isEmpty();
    }

    @Test
    void aKeyThatWasRenamedIsNamedByItsNewName() {
        assertThat(KnownSettings.newName("mail-hook.listener.port")).contains("mail-hook.listeners.hook.port");
        assertThat(KnownSettings.newName("mail-hook.listener.drain")).contains("mail-hook.drain");
        assertThat(KnownSettings.newName("mail-hook.listener.tls-required")).contains("mail-hook.listeners.hook.tls");
        assertThat(KnownSettings.newName("MAIL_HOOK_LISTENER_TRUSTED_NETWORKS")).contains("MAIL_HOOK_LISTENERS_HOOK_TRUSTED_NETWORKS");
        assertThat(KnownSettings.newName("mail-hook.listeners.hook.prot")).isEmpty();
    }

    @Test
    void ofAMapThoseKeysAreShownThatWereGiven() {
        var keys = List.of("mail-hook.listeners.b.port", "mail-hook.listeners.*.port", "mail-hook.listeners.a.tls", "mail-hook.drain",
            "mail-hook.mailboxes.\"sales@example.co.jp\"");
        assertThat(KnownSettings.given("mail-hook.listeners.*.port", keys)).containsExactly("mail-hook.listeners.a.port", "mail-hook.listeners.b.port");
        assertThat(KnownSettings.given("mail-hook.mailboxes.*", keys)).containsExactly("mail-hook.mailboxes.\"sales@example.co.jp\"");
        assertThat(KnownSettings.given("mail-hook.routes.*.port", keys)).isEmpty();
        assertThat(KnownSettings.given("mail-hook.hosts[*].name", List.of("mail-hook.hosts[0].name", "mail-hook.hosts[1].port")))
            .containsExactly("mail-hook.hosts[0].name");
        assertThat(KnownSettings.given("mail-hook.drain", List.of())).containsExactly("mail-hook.drain");
    }

    @Test
    void whatIsPrintedHoldsNoSecretAndNoSecondLine() {
        var values = Map.of("gateway.a.endpoint", "https://user:geheim@host/x", "gateway.a.access-key", "geheim", "gateway.a.name", "x\ny",
            "gateway.a.mailboxes.\"sales@example.co.jp\"", "hanako@example.co.jp");
        assertThat(Settings.print("gateway.a", new java.util.TreeSet<>(Set.of("gateway.a.endpoint", "gateway.a.access-key", "gateway.a.name",
            "gateway.a.unset", "gateway.a.mailboxes.\"sales@example.co.jp\"")), values::get)).isEqualTo("access-key=(hidden), endpoint=https://(hidden)@host/x, name=x y");
    }

    @Test
    void aSecretComesFromItsFileWithoutTheLineEndAndAMissingOneIsNamed(@TempDir Path folder) throws Exception {
        assertThat(FileSecrets.read(Files.writeString(folder.resolve("a"), "s3cret \r\n"))).isEqualTo("s3cret");
        assertThatThrownBy(() -> FileSecrets.read(folder.resolve("none"))).hasMessageContaining(folder.resolve("none").toString());
        assertThatThrownBy(() -> FileSecrets.read(Files.writeString(folder.resolve("b"), "\n"))).hasMessageContaining("is empty");
    }

    @Test
    void aSecretThatEverybodyMayReadIsToldOf(@TempDir Path folder) throws Exception {
        var file = Files.writeString(folder.resolve("secret"), "s3cret");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        for (var setting : List.of("gateway.database.password-file", "gateway.store.s3.secret-key-file", "web.sign-in.client-secret-file",
                "mail-hook.routes.a.password-file", "mail-hook.listeners.hook.certificate-key")) {
            assertThat(SecretFiles.warning(setting, file.toString())).get().asString().contains(setting, "chmod 600 " + file).doesNotContain("s3cret");
        }
        assertThat(SecretFiles.warning("gateway.keys.files", file.toString())).as("a public half").isEmpty();
        assertThat(SecretFiles.warning("gateway.database.password-file", folder.resolve("none").toString())).isEmpty();
        for (var mode : List.of("rw-------", "rw-r-----")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
            assertThat(SecretFiles.warning("gateway.database.password-file", file.toString())).as(mode).isEmpty();
        }
    }
}
