package sekisho.gateway.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Finds which of some domains another one is a near twin of. */
final class Twins {

    /** Of shorter names one in a handful of letters is another company, and no slip. */
    private static final int LEAST_TO_MISTYPE = 5;
    /** Shorter ones are in use under every ending. */
    private static final int LEAST_TO_END_ELSEWHERE = 3;
    /** What stands for a kind of organisation under two-letter endings, as in {@code co.jp}. */
    private static final Set<String> SECOND = Set.of("ac", "ad", "asn", "co", "com", "ed", "edu", "go", "gob", "gouv", "gov", "gr", "id", "info", "lg", "ltd",
        "me", "mil", "ne", "net", "nhs", "nom", "or", "org", "plc", "sch");

    private final Map<String, String> bySkeleton = new HashMap<>();
    private final Map<String, String> byStem = new HashMap<>();
    private final Map<Half, List<String>> byHalf = new HashMap<>();

    /** The beginning or the end of a domain of this length. One slip leaves one of the two as it is: between them two characters are in neither. */
    private record Half(int length, boolean beginning, String text) {
        static List<Half> of(String name, int length) {
            int half = (length - 2) / 2;
            return List.of(new Half(length, true, name.substring(0, half)), new Half(length, false, name.substring(name.length() - half)));
        }
    }

    /** @param anywhere those of which a twin is also what has the same name and another ending */
    Twins(Collection<String> domains, Collection<String> anywhere) {
        for (var domain : domains) {
            bySkeleton.putIfAbsent(Skeleton.of(domain), domain);
            if (stem(domain).length() >= LEAST_TO_MISTYPE) {
                Half.of(domain, domain.length()).forEach(half -> byHalf.computeIfAbsent(half, _ -> new ArrayList<>()).add(domain));
            }
        }
        for (var domain : anywhere) {
            var stem = stem(domain);
            if (stem.length() >= LEAST_TO_END_ELSEWHERE || stem.chars().anyMatch(c -> c >= 128)) {
                byStem.putIfAbsent(stem, domain);
            }
        }
    }

    boolean isEmpty() {
        return bySkeleton.isEmpty();
    }

    /** @param name none of the domains */
    Optional<String> of(String name) {
        return Optional.ofNullable(bySkeleton.get(Skeleton.of(name))).or(() -> mistyped(name)).or(() -> Optional.ofNullable(byStem.get(stem(name))));
    }

    private Optional<String> mistyped(String name) {
        return IntStream.rangeClosed(name.length() - 1, name.length() + 1).boxed().flatMap(length -> Half.of(name, length).stream())
            .flatMap(half -> byHalf.getOrDefault(half, List.of()).stream()).filter(domain -> isOneSlip(name, domain)).findFirst();
    }

    /** Whether one character is missing, too many or another one, or two neighbours have changed places. Takes no more than one walk from each end. */
    private static boolean isOneSlip(String a, String b) {
        int shorter = Math.min(a.length(), b.length());
        int longer = Math.max(a.length(), b.length());
        int same = 0;
        while (same < shorter && a.charAt(same) == b.charAt(same)) {
            same++;
        }
        int sameAtEnd = 0;
        while (sameAtEnd < shorter - same && a.charAt(a.length() - 1 - sameAtEnd) == b.charAt(b.length() - 1 - sameAtEnd)) {
            sameAtEnd++;
        }
        int other = longer - same - sameAtEnd;
        return other == 1 || other == 2 && a.length() == b.length() && a.charAt(same) == b.charAt(same + 1) && a.charAt(same + 1) == b.charAt(same);
    }

    /** The domain without its ending, such as {@code jp} or {@code co.jp}; empty when it has nothing before that. */
    private static String stem(String domain) {
        int last = domain.lastIndexOf('.');
        int second = domain.lastIndexOf('.', last - 1);
        boolean ofTwo = domain.length() - last == 3 && SECOND.contains(domain.substring(second + 1, Math.max(last, second + 1)));
        return ofTwo ? domain.substring(0, Math.max(second, 0)) : domain.substring(0, Math.max(last, 0));
    }
}
