package sekisho.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import io.minio.CompleteMultipartUploadArgs;
import io.minio.CreateMultipartUploadArgs;
import io.minio.Http;
import io.minio.PutObjectAPIArgs;
import io.minio.StatObjectArgs;
import io.minio.UploadPartArgs;
import io.minio.messages.Part;

import org.jspecify.annotations.Nullable;

/**
 * An object on its way into an {@link S3Store}. Up to 64 KiB it waits in memory of its own, then in that of the pools. A full part buffer is
 * sent as a part when more follows; so an object of up to one part needs no multipart upload.
 */
final class S3Upload implements ObjectStore.Upload {
    private static final int OWN_OCTETS = 64 << 10;
    private static final int ATTEMPTS = 3;
    private static final long ABSENT = -1;
    private static final byte[] NONE = {};
    /** Refuses to replace what is there (RFC 9110 §13.1.2); stores that don't know it for multipart uploads are asked before. */
    private static final Map<String, String> ONLY_IF_ABSENT = Map.of("If-None-Match", "*");

    private enum State { OPEN, BROKEN, ENDED }

    private final S3Store store;
    private final S3Client client;
    private final S3Unfinished unfinished;
    private final UploadMemory memory;
    private final int maxParts;
    private final String key;
    private final OutputStream out = new Octets();
    private final List<Part> parts = new ArrayList<>();
    private byte[] buffer = new byte[OWN_OCTETS];
    /** Whose the buffer is; null while it's our own. */
    private @Nullable BufferPool lender;
    private int filled;
    private long sentOctets;
    private @Nullable String uploadId;
    /** The store was asked to begin a multipart upload and didn't say that it hadn't. */
    private boolean begun;
    private State state = State.OPEN;

    S3Upload(S3Store store, S3Client client, UploadMemory memory, int maxParts, String key) {
        this.store = store;
        this.client = client;
        this.unfinished = new S3Unfinished(client);
        this.memory = memory;
        this.maxParts = maxParts;
        this.key = key;
    }

    @Override
    public OutputStream out() {
        return out;
    }

