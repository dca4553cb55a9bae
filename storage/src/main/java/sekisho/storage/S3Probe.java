package sekisho.storage;

import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;

import io.minio.GetObjectLockConfigurationArgs;

/**
 * Finds out whether an S3 store can do all that we rely on, by doing it: S3 stores differ, and what one of them doesn't do it often
 * ignores without a word. Leaves nothing behind, unless what it finds is that nothing can be deleted. When an answer was lost it may leave its one
 * object, which its next trial removes first: so however long answers are lost, there is one and no more.
 */
final class S3Probe {
    /** The keys of probes begin with it. */
    static final String KEYS = "sekisho-check/";
    /** The least that S3 takes for a part that isn't the last. */
    private static final int PART_OCTETS = 5 << 20;
    private static final int AROUND = 1000;

    private final S3Store store;
    private final S3Client client;
    private final String key = KEYS + UUID.randomUUID();
    /** The object may be there; guarded by this, as trials of one key exclude each other. */
    private boolean left;

    S3Probe(S3Store store, S3Client client) {
        this.store = store;
        this.client = client;
    }

    /**
     * Tries all. Takes a few requests and some 5 MiB.
     *
     * @throws StoreUnfitException the store lacks something
     * @throws StoreException it can't be reached now, so nothing is known
     */
    synchronized void whole() throws StoreException {
        refuseRetention();
        byte[] content = new byte[PART_OCTETS + AROUND];
        new Random().nextBytes(content);
        leavingNothing(() -> {
            able("take an object in parts (multipart upload)", () -> put(new S3Upload(store, client, new UploadMemory(1, PART_OCTETS, Duration.ZERO), S3Store.MAX_PARTS, key), content));
            able("give out a range of an object", () -> requireRange(content));
            able("refuse to replace an object (If-None-Match)", this::requireOnce);
        }, () -> able("delete an object and every version of it; set the bucket up without versioning, or allow DeleteObjectVersion, and without"
                + " object lock", this::requireGone));
    }

    /** Writes and deletes an empty object. */
    synchronized void small() throws StoreException {
        leavingNothing(() -> {
            try (ObjectStore.Upload upload = store.create(key)) {
                upload.finish();
            }
        }, () -> store.delete(key));
    }

    @FunctionalInterface
    private interface Trial {
        void run() throws StoreException;
    }

    /** Why the trial failed is told, not that its object can't be removed then. */
    private void leavingNothing(Trial trial, Trial removal) throws StoreException {
        if (left) {
            removal.run();
        }
        left = true;    // before the store is asked: it may do it and be unable to say so
        try {
            trial.run();
        } catch (StoreException failed) {
            try {
                removal.run();
                left = false;
            } catch (StoreException stays) {
                failed.addSuppressed(stays);
            }
            throw failed;
        }
        removal.run();
        left = false;
    }

    /** A bucket that locks whatever is put into it: the probe itself couldn't be deleted any more. */
    private void refuseRetention() throws StoreException {
        boolean retains;
        try {
            var lock = client.call("", () -> client.sdk().getObjectLockConfiguration(
                    GetObjectLockConfigurationArgs.builder().bucket(client.bucket()).build()));
            retains = lock != null && lock.mode() != null;
        } catch (S3Client.S3Refusal noneOrUnknown) {
            if (!noneOrUnknown.lasting()) {
                throw noneOrUnknown;
            }
            return;
        } catch (StoreUnfitException notAllowed) {
            return;    // we may not ask; if it matters, the deletion below fails
        }
        if (retains) {
            throw unfit("delete an object: the bucket locks each for a time (object lock with a default retention). Use a bucket without it");
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws Exception;
    }

    private void able(String what, Step step) throws StoreException {
        try {
            step.run();
        } catch (S3Client.S3Refusal refused) {
            throw refused.lasting() ? unfit(what + " (it answered " + refused.code() + ")") : refused;
        } catch (LackException _) {
            throw unfit(what);
        } catch (StoreException e) {
            throw e;
        } catch (Exception e) {
            throw client.inOurWords("", e);
        }
    }

    private StoreUnfitException unfit(String what) {
        return new StoreUnfitException("the object store can't be used, bucket " + client.bucket() + " doesn't " + what);
    }

    /** It did something else than was asked. */
    private static final class LackException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private static void put(ObjectStore.Upload upload, byte[] content) throws Exception {
        try (upload) {
            upload.out().write(content);
            upload.finish();
        }
    }

    /** Over the border of the two parts, and to the end. */
    private void requireRange(byte[] content) throws Exception {
        int from = PART_OCTETS - AROUND;
        try (InputStream in = store.read(key, from, 2 * AROUND)) {
            if (!Arrays.equals(in.readAllBytes(), Arrays.copyOfRange(content, from, from + 2 * AROUND))) {
                throw new LackException();
            }
        }
    }

    private void requireOnce() throws Exception {
        try {
            put(store.create(key), new byte[] {1});
        } catch (ObjectExistsException _) {
            return;
        }
        throw new LackException();
    }

    private void requireGone() throws Exception {
        try {
            if (!store.isGoneAfterDeleting(key)) {
                throw new LackException();
            }
        } catch (StoreUnfitException _) {
            throw new LackException();    // access denied: of locked versions too
        }
        try (InputStream in = store.read(key, 0, 1)) {
            in.read();
        } catch (ObjectMissingException _) {
            return;
        }
        throw new LackException();
    }
}
