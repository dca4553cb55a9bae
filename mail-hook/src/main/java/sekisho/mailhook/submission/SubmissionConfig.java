package sekisho.mailhook.submission;

import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How people sign in at listeners with {@code auth=required}. */
public interface SubmissionConfig {

    /** The company's OpenID Connect issuer, as it stands in its tokens. https, but on this machine. Needed with {@code auth=required}. */
    Optional<String> issuer();

    /** Client by which passwords are checked (PLAIN and LOGIN). It needs the resource owner password grant: "direct access grants" in Keycloak. */
    @WithDefault("sekisho-submission")
    String clientId();

    /** File that holds that client's secret. Without one only tokens are taken (XOAUTH2 and OAUTHBEARER). */
    Optional<Path> clientSecretFile();

    /** What an access token must be meant for ({@code aud}). */
    @WithDefault("sekisho-submission")
    String audience();

    /** What the list {@code roles} of an access token must hold. */
    @WithDefault("sender")
    String role();

    /** Addresses beside their own that people may send as, such as a team's: the address, and those of its people. */
    Map<String, List<String>> mailboxes();

    /** Sign-ins of one client (IPv4 address or IPv6 /64) that may fail in a minute; then 454 for all. */
    @WithDefault("20")
    @Min(1) @Max(10000)
    int failuresPerClient();

    /** Sign-ins of one user name that may fail in a minute, whether it exists or not; then 454. */
    @WithDefault("5")
    @Min(1) @Max(10000)
    int failuresPerAccount();
}
