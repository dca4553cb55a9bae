package sekisho.demo;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import sekisho.embedded.PostgresServer;

/** What each runnable is told on a {@link Stage}: only what its role needs, as in an installation. */
final class ProductSettings {
    private ProductSettings() {}

    static Map<String, String> of(String runnable, Stage stage) {
        var settings = new TreeMap<String, String>();
        common(settings, stage, runnable.equals("mail") ? stage.postgres().mail() : stage.postgres().app());
        switch (runnable) {
            case "all" -> {
                sealing(settings, stage);
                mail(settings, stage);
                pages(settings, stage);
                web(settings, stage);
                admin(settings, stage);
                checkpoints(settings, stage);
            }
            case "mail" -> {
                sealing(settings, stage);
                mail(settings, stage);
            }
            case "web" -> {
                sealing(settings, stage);
                pages(settings, stage);
                web(settings, stage);
            }
            case "admin" -> {
                pages(settings, stage);
                admin(settings, stage);
                checkpoints(settings, stage);
            }
            default -> throw new IllegalArgumentException("the runnables are all, mail, web and admin, not " + runnable);
        }
        return settings;
    }

    private static void common(Map<String, String> settings, Stage stage, PostgresServer.Login login) {
        settings.put("gateway.database.url", stage.database());
        settings.put("gateway.database.user", login.user());
        settings.put("gateway.database.password-file", stage.postgres().passwordFile(login).toString());
        settings.put("gateway.store.directory", stage.objects().toString());
        settings.put("gateway.policy.file", stage.policyFile().toString());
        settings.put("quarkus.management.port", Integer.toString(stage.ports().health()));
        settings.put("quarkus.http.port", Integer.toString(stage.ports().web()));
    }

    private static void sealing(Map<String, String> settings, Stage stage) {
        settings.put("gateway.senders.domains", "example.co.jp");
        settings.put("gateway.keys.files", key(stage, "files.public"));
        settings.put("gateway.keys.spool", key(stage, "spool.public"));
        settings.put("gateway.keys.records", key(stage, "records.public"));
    }

    private static void mail(Map<String, String> settings, Stage stage) {
        settings.put("mail-hook.host-name", "sekisho.example.co.jp");
        settings.put("mail-hook.company-name", "Example Trading / 例示商事");
        settings.put("mail-hook.link-base", stage.ports().webUrl());
        settings.put("mail-hook.spool-key", key(stage, "spool.private"));
        settings.put("mail-hook.listeners.hook.port", Integer.toString(stage.ports().smtp()));
        settings.put("mail-hook.smart-host.host", "127.0.0.1");
        settings.put("mail-hook.smart-host.port", Integer.toString(stage.ports().mailboxSmtp()));
        settings.put("mail-hook.smart-host.tls", "off");
    }

    private static void pages(Map<String, String> settings, Stage stage) {
        settings.put("pages.public-origin", stage.ports().webUrl());
        if (stage.hasKeycloak()) {
            settings.put("quarkus.oidc.auth-server-url", stage.keycloak().issuer());
        }
    }

    private static void web(Map<String, String> settings, Stage stage) {
        settings.put("web.opening-key", key(stage, "files.private"));
        settings.put("web.records-key", key(stage, "records.private"));
        if (stage.hasKeycloak()) {
            settings.put("web.sign-in.client-secret-file", stage.keycloak().webSecretFile().toString());
        }
    }

    private static void admin(Map<String, String> settings, Stage stage) {
        settings.put("admin.records-key", key(stage, "records.private"));
        if (stage.hasKeycloak()) {
            settings.put("admin.sign-in.client-secret-file", stage.keycloak().adminSecretFile().toString());
        }
    }

    private static void checkpoints(Map<String, String> settings, Stage stage) {
        settings.put("gateway.audit.checkpoint-key", key(stage, "audit.private"));
        settings.put("gateway.audit.checkpoint-log", stage.folder().resolve("checkpoints.log").toString());
    }

    private static String key(Stage stage, String name) {
        Path file = stage.keys().resolve(name);
        return file.toString();
    }
}
