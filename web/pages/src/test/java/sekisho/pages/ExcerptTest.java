package sekisho.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExcerptTest {

    private static List<Integer> list(int length) {
        return IntStream.rangeClosed(1, length).boxed().toList();
    }

    @Test
    void everyOneStandsOnOnePage() {
        for (int length : new int[] {0, 1, 99, 100, 101, 200, 201}) {
            int pages = Excerpt.of(list(length), 1).pages();
            assertThat(IntStream.rangeClosed(1, pages).boxed().flatMap(page -> Excerpt.of(list(length), page).shown().stream())).isEqualTo(list(length));
            assertThat(Excerpt.of(list(length), 1).whole()).isEqualTo(length <= 100);
        }
    }

    @Test
    void aPageThatThereIsNotBecomesTheNearest() {
        assertThat(Excerpt.of(list(201), 0).page()).isEqualTo(1);
        assertThat(Excerpt.of(list(201), Integer.MIN_VALUE).page()).isEqualTo(1);
        assertThat(Excerpt.of(list(201), Integer.MAX_VALUE).page()).isEqualTo(3);
        assertThat(Excerpt.of(List.of(), 5).shown()).isEmpty();
    }

    @Test
    void itSaysWhichOnesItShowsAndWhereToGoOn() {
        var second = Excerpt.of(list(250), 2);
        assertThat(List.of(second.first(), second.last(), second.all())).containsExactly(101, 200, 250);
        assertThat(second.hasBefore() && second.hasAfter()).isTrue();
        assertThat(Excerpt.of(list(250), 3).hasAfter()).isFalse();
        assertThat(Excerpt.of(list(250), 3).last()).isEqualTo(250);
    }
}
