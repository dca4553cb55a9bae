package sekisho.tests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.embedded.Tools;

/** A role's properties are a part of {@code all}'s; where they differ, the reason stands here. */
class RunnablesTest {

    private static final Map<String, Set<String>> ONLY_HERE = Map.of(
        "web", Set.of("quarkus.application.name"),
        "mail", Set.of("quarkus.application.name", "quarkus.http.host-enabled"),
        // no upload; no client but its own
        "admin", Set.of("quarkus.application.name", "quarkus.http.limits.max-body-size", "quarkus.oidc.tenant-enabled"));

    /** What a role has no use for: other doors, other sign-ins. */
    private static final Map<String, Pattern> NOT_HERE = Map.of(
        "web", Pattern.compile("quarkus\\.oidc\\.admin\\..+|quarkus\\.http\\.auth\\.permission\\.admin\\..+"),
        "mail", Pattern.compile("quarkus\\.oidc\\..+|quarkus\\.http\\..+|quarkus\\.micrometer\\.binder\\.http-server\\..+"
            + "|quarkus\\.log\\.category\\.\"io\\.quarkus\\.oidc\\..+"),
        "admin", Pattern.compile("quarkus\\.oidc\\.(?!admin\\.).+|quarkus\\.http\\.auth\\.permission\\.sign-in\\..+"));

    @ParameterizedTest
    @ValueSource(strings = {"web", "mail", "admin"})
    void whatAllSetsARoleSetsTooUnlessItHasNoUseForIt(String role) throws IOException {
        var lacking = properties("all").keySet();
        lacking.removeAll(properties(role).keySet());
        assertThat(lacking).isNotEmpty().allMatch(NOT_HERE.get(role).asMatchPredicate());
    }

    @ParameterizedTest
    @ValueSource(strings = {"web", "mail", "admin"})
    void whatARoleSetsIsWhatAllSets(String role) throws IOException {
        var all = properties("all");
        var own = properties(role);
        own.keySet().removeAll(ONLY_HERE.get(role));
        assertThat(own).allSatisfy((key, value) -> assertThat(value).as(key).isEqualTo(all.get(key)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "web", "mail", "admin"})
    void noSecretAndNoSchemaChangeIsSet(String role) throws IOException {
        var own = properties(role);
        assertThat(own).containsEntry("quarkus.hibernate-orm.schema-management.strategy", "none");
        assertThat(own).allSatisfy((key, value) -> {
            if (key.endsWith("password") || key.endsWith("secret")) {
                assertThat(value).as(key).startsWith("${file::");
            }
        });
    }

    private static Map<String, String> properties(String role) throws IOException {
        var properties = new Properties();
        try (var in = Files.newBufferedReader(Tools.repository().resolve("deploy/" + role + "/src/main/resources/application.properties"))) {
            properties.load(in);
        }
        var sorted = new TreeMap<String, String>();
        properties.stringPropertyNames().forEach(key -> sorted.put(key, properties.getProperty(key)));
        return sorted;
    }
}
