package sekisho.gateway.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class MerkleTreeTest {

    /** RFC 6962 §2.1 word for word: an independent second implementation. */
    private static byte[] mth(List<byte[]> entries) throws Exception {
        var sha = MessageDigest.getInstance("SHA-256");
        int n = entries.size();
        if (n == 0) {
            return sha.digest();
        }
        if (n == 1) {
            sha.update((byte) 0);
            return sha.digest(entries.getFirst());
        }
        int k = Integer.highestOneBit(n - 1);
        var left = mth(entries.subList(0, k));
        var right = mth(entries.subList(k, n));
        sha.update((byte) 1);
        sha.update(left);
        return sha.digest(right);
    }

    @Test
    void theRootIsThatOfTheStandardAtEverySize() throws Exception {
        var tree = new MerkleTree();
        var entries = new ArrayList<byte[]>();
        for (int i = 0; i < 300; i++) {
            assertThat(tree.root()).as("size " + i).isEqualTo(mth(entries));
            var entry = ("entry " + i).getBytes(StandardCharsets.UTF_8);
            entries.add(entry);
            tree.append(MerkleTree.leafHash(entry));
        }
    }

    @Test
    void anEmptyTreeHasTheHashOfNothing() {
        assertThat(HexFormat.of().formatHex(new MerkleTree().root()))
            .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    @Test
    void aTreeGoesOnFromItsSavedEdge() {
        var whole = new MerkleTree();
        for (int i = 0; i < 77; i++) {
            whole.append(MerkleTree.leafHash(new byte[] {(byte) i}));
        }
        var resumed = new MerkleTree(whole.size(), whole.edge());
        whole.append(MerkleTree.leafHash(new byte[] {1, 2}));
        resumed.append(MerkleTree.leafHash(new byte[] {1, 2}));
        assertThat(resumed.root()).isEqualTo(whole.root());
        assertThatThrownBy(() -> new MerkleTree(3, new byte[32])).isInstanceOf(IllegalArgumentException.class);
    }
}
