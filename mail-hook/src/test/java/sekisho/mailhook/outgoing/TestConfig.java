package sekisho.mailhook.outgoing;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import sekisho.mailhook.intake.MailHookConfig;

/** The configuration as the framework reads it: what must be set, and what a test sets beside. */
final class TestConfig {

    private TestConfig() {
    }

    static MailHookConfig of(Path folder, Map<String, String> more) {
        return config(folder, more).getConfigMapping(MailHookConfig.class);
    }

    static LinkBlockConfig linkBlock(Path folder, Map<String, String> more) {
        return config(folder, more).getConfigMapping(LinkBlockConfig.class);
    }

    private static SmallRyeConfig config(Path folder, Map<String, String> more) {
        var keys = new HashMap<String, String>();
        keys.put("mail-hook.host-name", "hook.example.co.jp");
        keys.put("mail-hook.spool-key", folder.resolve("spool.private").toString());
        keys.put("mail-hook.link-base", "https://files.example.co.jp");
        keys.put("mail-hook.smart-host.host", "127.0.0.1");
        keys.putAll(more);
        keys.values().removeIf(String::isEmpty);
        return new SmallRyeConfigBuilder().addDiscoveredConverters().withMapping(MailHookConfig.class).withMapping(LinkBlockConfig.class)
            .withSources(new PropertiesConfigSource(keys, "test", 100)).build();
    }
}
