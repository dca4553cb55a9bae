package sekisho.storage;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import io.minio.AbortMultipartUploadArgs;
import io.minio.ListMultipartUploadsArgs;
import io.minio.messages.ListMultipartUploadsResult;
import io.minio.messages.ListMultipartUploadsResult.Upload;

import org.jspecify.annotations.Nullable;

/** Multipart uploads that a bucket holds and that are neither finished nor aborted. */
final class S3Unfinished {
    /** How long whoever gives an upload up waits for the store to have done it. What takes longer goes on, and nobody waits for it. */
    private static final Duration WAIT = Duration.ofSeconds(10);

    private final S3Client client;

    S3Unfinished(S3Client client) {
        this.client = client;
    }

    /** What to do with one of them. */
    @FunctionalInterface
    interface Each {
        void take(Upload upload) throws StoreException;
    }

    /** All of them, those that are under way among them. After a failure some were given. */
    void each(Each each) throws StoreException {
        each("", each);
    }

    /** @param prefix of their keys; a store may ignore it */
    private void each(String prefix, Each each) throws StoreException {
        String keyMarker = null;
        String uploadMarker = null;
        S3Pages pages = new S3Pages();
        boolean more = true;
        while (more) {
            var list = ListMultipartUploadsArgs.builder().bucket(client.bucket()).encodingType(S3Store.URL_ENCODED).prefix(prefix).keyMarker(keyMarker)
                    .uploadIdMarker(uploadMarker).build();
            var page = client.call("", () -> client.sdk().listMultipartUploads(list).thenApply(answer -> readable(answer.result())));
            boolean found = false;
            for (Upload upload : page.uploads()) {
                found |= upload.objectName().startsWith(prefix);
                each.take(upload);
            }
            more = page.isTruncated();
            keyMarker = page.nextKeyMarker();
            uploadMarker = page.nextUploadIdMarker();
            if (more) {
                pages.goOn(found, keyMarker, uploadMarker);
            }
        }
    }

    private static ListMultipartUploadsResult readable(ListMultipartUploadsResult page) {
        for (Upload upload : page.uploads()) {
            upload.setEncodingType(page.encodingType());
            upload.objectName();    // throws what it will throw later, while the call can still say so
        }
        page.nextKeyMarker();
        return page;
    }

    /** One that is gone already is no failure. */
    void abort(String key, String id) throws StoreException {
        try {
            client.call(key, () -> client.sdk().abortMultipartUpload(
                    AbortMultipartUploadArgs.builder().bucket(client.bucket()).object(key).uploadId(id).build()));
        } catch (S3Client.S3Refusal e) {
            if (!e.code().equals("NoSuchUpload")) {
                throw e;
            }
        }
    }

    /** One that the store refuses to abort keeps no other; the first refusal is thrown at the end. A store that can't be reached is not asked on. */
    void abortAllBegunBefore(Instant time) throws StoreException {
        List<StoreException> refusals = new ArrayList<>();
        each(upload -> {
            if (!upload.initiated().toInstant().isAfter(time)) {
                try {
                    abort(upload.objectName(), upload.uploadId());
                } catch (S3Client.S3Refusal | StoreUnfitException refused) {
                    refusals.add(refused);
                }
            }
        });
        if (!refusals.isEmpty()) {
            throw refusals.getFirst();
        }
    }

    private void abortAllOf(String key) throws StoreException {
        List<String> ids = new ArrayList<>();
        each(key, upload -> {
            if (upload.objectName().equals(key) && ids.size() < S3Store.MOST_AT_A_TIME) {
                ids.add(upload.uploadId());
            }
        });
        for (String id : ids) {
            abort(key, id);
        }
    }

    /**
     * Aborts an upload that broke off, as far as the store can be reached: what stays, the sweep finds. Returns after {@link #WAIT} at the latest.
     *
     * @param id null when the store began it and its answer was lost: then whatever is under way for this key, which nobody else writes
     */
    void giveUp(String key, @Nullable String id) {
        Thread aborting = Thread.ofVirtual().start(() -> {
            try {
                if (id == null) {
                    abortAllOf(key);
                } else {
                    abort(key, id);
                }
            } catch (StoreException _) {
                // the sweep finds it
            }
        });
        try {
            aborting.join(WAIT);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
