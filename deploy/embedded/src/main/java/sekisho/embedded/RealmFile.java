package sekisho.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Fills in what {@code deploy/keycloak/sekisho-realm.json} leaves open: secrets, addresses, ports and people. */
final class RealmFile {
    private static final Pattern PLACE = Pattern.compile("\"@[a-z.]+@\"");

    private static final Pattern PASSWORD = Pattern.compile("\"@password\\.([a-z]+)@\"");
    private static final int HASH_ITERATIONS = 1_000;

    private RealmFile() {}

    /** Writes the realm of one installation, with its client secrets, into a file that only its owner can read. */
    static void write(KeycloakServer.Settings settings, Path file) {
        Path source = Tools.repository().resolve("deploy/keycloak");
        try {
            String realm = fill(Files.readString(source.resolve("sekisho-realm.json")), places(settings, source));
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, realm);
        } catch (IOException e) {
            throw new ServerException("cannot write the realm file " + file, e);
        }
    }

    /** Replaces each {@code "@name@"}, quotes included, by a piece of JSON; every place must be known and used. */
    static String fill(String template, Map<String, String> places) {
        String filled = template;
        for (var place : places.entrySet()) {
            String mark = "\"@" + place.getKey() + "@\"";
            if (!filled.contains(mark)) {
                throw new ServerException("the realm file has no place " + mark);
            }
            filled = filled.replace(mark, place.getValue());
        }
        var left = PLACE.matcher(filled);
        if (left.find()) {
            throw new ServerException("nothing to put into the realm file's place " + left.group());
        }
        return filled;
    }

    private static Map<String, String> places(KeycloakServer.Settings settings, Path source) throws IOException {
        var places = new LinkedHashMap<String, String>();
        places.put("verify.email", Boolean.toString(settings.provesAddresses()));
        places.put("smtp.port", quote(Integer.toString(settings.mailPort())));
        places.put("web.secret", quote(SecretFile.readOrCreate(KeycloakServer.webSecretFile(settings.folder()))));
        places.put("admin.secret", quote(SecretFile.readOrCreate(KeycloakServer.adminSecretFile(settings.folder()))));
        places.put("submission.secret", quote(SecretFile.readOrCreate(KeycloakServer.submissionSecretFile(settings.folder()))));
        places.put("web.redirects", addresses(settings.webUrls(), "/sign-in"));
        places.put("admin.redirects", addresses(settings.adminUrls(), "/admin/sign-in"));
        places.put("web.logout", quote(addressList(settings.webUrls(), "/signed-out")));
        places.put("admin.logout", quote(addressList(settings.adminUrls(), "/signed-out")));
        places.put("groups", Files.readString(source.resolve("demo-groups.json")));
        places.put("users", people(Files.readString(source.resolve("demo-users.json"))));
        return places;
    }

    /** Each {@code "@password.NAME@"} becomes the password NAME. */
    private static String people(String users) {
        return PASSWORD.matcher(users).replaceAll(place -> Matcher.quoteReplacement(hashed(place.group(1))));
    }

    /**
     * A password as Keycloak stores it. In clear it would have to meet the realm's policy, which is there for strangers
     * who register and which a demo password equal to the user's name can't meet. Keycloak hashes it anew, its own way,
     * at the first sign-in.
     */
    private static String hashed(String password) {
        var salt = new byte[16];
        new SecureRandom().nextBytes(salt);
        try {
            byte[] hash = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                    .generateSecret(new PBEKeySpec(password.toCharArray(), salt, HASH_ITERATIONS, 512))
                    .getEncoded();
            var base64 = Base64.getEncoder();
            return """
                    {"type": "password",
                     "credentialData": "{\\"hashIterations\\":%d,\\"algorithm\\":\\"pbkdf2-sha512\\"}",
                     "secretData": "{\\"value\\":\\"%s\\",\\"salt\\":\\"%s\\"}"}"""
                    .formatted(HASH_ITERATIONS, base64.encodeToString(hash), base64.encodeToString(salt));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has PBKDF2WithHmacSHA512", e);
        }
    }

    private static String addresses(List<String> urls, String path) {
        return urls.stream().map(url -> quote(url + path)).collect(Collectors.joining(", "));
    }

    /** Several addresses in one text, parted the way Keycloak does. */
    private static String addressList(List<String> urls, String path) {
        return urls.stream().map(url -> url + path).collect(Collectors.joining("##"));
    }

    private static String quote(String text) {
        if (!text.matches("[\\x20-\\x7e&&[^\"\\\\]]*")) {
            throw new IllegalArgumentException("only plain text goes into the realm file");
        }
        return "\"" + text + "\"";
    }
}
