package sekisho.storage;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;

import io.minio.BucketExistsArgs;
import io.minio.GetObjectArgs;
import io.minio.GetObjectResponse;
import io.minio.ListObjectVersionsArgs;
import io.minio.ListObjectsV2Args;
import io.minio.RemoveObjectArgs;
import io.minio.StatObjectArgs;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import io.minio.messages.ListObjectsResult;
import io.minio.messages.ListVersionsResult;

import org.jspecify.annotations.Nullable;

/**
 * Objects in one bucket of any S3 store. Up to 16 MiB they go in one conditional PUT; what is larger goes as a multipart upload, of at
 * most 10,000 parts and so 156 GiB.
 *
 * <p>When the store's answer to the beginning of a multipart upload is lost, {@link Upload#close} aborts all that are under way for that
 * key: no two write the same key at a time, or one that came second may be aborted too, and fail for now.
 *
 * <p>Where the bucket keeps versions, deleting deletes each of them, what was put before it kept any included; where versions are locked, it fails.
 * {@link #sweepUnfinished} goes by the time when an upload was begun, the only one that S3 tells: choose longer ago than the longest
 * upload takes.
 */
public final class S3Store implements ObjectStore {
    static final int PART_OCTETS = 16 << 20;
    /** S3's own limit. */
    static final int MAX_PARTS = 10_000;
    private static final Limits LIMITS = new Limits(Duration.ofSeconds(30), PART_OCTETS, MAX_PARTS);
    /** How S3 names what was written while the bucket kept no versions. */
    private static final String WITHOUT_VERSION = "null";
    /** Of what one key has: an object is written once, so there are few. Whoever is told that it isn't gone asks again for the rest. */
    static final int MOST_AT_A_TIME = 10_000;
    /** Names in a list may hold what XML can't. */
    static final String URL_ENCODED = "url";

    private final S3Client client;
    private final S3Unfinished unfinished;
    private final UploadMemory memory;
    /** Of uploads that wait for others of their caller's: they would take those the memory that they need to come to their ends. */
    private final UploadMemory besides;
    /** Of uploads around others, by their depth. */
    private final Map<Integer, UploadMemory> arounds = new ConcurrentHashMap<>();
    private final IntFunction<UploadMemory> around;
    private final int maxParts;
    private final S3Probe probe;
    private volatile boolean fit;
    private volatile boolean probed;

    /**
     * What tests choose smaller.
     *
     * @param patience how long an upload waits for a buffer
     * @param partOctets of a part, at least 5 MiB but for the last of an object
     * @param maxParts parts of one object
     */
    record Limits(Duration patience, int partOctets, int maxParts) {
    }

    /** Doesn't talk to the store yet. */
    public S3Store(S3Settings settings) {
        this(settings, LIMITS);
    }

    S3Store(S3Settings settings, Limits limits) {
        this.client = new S3Client(settings);
        this.unfinished = new S3Unfinished(client);
        this.memory = new UploadMemory(settings.partBuffers(), limits.partOctets, limits.patience);
        this.besides = new UploadMemory(settings.partBuffers(), limits.partOctets, limits.patience);
        this.around = depth -> UploadMemory.around(settings.partBuffers(), depth, limits.patience);
        this.maxParts = limits.maxParts;
        this.probe = new S3Probe(this, client);
    }

    @Override
    public Upload create(String key) throws StoreException {
        return new S3Upload(this, client, memory, maxParts, ObjectKeys.checked(key));
    }

    @Override
    public Upload createBeside(String key) throws StoreException {
        return new S3Upload(this, client, besides, maxParts, ObjectKeys.checked(key));
    }

    @Override
    public Upload createAround(String key, int depth) throws StoreException {
        if (depth < 1) {
            throw new IllegalArgumentException("an object around others has a depth of 1 or more");
        }
        return new S3Upload(this, client, arounds.computeIfAbsent(depth, around::apply), maxParts, ObjectKeys.checked(key));
    }

    @Override
    public long largestOctets() {
        return (long) maxParts * memory.parts().octets();
    }

