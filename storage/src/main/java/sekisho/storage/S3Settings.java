package sekisho.storage;

import io.minio.BucketExistsArgs;
import java.net.URI;
import java.time.Duration;

/**
 * Where an S3 store is and how to talk to it.
 *
 * @param endpoint scheme, host and perhaps a port; https but for a store on the same machine
 * @param bucket exists already, and is used for nothing else; we never create one
 * @param region as the store calls it; some that aren't Amazon's want {@code default}
 * @param accessKey names the credentials
 * @param secretKey signs each request; what a file with it held, without the line end
 * @param pathStyle the bucket in the path and not in the host name, as most stores that aren't Amazon's want it
 * @param partBuffers how many uploads of more than 1 MiB may be under way at once, each with 16 MiB of memory; and 16 times as many of
 *        more than 64 KiB, each with 1 MiB; and all of that once more for {@link ObjectStore#createBeside}
 * @param silence how long the store may say nothing between two pieces of a request or answer; not for a whole object
 */
public record S3Settings(URI endpoint, String bucket, String region, String accessKey, String secretKey, boolean pathStyle,
        int partBuffers, Duration silence) {
    public S3Settings {
        String path = endpoint.getPath();
        boolean http = "https".equals(endpoint.getScheme()) || "http".equals(endpoint.getScheme());
        boolean bare = endpoint.getRawUserInfo() == null && endpoint.getRawQuery() == null && endpoint.getRawFragment() == null;
        if (!http || endpoint.getHost() == null || !bare || path != null && !path.isEmpty() && !path.equals("/")) {
            throw new IllegalArgumentException("an S3 endpoint is http(s)://host or http(s)://host:port and nothing more");
        }
        accessKey = accessKey.strip();
        secretKey = secretKey.strip();
        if (bucket.isBlank() || region.isBlank() || accessKey.isEmpty() || secretKey.isEmpty()) {
            throw new IllegalArgumentException("an S3 store needs a bucket, a region, an access key and a secret key");
        }
        requireBucketName(bucket);
        if (partBuffers < 1) {
            throw new IllegalArgumentException("an S3 store needs at least one part buffer");
        }
        if (!silence.isPositive()) {
            throw new IllegalArgumentException("an S3 store needs some time to answer");
        }
    }

    /** What the SDK wouldn't take, it would refuse at each call, and tell as something that the store said. */
    private static void requireBucketName(String bucket) {
        try {
            BucketExistsArgs.builder().bucket(bucket).build();
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException("'" + bucket + "' can't be the name of an S3 bucket: those have 3 to 63 lower-case letters, digits, hyphens and dots, no two dots in"
                    + " a row, letters or digits at both ends, and don't look like an IP address; name another", refused);
        }
    }

    /** With 8 part buffers and a minute of silence. */
    public S3Settings(URI endpoint, String bucket, String region, String accessKey, String secretKey, boolean pathStyle) {
        this(endpoint, bucket, region, accessKey, secretKey, pathStyle, 8, Duration.ofMinutes(1));
    }

    /** The most octets of the heap that uploads' buffers take together: 64 MiB for each of {@code partBuffers}. They are taken as they are needed, and kept. */
    public long mostBufferOctets() {
        return 2 * UploadMemory.mostOctets(partBuffers, S3Store.PART_OCTETS);
    }

    @Override
    public String toString() {
        return "S3Settings[" + endpoint + ", bucket " + bucket + ", region " + region + "]";
    }
}
