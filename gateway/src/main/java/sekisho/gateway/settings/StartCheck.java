package sekisho.gateway.settings;

import io.quarkus.logging.Log;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfig;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.eclipse.microprofile.config.Config;

/**
 * Refuses to start with a setting of ours that means nothing: a misspelt key would otherwise leave its default in force, unnoticed.
 * Types and ranges are checked by the framework. Then prints what is in force, and warns of secrets that everybody may read.
 */
@ApplicationScoped
class StartCheck {

    private final SmallRyeConfig config;
    private final DatabaseConfig database;

    StartCheck(Config config, DatabaseConfig database) {
        this.config = config.unwrap(SmallRyeConfig.class);
        this.database = database;
    }

    /** Before anything listens. */
    void check(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent start) {
        var mappings = mappings();
        var known = new KnownSettings(mappings.values().stream().flatMap(names -> names.stream()).toList());
        var unknown = unknown(known);
        if (!unknown.isEmpty()) {
            throw new IllegalStateException("unknown settings: " + String.join("; ", unknown));
        }
        if (database.url().contains("password=")) {
            throw new IllegalStateException("gateway.database.url holds a password; put it into a file and name that in "
                + "gateway.database.password-file");
        }
        var given = new TreeSet<String>();   // the framework's own list of them can't be walked through twice
        config.getConfigSources().forEach(source -> given.addAll(source.getPropertyNames()));
        mappings.forEach((prefix, names) -> {
            var keys = new TreeSet<String>();
            names.forEach(name -> keys.addAll(KnownSettings.given(name, given)));
            Log.infof("%s: %s", prefix, Settings.print(prefix, keys, key -> config.getConfigValue(key).getValue()));
            keys.forEach(key -> Optional.ofNullable(config.getConfigValue(key).getValue()).flatMap(value -> SecretFiles.warning(key, value)).ifPresent(Log::warn));
        });
    }

    private List<String> unknown(KnownSettings known) {
        var messages = new ArrayList<String>();
        for (var source : config.getConfigSources()) {
            boolean environment = source instanceof EnvConfigSource;
            var names = environment ? known.unknownVariables(source.getPropertyNames()) : known.unknown(source.getPropertyNames());
            for (var name : names) {
                messages.add(name + " (" + (environment ? "environment" : source.getName()) + ")"
                    + KnownSettings.newName(name).map(now -> ", which is called " + now + " now")
                        .or(() -> known.nearest(name).map(near -> ", did you mean " + near + "?")).orElse(""));
            }
        }
        return messages;
    }

    /** The keys of every mapping of ours by its prefix. */
    private Map<String, TreeSet<String>> mappings() {
        var all = new TreeMap<String, TreeSet<String>>();
        for (var type : registered()) {
            var mapping = ConfigMappings.ConfigClass.configClass(type);
            if (KnownSettings.PREFIXES.stream().anyMatch((mapping.getPrefix() + ".")::startsWith)) {
                all.computeIfAbsent(mapping.getPrefix(), _ -> new TreeSet<>()).addAll(mapping.getProperties().keySet());
            }
        }
        return all;
    }

    /** The framework knows which mappings this runnable has, but tells nobody. */
    private Iterable<Class<?>> registered() {
        try {
            var method = SmallRyeConfig.class.getDeclaredMethod("getMappings");
            method.setAccessible(true);
            @SuppressWarnings("unchecked")
            var mappings = (Map<Class<?>, ?>) method.invoke(config);
            return mappings.keySet();
        } catch (ReflectiveOperationException changed) {
            throw new IllegalStateException("this version of SmallRye Config keeps its mappings elsewhere", changed);
        }
    }
}
