package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Optional;
import java.util.UUID;

import io.minio.ListMultipartUploadsArgs;
import io.minio.MakeBucketArgs;
import io.minio.SetBucketVersioningArgs;
import io.minio.SetObjectLockConfigurationArgs;
import io.minio.messages.ObjectLockConfiguration;
import io.minio.messages.RetentionMode;
import io.minio.messages.VersioningConfiguration;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The contract, and the probe, against an S3 server that somebody has started: {@code ./sekisho test --s3-real} starts Ceph's. Not one of the
 * tests of every run, since its name doesn't end in Test.
 */
class RealS3 extends ObjectStoreContract {
    private static final String REGION = "default";
    private static FaultyWire wire;
    private S3Settings settings;

    @BeforeAll
    static void connect() {
        wire = new FaultyWire(URI.create(required("SEKISHO_S3_REAL")).getPort());
    }

    @AfterAll
    static void disconnect() {
        wire.close();
    }

    private static String required(String variable) {
        return Optional.ofNullable(System.getenv(variable)).orElseThrow(() -> new IllegalStateException(variable + " says where the S3 server is"));
    }

    private S3Settings bucket(boolean locked, boolean versioned) throws Exception {
        String bucket = "test-" + UUID.randomUUID();
        var made = new S3Settings(URI.create("http://127.0.0.1:" + wire.port()), bucket, REGION, S3ProxyServer.ACCESS_KEY, S3ProxyServer.SECRET_KEY, true);
        try (var client = new S3Client(made)) {
            client.call("", () -> client.sdk().makeBucket(MakeBucketArgs.builder().bucket(bucket).objectLock(locked).build()));
            if (versioned) {
                client.call("", () -> client.sdk().setBucketVersioning(SetBucketVersioningArgs.builder().bucket(bucket)
                        .config(new VersioningConfiguration(VersioningConfiguration.Status.ENABLED, null, null, null)).build()));
            }
        }
        return made;
    }

    @Override
    protected ObjectStore emptyStore() throws Exception {
        settings = bucket(false, false);
        return new S3Store(settings);
    }

    @Override
    protected int unfinishedUploads() throws Exception {
        try (var client = new S3Client(settings)) {
            return client.call("", () -> client.sdk().listMultipartUploads(
                    ListMultipartUploadsArgs.builder().bucket(settings.bucket()).build())).result().uploads().size();
        }
    }

    @Override
    protected String putForeign(byte[] content) throws Exception {
        return S3StoreTest.putForeign(settings, content);
    }

    @Override
    protected void takeAway() {
        wire.breakDown();
    }

    @Override
    protected void bringBack() {
        wire.mend();
    }

    /** Ceph 16 ignores If-None-Match in a bucket with versions. */
    @Test
    void aVersionedBucketIsRefusedForReplacingObjectsAndYetEveryVersionIsDeleted() throws Exception {
        try (var store = new S3Store(bucket(false, true))) {
            assertThatThrownBy(store::check).isInstanceOf(StoreUnfitException.class).hasMessageContaining("If-None-Match");
            try (var upload = store.create("a")) {
                upload.out().write(1);
                upload.finish();
            }
            store.delete("a");
            assertThat(store.versionsOf("a")).isEmpty();
        }
    }

    @Test
    void aBucketThatKeepsWhatIsPutIntoItIsRefusedBeforeAnythingIs() throws Exception {
        var locked = bucket(true, false);
        try (var client = new S3Client(locked); var store = new S3Store(locked)) {
            client.call("", () -> client.sdk().setObjectLockConfiguration(SetObjectLockConfigurationArgs.builder().bucket(locked.bucket())
                    .config(new ObjectLockConfiguration(RetentionMode.GOVERNANCE,
                            new ObjectLockConfiguration.RetentionDurationDays(1))).build()));
            assertThatThrownBy(store::check).isInstanceOf(StoreUnfitException.class).hasMessageContaining("object lock");
        }
    }
}
