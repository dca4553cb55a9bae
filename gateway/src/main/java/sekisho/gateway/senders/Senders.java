package sekisho.gateway.senders;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import sekisho.gateway.people.EmailAddress;

/** The domains that may send: one list for every way in, so that none is a way around another. */
@ApplicationScoped
public class Senders {

    private final Set<String> domains;

    @Inject
    Senders(SendersConfig config) {
        this(config.domains().orElse(List.of()));
    }

    /** @param domains host names; {@code xn--} and the name that it stands for are one */
    public Senders(List<String> domains) {
        this.domains = domains.stream().map(Senders::compared).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Stops the start of a role that takes something in and was told of nobody who may send.
     *
     * @throws IllegalStateException says what to set
     */
    public void requireSome() {
        if (!areKnown()) {
            throw new IllegalStateException("gateway.senders.domains is missing: name the domains that may send, alike in mail and web");
        }
    }

    /** Whether any domain was named. */
    public boolean areKnown() {
        return !domains.isEmpty();
    }

    /** @param domain as a stranger says it; what is no host name is none of ours */
    public boolean has(String domain) {
        return domains.contains(compared(domain));
    }

    private static String compared(String domain) {
        return EmailAddress.of("x", domain).map(EmailAddress::comparedDomain).orElseGet(() -> domain.toLowerCase(Locale.ROOT));
    }
}
