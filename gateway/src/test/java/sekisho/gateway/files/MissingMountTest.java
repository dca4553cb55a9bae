package sekisho.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agroal.api.AgroalDataSource;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import sekisho.gateway.Mail;
import sekisho.gateway.TestServers;
import sekisho.gateway.keys.KeyRing;
import sekisho.storage.ObjectMissingException;
import sekisho.storage.StoreException;

@QuarkusTest
@QuarkusTestResource(TestServers.class)
class MissingMountTest {

    @Inject
    Mail mail;
    @Inject
    KeyRing keys;
    @Inject
    AgroalDataSource database;

    private static StoreConfig config(Map<String, String> settings) {
        return new SmallRyeConfigBuilder().addDefaultInterceptors().withMapping(StoreConfig.class)
            .withSources(new PropertiesConfigSource(settings, "test", 100)).addDiscoveredConverters().build().getConfigMapping(StoreConfig.class);
    }

    @Test
    void theEmptyFolderOfAMountThatIsMissingAtTheStartIsWaitedAt() throws Exception {
        var file = mail.send("hanako@example.co.jp", List.of("taro@partner.example"), "content".getBytes()).files().getFirst();
        var mountPoint = Files.createTempDirectory(TestServers.folder, "mount-point");
        var vault = new Vault(config(Map.of("gateway.store.directory", mountPoint.toString())), keys, database);
        vault.start(new StartupEvent());
        assertThatThrownBy(() -> vault.store().check()).isInstanceOf(StoreException.class).hasMessageContaining(mountPoint + " has no folder \"objects\"");
        assertThatThrownBy(() -> vault.deleteFile(file)).as("else its removal would be recorded").isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> vault.store().read("f/" + file, 0, 1)).isInstanceOf(StoreException.class).isNotInstanceOf(ObjectMissingException.class);
        assertThat(mountPoint).isEmptyDirectory();
        Files.createSymbolicLink(mountPoint.resolve("objects"), TestServers.folder.resolve("store/objects"));
        vault.store().check();
        assertThat(vault.store().read("f/" + file, 0, 1).readAllBytes()).hasSize(1);
    }
}
