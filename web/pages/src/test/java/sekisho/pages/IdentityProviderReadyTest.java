package sekisho.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IdentityProviderReadyTest {

    private static final byte[] DESCRIPTION = "{}".getBytes(StandardCharsets.US_ASCII);

    private final CountDownLatch mended = new CountDownLatch(1);
    private final AtomicInteger status = new AtomicInteger(200);
    private HttpServer provider;
    private IdentityProviderReady ready;

    /** Gives the head of its answer at once, and the body when it is mended. */
    @BeforeEach
    void start() throws IOException {
        provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        provider.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        provider.createContext("/realms/sekisho/.well-known/openid-configuration", asked -> {
            asked.sendResponseHeaders(status.get(), DESCRIPTION.length);
            asked.getResponseBody().flush();
            try {
                mended.await();
            } catch (InterruptedException stopped) {
                throw new IOException(stopped);
            }
            asked.getResponseBody().write(DESCRIPTION);
            asked.close();
        });
        provider.start();
        ready = new IdentityProviderReady("http://127.0.0.1:" + provider.getAddress().getPort() + "/realms/sekisho/");
    }

    @AfterEach
    void stop() {
        mended.countDown();
        provider.stop(0);
    }

    @Test
    void anAnswerThatBeginsAndNeverEndsIsGivenUp() throws Exception {
        assertThatThrownBy(() -> ready.ask()).isInstanceOf(TimeoutException.class);
        mended.countDown();
        assertThat(ready.ask()).isEmpty();
    }

    @Test
    void whatItAnswersInsteadIsTold() throws Exception {
        mended.countDown();
        assertThat(ready.ask()).isEmpty();
        status.set(500);
        assertThat(ready.ask()).hasValue("status 500");
    }
}
