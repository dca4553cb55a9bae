package sekisho.gateway.policy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import sekisho.gateway.policy.Likeness.Kind;

/**
 * Tells domains that look like one of those that are known, without being one or standing below one. It knows nothing of who writes to whom.
 * All domains are in the form of {@link sekisho.gateway.people.AddressText#domain}.
 */
final class Lookalikes {

    /** Most partners of one policy: a domain is compared with those that share half of it. */
    static final int MOST_PARTNERS = 10_000;

    private static final String FREE_MAIL = "free-mail.txt";
    private static final FreeMail WELL_KNOWN = freeMail();

    private final Map<Kind, Twins> twins = new EnumMap<>(Kind.class);
    private final Set<String> known = new HashSet<>();
    /** That a twin may have: as many as any of them, and one for a dot too many. */
    private int mostLabels;

    Lookalikes(Set<String> inside, Set<String> partners) {
        add(Kind.INSIDE, inside, inside);
        add(Kind.PARTNERS, partners, partners);
        add(Kind.FREE_MAIL, WELL_KNOWN.domains(), WELL_KNOWN.anywhere());
    }

    private void add(Kind kind, Collection<String> domains, Collection<String> anywhere) {
        known.addAll(domains);
        domains.forEach(domain -> mostLabels = Math.max(mostLabels, labels(domain) + 1));
        twins.put(kind, new Twins(new TreeSet<>(domains), new TreeSet<>(anywhere)));
    }

    /** Whether there is anything to resemble. */
    boolean knows(Kind kind) {
        return kind == Kind.MIXED_SCRIPTS || !Objects.requireNonNull(twins.get(kind)).isEmpty();
    }

    /** The first kind of what it resembles. */
    Optional<Likeness> of(String domain) {
        return of(domain, List.of(Kind.values()));
    }

    /** The first of these kinds that it resembles. */
    Optional<Likeness> of(String domain, List<Kind> kinds) {
        var names = names(domain);
        if (names.stream().anyMatch(known::contains)) {
            return Optional.empty();
        }
        for (var kind : kinds) {
            var found = kind == Kind.MIXED_SCRIPTS ? mixed(domain) : twin(kind, names);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private Optional<Likeness> twin(Kind kind, List<String> names) {
        var ofKind = Objects.requireNonNull(twins.get(kind));
        return names.stream().flatMap(name -> ofKind.of(name).stream()).findFirst().map(of -> new Likeness(kind, Optional.of(of)));
    }

    private static Optional<Likeness> mixed(String domain) {
        return Skeleton.mixesScripts(domain) ? Optional.of(new Likeness(Kind.MIXED_SCRIPTS, Optional.empty())) : Optional.empty();
    }

    /** The domain and those above it, down to two labels: a twin of somebody may have names below it. None that has too many labels for a twin. */
    private List<String> names(String domain) {
        var names = new ArrayList<String>();
        int labels = labels(domain);
        for (var name = domain; labels > 1; name = name.substring(name.indexOf('.') + 1), labels--) {
            if (labels <= mostLabels) {
                names.add(name);
            }
        }
        return names;
    }

    private static int labels(String domain) {
        return 1 + (int) domain.chars().filter(c -> c == '.').count();
    }

    /**
     * @param anywhere those whose name belongs to one provider whatever it ends with: a Gmail under {@code .co.jp} is a slip, but there are
     *                 companies called Orange
     */
    private record FreeMail(Set<String> domains, Set<String> anywhere) {
    }

    private static FreeMail freeMail() {
        var domains = new TreeSet<String>();
        var anywhere = new TreeSet<String>();
        try (var in = Objects.requireNonNull(Lookalikes.class.getResourceAsStream(FREE_MAIL));
             var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            lines.lines().map(String::strip).filter(line -> !line.isEmpty() && !line.startsWith("#")).forEach(line -> {
                var words = line.split(" +");
                domains.add(words[0]);
                if (words.length > 1) {
                    anywhere.add(words[0]);
                }
            });
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return new FreeMail(domains, anywhere);
    }
}
