package sekisho.gateway.people;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What an employee may do; recipients have no role. Named in the OIDC token in lower case. */
public enum Role {
    /** Sees and stops their own deliveries, and sends from the portal. */
    SENDER,
    /** Finds any delivery, sees who got what, revokes. Never sees content. */
    RESPONDER,
    /** Reads the audit log. */
    AUDITOR,
    /** Reads policy and state of the system. */
    ADMINISTRATOR;

    /** The roles among the names of a token; other names are ignored. */
    public static Set<Role> of(Iterable<String> names) {
        var roles = EnumSet.noneOf(Role.class);
        for (var name : names) {
            for (var role : values()) {
                if (role.name().toLowerCase(Locale.ROOT).equals(name)) {
                    roles.add(role);
                }
            }
        }
        return roles;
    }
}