    @Override
    public InputStream read(String key, long offset, long length) throws StoreException {
        ObjectKeys.checked(key);
        if (offset < 0 || length < 0) {
            throw new IndexOutOfBoundsException("a range has no negative offset or length");
        }
        if (length == 0) {
            client.call(key, () -> client.sdk().statObject(StatObjectArgs.builder().bucket(client.bucket()).object(key).build()));
            return InputStream.nullInputStream();
        }
        var get = GetObjectArgs.builder().bucket(client.bucket()).object(key).offset(offset);
        if (length <= Long.MAX_VALUE - offset) {
            get.length(length);
        }
        try {
            GetObjectResponse answer = client.call(key, () -> client.sdk().getObject(get.build()));
            String range = answer.headers().get("Content-Range");
            if (range == null) {
                closeQuietly(answer);
                throw new StoreUnfitException("the object store doesn't give out ranges of objects; use another");
            }
            if (!range.strip().startsWith("bytes " + offset + "-")) {
                closeQuietly(answer);
                throw new StoreException("the object store gave another range of object " + key + " than was asked for; see to the store and what stands before it");
            }
            return new Body(answer, length);
        } catch (S3Client.S3Refusal e) {
            if (e.code().equals("InvalidRange")) {
                return InputStream.nullInputStream();    // it begins behind the end of the object
            }
            throw e;
        }
    }

    private static void closeQuietly(InputStream in) {
        try {
            in.close();
        } catch (IOException _) {
            // nothing was read
        }
    }

    /** An object's octets on their way, as many as were asked for and no more; in our words when the store breaks off. */
    private final class Body extends FilterInputStream {
        private final long length;
        private long octets;
        /** Only for the store: how long the caller takes is no matter here. */
        private long waitedNanos;

        Body(InputStream in, long length) {
            super(in);
            this.length = length;
        }

        @Override
        public int read() throws StoreException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws StoreException {
            if (octets == this.length) {
                return -1;
            }
            long began = System.nanoTime();
            int read;
            try {
                read = in.read(into, offset, (int) Math.min(length, this.length - octets));
            } catch (IOException e) {
                throw client.inOurWords("", e);
            }
            waitedNanos += System.nanoTime() - began;
            if (read > 0) {
                octets += read;
                requirePace();
            }
            return read;
        }

        private void requirePace() throws StoreException {
            if (waitedNanos > client.patience(octets).toNanos()) {
                throw new StoreException("the object store gave " + octets + " octets in " + waitedNanos / 1_000_000_000 + " s; see to the network and the store");
            }
        }
    }

    @Override
    public void delete(String key) throws StoreException {
        if (!isGoneAfterDeleting(key)) {
            throw new StoreException("object " + key + " isn't gone: the store says that it was deleted, and still has versions of it");
        }
    }

    /** Deletes as {@link #delete} does. @return false when the store took it without a word and has it still, or more than {@link #MOST_AT_A_TIME} */
    boolean isGoneAfterDeleting(String key) throws StoreException {
        List<String> versions = versionsOf(ObjectKeys.checked(key));
        if (versions.stream().allMatch(WITHOUT_VERSION::equals)) {
            remove(key, null);    // not all stores take the word "null" for a version where there are none
            versions = versionsOf(key);    // where versioning was switched on since, that only laid a marker over it
            if (versions.isEmpty()) {
                return true;
            }
        }
        for (String version : versions) {
            remove(key, version);
        }
        return versionsOf(key).isEmpty();
    }

    private void remove(String key, @Nullable String version) throws StoreException {
        try {
            client.call(key, () -> client.sdk().removeObject(
                    RemoveObjectArgs.builder().bucket(client.bucket()).object(key).versionId(version).build()));
        } catch (ObjectMissingException _) {
            // gone before
        }
    }

