package sekisho.gateway.audit;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The right edge of a Merkle tree (RFC 6962 §2.1): the roots of its complete subtrees, largest first. Enough to append leaves and to
 * say the root, in space that grows with the logarithm of the size.
 */
public final class MerkleTree {

    private static final int HASH_OCTETS = 32;

    private long size;
    private final List<byte[]> edge = new ArrayList<>();

    /** An empty tree. */
    public MerkleTree() {
    }

    /**
     * A tree as it was saved.
     *
     * @param hashes {@link #edge()} of that time: one hash of 32 octets for each bit that is set in {@code size}
     */
    public MerkleTree(long size, byte[] hashes) {
        if (hashes.length != Long.bitCount(size) * HASH_OCTETS) {
            throw new IllegalArgumentException("a tree of " + size + " leaves has " + Long.bitCount(size) + " complete subtrees");
        }
        this.size = size;
        for (int i = 0; i < hashes.length; i += HASH_OCTETS) {
            edge.add(Arrays.copyOfRange(hashes, i, i + HASH_OCTETS));
        }
    }

    /** SHA-256(00 || leaf). */
    public static byte[] leafHash(byte[] leaf) {
        var sha = sha256();
        sha.update((byte) 0);
        return sha.digest(leaf);
    }

    public long size() {
        return size;
    }

    public void append(byte[] leafHash) {
        edge.add(leafHash);
        for (long bits = size; (bits & 1) == 1; bits >>= 1) {
            var right = edge.removeLast();
            var left = edge.removeLast();
            edge.add(nodeHash(left, right));
        }
        size++;
    }

    /** The tree's head; of an empty tree the hash of nothing. */
    public byte[] root() {
        if (edge.isEmpty()) {
            return sha256().digest();
        }
        var root = edge.getLast();
        for (int i = edge.size() - 2; i >= 0; i--) {
            root = nodeHash(edge.get(i), root);
        }
        return root;
    }

    /** The complete subtrees' roots, largest first, 32 octets each, to continue from. */
    public byte[] edge() {
        var out = new ByteArrayOutputStream();
        edge.forEach(out::writeBytes);
        return out.toByteArray();
    }

    private static byte[] nodeHash(byte[] left, byte[] right) {
        var sha = sha256();
        sha.update((byte) 1);
        sha.update(left);
        return sha.digest(right);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