    private final class Octets extends OutputStream {
        @Override
        public void write(int octet) throws StoreException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] octets, int offset, int length) throws StoreException {
            if (state != State.OPEN) {
                throw new StoreException("object " + key + " takes no more octets: it broke off, or was finished or closed before");
            }
            state = State.BROKEN;
            int at = offset;
            int left = length;
            while (left > 0) {
                makeRoom(left);
                int piece = Math.min(left, buffer.length - filled);
                System.arraycopy(octets, at, buffer, filled, piece);
                filled += piece;
                at += piece;
                left -= piece;
            }
            state = State.OPEN;
        }
    }

    /** For at least one more octet. */
    private void makeRoom(int octets) throws StoreException {
        if (lender == memory.parts()) {
            if (filled == buffer.length) {
                sendPart();
            }
        } else if (filled + (long) octets > buffer.length) {
            borrow(filled + (long) octets <= memory.smalls().octets() ? memory.smalls() : memory.parts());
        }
    }

    private void borrow(BufferPool pool) throws StoreException {
        byte[] larger = pool.take();
        System.arraycopy(buffer, 0, larger, 0, filled);
        giveBack();
        buffer = larger;
        lender = pool;
    }

    private void giveBack() {
        BufferPool owner = lender;
        byte[] lent = buffer;
        letGo();
        if (owner != null) {
            owner.giveBack(lent);
        }
    }

    private void letGo() {
        buffer = NONE;
        lender = null;
    }

    private void sendPart() throws StoreException {
        int number = parts.size() + 1;
        if (number > maxParts) {
            throw new ObjectTooLargeException(key, (long) maxParts * buffer.length);
        }
        String id = uploadId;
        if (id == null) {
            id = begin();
            uploadId = id;
        }
        String crc32 = S3Client.crc32(buffer, filled);
        var part = UploadPartArgs.builder().bucket(client.bucket()).object(key).uploadId(id).partNumber(number)
                .data(buffer, filled).headers(S3Client.checksum(crc32)).build();
        long began = System.nanoTime();
        for (int attempt = 1; ; attempt++) {
            try {
                // the same octets under the same number: sending them again does no harm
                parts.add(client.call(key, () -> client.sdk().uploadPart(part)).part());
                break;
            } catch (StoreException e) {
                requireAnother(attempt, began, e);
            }
        }
        sentOctets += filled;
        filled = 0;
    }

    /** Throws why the attempt failed, unless another is worth while. */
    private void requireAnother(int attempt, long began, StoreException failed) throws StoreException {
        boolean late = System.nanoTime() - began > client.patience(buffer.length).toNanos();    // slow rather than silent: another attempt would be, too
        if (attempt == ATTEMPTS || late || !failed.temporary()) {
            throw failed;
        }
    }

    private String begin() throws StoreException {
        var begin = CreateMultipartUploadArgs.builder().bucket(client.bucket()).object(key)
                .headers(new Http.Headers(Map.of("x-amz-checksum-algorithm", "CRC32"))).build();
        begun = true;
        try {
            return client.call(key, () -> client.sdk().createMultipartUpload(begin)).result().uploadId();
        } catch (StoreUnfitException refused) {
            begun = false;
            throw refused;
        } catch (S3Client.S3Refusal refused) {
            begun = !refused.lasting();
            throw refused;
        }
    }

    @Override
    public void finish() throws StoreException {
        if (state != State.OPEN) {
            throw new StoreException("object " + key + " can't be finished: it broke off, or was finished or closed before");
        }
        state = State.BROKEN;
        if (uploadId == null) {
            putWhole();
        } else {
            sendPart();
            complete(uploadId);
        }
        state = State.ENDED;
        giveBack();
    }

    private void putWhole() throws StoreException {
        var put = PutObjectAPIArgs.builder().bucket(client.bucket()).object(key).data(buffer, filled)
                .headers(S3Client.checksum(S3Client.crc32(buffer, filled))).extraHeaders(ONLY_IF_ABSENT).build();
        long began = System.nanoTime();
        for (int attempt = 1; ; attempt++) {
            try {
                client.call(key, () -> client.sdk().putObject(put));
                return;
            } catch (ObjectExistsException e) {
                if (attempt > 1 && isStored()) {    // by an attempt whose answer was lost
                    return;
                }
                throw e;
            } catch (StoreException e) {
                requireAnother(attempt, began, e);
            }
        }
    }

    /** Whether what has the key is ours, octet for octet: what another sealed under it never is. */
    private boolean isStored() throws StoreException {
        try (InputStream stored = store.read(key, 0, Long.MAX_VALUE)) {
            byte[] piece = new byte[OWN_OCTETS];
            int compared = 0;
            for (int octets = stored.read(piece); octets >= 0; octets = stored.read(piece)) {
                if (octets > filled - compared || Arrays.mismatch(piece, 0, octets, buffer, compared, compared + octets) >= 0) {
                    return false;
                }
                compared += octets;
            }
            return compared == filled;
        } catch (ObjectMissingException e) {
            throw new StoreException("the object store says of object " + key + " that it is there, and that it isn't", e);
        } catch (StoreException e) {
            throw e;
        } catch (IOException e) {
            throw client.inOurWords(key, e);
        }
    }

    private void complete(String id) throws StoreException {
        if (storedOctets() != ABSENT) {
            throw new ObjectExistsException(key);
        }
        var complete = CompleteMultipartUploadArgs.builder().bucket(client.bucket()).object(key).uploadId(id)
                .parts(parts.toArray(Part[]::new)).extraHeaders(ONLY_IF_ABSENT).build();
        client.call(key, () -> client.sdk().completeMultipartUpload(complete));
        // S3 may answer 200 with an error inside, which the SDK takes for success: believe only the object itself
        if (storedOctets() != sentOctets) {
            throw new StoreException("the object store didn't put the parts of object " + key + " together");
        }
        begun = false;
    }

    private long storedOctets() throws StoreException {
        try {
            return client.call(key, () -> client.sdk().statObject(
                    StatObjectArgs.builder().bucket(client.bucket()).object(key).build())).size();
        } catch (ObjectMissingException _) {
            return ABSENT;
        }
    }

    @Override
    public void close() {
        if (state == State.ENDED) {
            return;
        }
        state = State.ENDED;
        BufferPool owner = lender;
        letGo();
        if (owner != null) {
            owner.forget();
        }
        if (begun) {
            unfinished.giveUp(key, uploadId);
        }
    }
}
