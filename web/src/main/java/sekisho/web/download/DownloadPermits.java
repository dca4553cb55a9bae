package sekisho.web.download;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.Semaphore;

/** Bounds the downloads of this node, and with them their memory. */
@ApplicationScoped
class DownloadPermits {

    private final Semaphore free;

    DownloadPermits(DownloadConfig config) {
        free = new Semaphore(config.atOnce());
    }

    boolean tryAcquire() {
        return free.tryAcquire();
    }

    void release() {
        free.release();
    }
}