    /** Versions and delete markers of exactly this key, as many as are taken at a time; none where the bucket has no versions. */
    List<String> versionsOf(String key) throws StoreException {
        List<String> versions = new ArrayList<>();
        String keyMarker = null;
        String versionMarker = null;
        S3Pages pages = new S3Pages();
        do {
            var list = ListObjectVersionsArgs.builder().bucket(client.bucket()).encodingType(URL_ENCODED).prefix(key).keyMarker(keyMarker)
                    .versionIdMarker(versionMarker).build();
            ListVersionsResult page;
            try {
                page = client.call(key, () -> client.sdk().listObjectVersions(list).thenApply(answer -> readable(answer.result())));
            } catch (S3Client.S3Refusal e) {
                if (e.code().equals("NotImplemented")) {
                    return List.of();    // a store without versions
                }
                throw e;
            }
            int before = versions.size();
            addVersionsOf(key, page.contents(), versions);
            addVersionsOf(key, page.deleteMarkers(), versions);
            keyMarker = page.isTruncated() ? page.nextKeyMarker() : null;
            versionMarker = page.nextVersionIdMarker();
            if (keyMarker != null) {
                pages.goOn(versions.size() > before, keyMarker, versionMarker);
            }
        } while (key.equals(keyMarker) && versions.size() < MOST_AT_A_TIME);
        return versions;
    }

    private static ListVersionsResult readable(ListVersionsResult page) {
        readable(page, page.contents());
        readable(page, page.deleteMarkers());
        page.nextKeyMarker();
        return page;
    }

    /** Says how names are written on this page; throws what reading one of them would throw later, while the call can still say so. */
    private static void readable(ListObjectsResult page, @Nullable List<? extends Item> items) {
        for (Item item : items == null ? List.<Item>of() : items) {
            item.setEncodingType(page.encodingType());
            item.objectName();
        }
    }

    private static void addVersionsOf(String key, @Nullable List<? extends Item> items, List<String> versions) {
        for (Item item : items == null ? List.<Item>of() : items) {
            if (key.equals(item.objectName())) {
                versions.add(item.versionId() == null ? WITHOUT_VERSION : item.versionId());
            }
        }
    }

    @Override
    public void list(Consumer<StoredObject> each) throws StoreException {
        everyItem(item -> {
            if (ObjectKeys.isKey(item.objectName())) {
                each.accept(new StoredObject(item.objectName(), item.size(), item.lastModified().toInstant()));
            }
        });
    }

    /**
     * Foreign are objects whose name is no key of ours. What a bucket with versions keeps below a finished object or a delete marker isn't named:
     * {@link #delete} leaves nothing there, and what others leave takes a list of all versions to find (docs/operations/stores.md).
     */
    @Override
    public void strays(Consumer<Stray> each) throws StoreException {
        everyItem(item -> {
            if (!ObjectKeys.isKey(item.objectName())) {
                each.accept(new Stray(Stray.Kind.FOREIGN, item.objectName(), item.lastModified().toInstant()));
            }
        });
        unfinished.each(upload -> each.accept(new Stray(Stray.Kind.UNFINISHED, upload.objectName(), upload.initiated().toInstant())));
    }

    /** Page by page, and not by the SDK's iterator: that ends at an empty page although more are told of, and asks for the same one for ever. */
    private void everyItem(Consumer<Item> each) throws StoreException {
        String token = null;
        S3Pages pages = new S3Pages();
        boolean more = true;
        while (more) {
            var list = ListObjectsV2Args.builder().bucket(client.bucket()).encodingType(URL_ENCODED).continuationToken(token).build();
            var page = client.call("", () -> client.sdk().listObjectsV2(list).thenApply(answer -> {
                readable(answer.result(), answer.result().contents());
                return answer.result();
            }));
            List<? extends Item> items = page.contents() == null ? List.of() : page.contents();
            items.forEach(each);
            more = page.isTruncated();
            token = page.nextContinuationToken();
            if (more) {
                pages.goOn(!items.isEmpty(), token);
            }
        }
    }

    @Override
    public void sweepUnfinished(Instant begunBefore) throws StoreException {
        unfinished.abortAllBegunBefore(begunBefore);
    }

    /**
     * The first time tries all that is needed ({@link S3Probe}), some 5 MiB; after a failure writes and deletes a small object; else only asks
     * for the bucket.
     */
    @Override
    public void check() throws StoreException {
        if (!fit) {
            probe.whole();
            fit = true;
        } else if (probed) {
            probed = false;
            boolean there = client.call("", () -> client.sdk().bucketExists(BucketExistsArgs.builder().bucket(client.bucket()).build()));
            if (!there) {
                throw new StoreUnfitException("the object store has no bucket " + client.bucket() + "; create it or name another");
            }
        } else {
            probe.small();
        }
        probed = true;
    }

    @Override
    public void close() {
        client.close();
    }
}
