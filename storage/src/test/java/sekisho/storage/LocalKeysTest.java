package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** {@link KeyContract} with private halves in the file itself. */
class LocalKeysTest extends KeyContract {
    private static final int ENCAPSULATED = 1120;

    @Override
    void make(String name) {
        KeyFiles.generate(folder, name);
    }

    private static byte[] spliced(byte[] one, byte[] other, int at) {
        byte[] all = one.clone();
        System.arraycopy(other, at, all, at, all.length - at);
        return all;
    }

    @Test
    void wrapsThatShareASecretAreOtherwiseApart() throws Exception {
        SealingKey sealing = SealingKey.load(publicFile);
        OpeningKey opening = OpeningKey.load(privateFile);
        Place elsewhere = new Place(PLACE.delivery(), new UUID(9, 9));
        byte[] one = sealing.wrap(OBJECT_KEY, PLACE).bytes();
        byte[] again = sealing.wrap(OBJECT_KEY, PLACE).bytes();
        byte[] other = sealing.wrap(ObjectStoreContract.octets(32, 2), elsewhere).bytes();
        assertThat(Arrays.copyOf(again, ENCAPSULATED)).as("one secret, a moment apart").isEqualTo(Arrays.copyOf(one, ENCAPSULATED));
        assertThat(Arrays.copyOfRange(again, ENCAPSULATED, again.length)).as("salt and wrap").isNotEqualTo(Arrays.copyOfRange(one, ENCAPSULATED, one.length));
        WrappedKey mixed = new WrappedKey(HybridWrap.ALGORITHM, 1, spliced(one, other, ENCAPSULATED));
        assertThatThrownBy(() -> opening.unwrap(mixed, PLACE)).isInstanceOf(SealBrokenException.class);
        assertThat(opening.unwrap(mixed, elsewhere)).as("it is the other one, whole").isEqualTo(ObjectStoreContract.octets(32, 2));
        WrappedKey saltOfAnother = new WrappedKey(HybridWrap.ALGORITHM, 1, spliced(one, again, ENCAPSULATED + 32));
        assertThatThrownBy(() -> opening.unwrap(saltOfAnother, PLACE)).isInstanceOf(SealBrokenException.class);
    }

    @Test
    void aSecretCarriesAThousandWrapsAndNoMore() throws Exception {
        SealingKey sealing = SealingKey.load(publicFile);
        OpeningKey opening = OpeningKey.load(privateFile);
        byte[] first = sealing.wrap(OBJECT_KEY, PLACE).bytes();
        WrappedKey last = sealing.wrap(OBJECT_KEY, PLACE);
        for (int wraps = 2; wraps < 1001; wraps++) {
            last = sealing.wrap(OBJECT_KEY, new Place(PLACE.delivery(), new UUID(wraps, 1)));
        }
        assertThat(Arrays.copyOf(last.bytes(), ENCAPSULATED)).isNotEqualTo(Arrays.copyOf(first, ENCAPSULATED));
        assertThat(opening.unwrap(last, new Place(PLACE.delivery(), new UUID(1000, 1)))).isEqualTo(OBJECT_KEY);
        SealingKey another = SealingKey.load(publicFile);
        assertThat(Arrays.copyOf(another.wrap(OBJECT_KEY, new Place(UUID.randomUUID(), UUID.randomUUID())).bytes(), ENCAPSULATED)).as("of another process")
            .isNotEqualTo(Arrays.copyOf(last.bytes(), ENCAPSULATED));
    }
}
