package sekisho.gateway.policy;

import java.util.Locale;
import java.util.Optional;
import sekisho.gateway.people.AddressText;
import sekisho.gateway.people.EmailAddress;

/** A condition on an address, as written in a policy file. */
sealed interface AddressPattern {

    boolean matches(EmailAddress address, Inside inside);

    /** As the file may say it. */
    default String text() {
        return switch (this) {
            case Side(boolean wantsInside) -> wantsInside ? "inside" : "outside";
            case Exact(var key) -> key;
            case Domain(var name, boolean subdomains) -> (subdomains ? "@*." : "@") + name;
            case Anybody() -> "*";
        };
    }

    /** {@code inside} or {@code outside}: whether the domain is one of the company's. */
    record Side(boolean wantsInside) implements AddressPattern {
        @Override
        public boolean matches(EmailAddress address, Inside inside) {
            return inside.holds(address) == wantsInside;
        }
    }

    /** {@code taro@partner.example}. */
    record Exact(String key) implements AddressPattern {
        @Override
        public boolean matches(EmailAddress address, Inside inside) {
            return address.key().equals(key);
        }
    }

    /** {@code @partner.example}, or {@code @*.partner.example} for every subdomain, itself not included. */
    record Domain(String name, boolean subdomains) implements AddressPattern {
        @Override
        public boolean matches(EmailAddress address, Inside inside) {
            var domain = address.comparedDomain();
            return subdomains ? domain.endsWith("." + name) : domain.equals(name);
        }
    }

    /** {@code *}: everybody. */
    record Anybody() implements AddressPattern {
        @Override
        public boolean matches(EmailAddress address, Inside inside) {
            return true;
        }
    }

    static Optional<AddressPattern> parse(String text) {
        var pattern = text.strip().toLowerCase(Locale.ROOT);
        return switch (pattern) {
            case "inside" -> Optional.of(new Side(true));
            case "outside" -> Optional.of(new Side(false));
            case "*" -> Optional.of(new Anybody());
            default -> {
                if (pattern.startsWith("@*.")) {
                    yield domain(pattern.substring(3)).map(name -> new Domain(name, true));
                }
                if (pattern.startsWith("@")) {
                    yield domain(pattern.substring(1)).map(name -> new Domain(name, false));
                }
                if (pattern.indexOf('*') >= 0 || pattern.indexOf('?') >= 0) {
                    yield Optional.empty();   // allowed in an address, and meant as one by nobody: a rule that refuses would never match
                }
                yield EmailAddress.parse(pattern).map(a -> new Exact(a.key()));
            }
        };
    }

    static Optional<String> domain(String name) {
        return AddressText.domain(name);
    }
}
