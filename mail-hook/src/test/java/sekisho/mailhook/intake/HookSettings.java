package sekisho.mailhook.intake;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;

/** The configuration as the framework reads it: what must be set, and what a test sets beside. */
public final class HookSettings {

    private HookSettings() {
    }

    /** @param keysAndValues in turn; keys without {@code mail-hook.} */
    public static MailHookConfig of(String... keysAndValues) {
        var keys = new HashMap<>(Map.of("mail-hook.host-name", "hook.example.co.jp", "mail-hook.spool-key", "spool.private", "mail-hook.link-base", "https://files.example.co.jp", "mail-hook.smart-host.host", "127.0.0.1"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            keys.put("mail-hook." + keysAndValues[i], keysAndValues[i + 1]);
        }
        return new SmallRyeConfigBuilder().addDiscoveredConverters().withMapping(MailHookConfig.class)
            .withSources(new PropertiesConfigSource(keys, "test", 100)).build().getConfigMapping(MailHookConfig.class);
    }
}
