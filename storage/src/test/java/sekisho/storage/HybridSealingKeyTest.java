package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;

import org.junit.jupiter.api.Test;

/** The secret that wraps share is kept for a time and then overwritten, whether another wrap comes or not. */
class HybridSealingKeyTest {
    private static final int ENCAPSULATED_OCTETS = 1120;
    private static final Place PLACE = new Place(UUID.randomUUID(), UUID.randomUUID());
    private static final byte[] OBJECT_KEY = ObjectStoreContract.octets(32, 1);

    private final HybridWrap.Pair pair = HybridWrap.generate(1);

    private static byte[] carrierOf(WrappedKey wrapped) {
        return Arrays.copyOf(wrapped.bytes(), ENCAPSULATED_OCTETS);
    }

    private static byte[] secretOf(HybridSealingKey key) {
        synchronized (key) {
            return Objects.requireNonNull(key.shared).secret();
        }
    }

    @Test
    void wrapsWithinTheTimeShareASecretAndOpenEachAtItsPlace() throws Exception {
        var key = new HybridSealingKey(pair.half(), Duration.ofHours(1));
        WrappedKey first = key.wrap(OBJECT_KEY, PLACE);
        WrappedKey second = key.wrap(OBJECT_KEY, PLACE);
        assertThat(carrierOf(second)).isEqualTo(carrierOf(first));
        assertThat(second.bytes()).isNotEqualTo(first.bytes());
        assertThat(HybridWrap.unwrap(pair, second.bytes(), PLACE)).isEqualTo(OBJECT_KEY);
        assertThat(secretOf(key)).isNotEqualTo(new byte[32]);
    }

    @Test
    void afterTheTimeItIsOverwrittenThoughNothingIsWrappedAnyMore() throws Exception {
        var key = new HybridSealingKey(pair.half(), Duration.ofSeconds(1));
        WrappedKey first;
        byte[] secret;
        synchronized (key) {    // so that its time isn't up between the two
            first = key.wrap(OBJECT_KEY, PLACE);
            secret = secretOf(key);
            assertThat(secret).isNotEqualTo(new byte[32]);
        }
        await().untilAsserted(() -> {
            synchronized (key) {
                assertThat(secret).isEqualTo(new byte[32]);
                assertThat(key.shared).isNull();
            }
        });
        WrappedKey later = key.wrap(OBJECT_KEY, PLACE);
        assertThat(carrierOf(later)).isNotEqualTo(carrierOf(first));
        assertThat(HybridWrap.unwrap(pair, first.bytes(), PLACE)).isEqualTo(OBJECT_KEY);
        assertThat(HybridWrap.unwrap(pair, later.bytes(), PLACE)).isEqualTo(OBJECT_KEY);
    }

    /** Zero is over before the next wrap: each has a secret of its own, and the one before it is overwritten at once, not by what runs later. */
    @Test
    void aSecretWhoseTimeIsUpIsOverwrittenByTheNextWrapToo() throws Exception {
        var key = new HybridSealingKey(pair.half(), Duration.ZERO);
        synchronized (key) {    // nothing else can overwrite it meanwhile
            WrappedKey first = key.wrap(OBJECT_KEY, PLACE);
            byte[] secret = secretOf(key);
            WrappedKey second = key.wrap(OBJECT_KEY, PLACE);
            assertThat(carrierOf(second)).isNotEqualTo(carrierOf(first));
            assertThat(secret).isEqualTo(new byte[32]);
            assertThat(secretOf(key)).as("of the second, which the timer of the first must leave alone").isNotEqualTo(new byte[32]);
        }
    }
}
