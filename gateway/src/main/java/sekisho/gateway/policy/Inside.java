package sekisho.gateway.policy;

import java.util.Set;
import sekisho.gateway.people.EmailAddress;

/** The company's own domains. Subdomains are not meant unless they are named. */
record Inside(Set<String> domains) {

    boolean holds(EmailAddress address) {
        return domains.contains(address.comparedDomain());
    }
}
