package sekisho.gateway.policy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import sekisho.gateway.people.EmailAddress;

/**
 * Some senders under one name.
 *
 * @param exact   addresses, by {@link EmailAddress#key()}
 * @param domains everybody there
 * @param account name of a group that an identity provider tells of an account
 */
record Group(String name, Set<String> exact, List<AddressPattern> domains, Optional<String> account) {

    Group {
        exact = Set.copyOf(exact);
        domains = List.copyOf(domains);
    }

    static Group of(String name, List<AddressPattern> members) {
        var exact = new TreeSet<String>();
        for (var member : members) {
            if (member instanceof AddressPattern.Exact(var key)) {
                exact.add(key);
            }
        }
        return new Group(name, exact, members.stream().filter(m -> !(m instanceof AddressPattern.Exact)).toList(), Optional.empty());
    }

    static Group ofAccount(String name, String account) {
        return new Group(name, Set.of(), List.of(), Optional.of(account));
    }

    boolean holds(MessageFacts.Envelope envelope, Inside inside) {
        return envelope.sender().filter(s -> exact.contains(s.key()) || domains.stream().anyMatch(d -> d.matches(s, inside))).isPresent()
            || account.filter(envelope.senderGroups()::contains).isPresent();
    }
}
