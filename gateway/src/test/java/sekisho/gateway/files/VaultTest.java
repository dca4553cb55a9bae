package sekisho.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sekisho.storage.S3Settings;

class VaultTest {

    private static final long MIB = 1 << 20;

    private static S3Settings with(int partBuffers) {
        return new S3Settings(URI.create("https://s3.example.co.jp"), "objects", "us-east-1", "access", "secret", true, partBuffers, Duration.ofMinutes(1));
    }

    @Test
    void buffersThatMayTakeMoreThanHalfOfTheHeapAreWarnedOf() {
        assertThat(Vault.tooLittleHeap(with(8), 1024 * MIB)).isEmpty();
        assertThat(Vault.tooLittleHeap(with(8), 1024 * MIB - 2)).hasValueSatisfying(warning -> assertThat(warning).contains("part-buffers=8", "512 MiB", "1023 MiB"));
        assertThat(Vault.tooLittleHeap(with(1), 128 * MIB)).isEmpty();
        assertThat(Vault.tooLittleHeap(with(1000), 64_000 * MIB)).hasValueSatisfying(warning -> assertThat(warning).contains("64000 MiB, more than half"));
    }

    @Test
    @Timeout(60)
    void aStoreThatDoesNotAnswerIsTalkedAboutWhileTheStartWaits() throws InterruptedException {
        var told = new CountDownLatch(1);
        try (var _ = new Vault.Delay(Duration.ofMillis(1), told::countDown)) {
            told.await();
        }
        assertThat(told.getCount()).isZero();
    }
}
