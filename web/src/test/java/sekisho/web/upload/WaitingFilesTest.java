package sekisho.web.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.people.Person;
import sekisho.web.fair.Shares;

class WaitingFilesTest {

    private final WaitingFiles waiting = new WaitingFiles(3, 2);

    private WaitingFiles.Room roomOf(String address) {
        return waiting.of(new Person(UUID.randomUUID(), Optional.of(EmailAddress.parse(address).orElseThrow()), Set.of()));
    }

    private static void isFull(WaitingFiles.Room room, Shares.Answer answer) {
        assertThatThrownBy(room::take).isInstanceOfSatisfying(WaitingFiles.NoRoomException.class, full -> assertThat(full.answer()).isEqualTo(answer));
    }

    @Test
    void theFilesOfAllUploadsCountTogetherUntilTheirUploadEnds() throws Exception {
        var other = roomOf("ichiro@example.co.jp");
        try (var first = roomOf("hanako@example.co.jp"); var second = roomOf("hanako@example.co.jp")) {
            first.take();
            second.take();
            isFull(first, Shares.Answer.YOURS_ARE_OUT);
            other.take();
            isFull(other, Shares.Answer.ALL_ARE_OUT);
        }
        other.take();
        isFull(other, Shares.Answer.YOURS_ARE_OUT);
        other.close();
        other.close();
        roomOf("hanako@example.co.jp").take();
    }
}
