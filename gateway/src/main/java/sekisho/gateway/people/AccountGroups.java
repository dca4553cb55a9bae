package sekisho.gateway.people;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Groups of an account, as an identity provider tells them: the claim {@code groups} of the ID token for the portal, of the access token for
 * mail.
 *
 * <p>A rule on a group may be there to forbid. So what can't be read is no empty list: whose groups aren't known may not send.
 */
public final class AccountGroups {

    /** More than anybody writes rules about; a token of that size is a provider that tells all it has. */
    static final int MOST = 1_000;
    /** Characters of one name. Keycloak tells a path, with the groups above. */
    static final int LONGEST = 512;

    private static final String CLAIM = "groups";
    /** Where claims are said to be found elsewhere (OpenID Connect Core 1.0 §5.6.2): so Entra ID does for people in more than 200 groups. */
    private static final String ELSEWHERE = "_claim_names";

    private AccountGroups() {
    }

    /**
     * @param claims all of a token whose signature was checked
     * @return none when there is no such claim; empty when they can't be told: the claim is no list of texts, has more than 1,000 or one of
     *         more than 512 characters, or the token says that it is found elsewhere
     */
    public static Optional<Set<String>> in(Map<String, ?> claims) {
        if (claims.get(ELSEWHERE) instanceof Map<?, ?> names && names.containsKey(CLAIM)) {
            return Optional.empty();
        }
        return read(claims.get(CLAIM));
    }

    private static Optional<Set<String>> read(@Nullable Object claim) {
        if (claim == null) {
            return Optional.of(Set.of());
        }
        if (!(claim instanceof Collection<?> list) || list.size() > MOST) {
            return Optional.empty();
        }
        var groups = new LinkedHashSet<String>();
        for (Object each : list) {
            if (!(each instanceof String name) || name.length() > LONGEST) {
                return Optional.empty();
            }
            groups.add(name);
        }
        return Optional.of(Set.copyOf(groups));
    }
}
