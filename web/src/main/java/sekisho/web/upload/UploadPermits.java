package sekisho.web.upload;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.Semaphore;

/** Bounds the uploads of this node, and with them their memory. */
@ApplicationScoped
class UploadPermits {

    private final Semaphore free;

    UploadPermits(UploadConfig config) {
        free = new Semaphore(config.atOnce());
    }

    boolean tryAcquire() {
        return free.tryAcquire();
    }

    void release() {
        free.release();
    }
}
