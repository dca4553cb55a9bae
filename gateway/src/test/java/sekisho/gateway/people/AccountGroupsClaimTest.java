package sekisho.gateway.people;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AccountGroupsClaimTest {

    @Test
    void aListOfTextsIsTheGroups() {
        assertThat(AccountGroups.in(Map.of("groups", List.of("/sales", "/managers", "/sales")))).contains(Set.of("/sales", "/managers"));
        assertThat(AccountGroups.in(Map.of("groups", List.of()))).contains(Set.of());
    }

    @Test
    void withoutTheClaimThereAreNone() {
        assertThat(AccountGroups.in(Map.of("group", List.of("/sales"), "Groups", List.of("/sales")))).contains(Set.of());
        var said = new HashMap<String, Object>();
        said.put("groups", null);
        assertThat(AccountGroups.in(said)).contains(Set.of());
        assertThat(AccountGroups.in(Map.of("_claim_names", Map.of("address", "src1")))).contains(Set.of());
    }

    static Stream<Map<String, Object>> unreadable() {
        return Stream.of(
            Map.of("groups", "/managers"),
            Map.of("groups", "/managers,/sales"),
            Map.of("groups", 7),
            Map.of("groups", true),
            Map.of("groups", Map.of("/managers", true)),
            Map.of("groups", Arrays.asList("/sales", 7)),
            Map.of("groups", Collections.singletonList(null)),
            Map.of("groups", List.of(List.of("/managers"))),
            Map.of("groups", List.of("x".repeat(AccountGroups.LONGEST + 1))),
            Map.of("groups", IntStream.rangeClosed(0, AccountGroups.MOST).mapToObj(i -> "/" + i).toList()),
            Map.of("groups", Collections.nCopies(AccountGroups.MOST + 1, "/sales")),
            Map.of("_claim_names", Map.of("groups", "src1"), "_claim_sources", Map.of("src1", Map.of("endpoint", "https://graph.example/groups"))),
            Map.of("groups", List.of("/sales"), "_claim_names", Map.of("groups", "src1")));
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void whatIsNoListOfTextsIsNotTakenForNone(Map<String, Object> claims) {
        assertThat(AccountGroups.in(claims)).isEqualTo(Optional.empty());
    }

    @Test
    void theLargestThatIsTaken() {
        var names = IntStream.range(0, AccountGroups.MOST).mapToObj(i -> String.format("%0" + AccountGroups.LONGEST + "d", i)).toList();
        assertThat(AccountGroups.in(Map.of("groups", names))).contains(Set.copyOf(names));
    }
}
