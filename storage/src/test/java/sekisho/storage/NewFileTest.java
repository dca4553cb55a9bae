package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NewFileTest {
    private static final int BLOCK = 4096;

    @TempDir
    private Path folder;

    /** 4096 is the block of the file system that this runs on; 0 is one that takes no direct writes. */
    @ParameterizedTest
    @ValueSource(ints = {0, BLOCK})
    void whateverThePiecesAreTheFileIsWhatWasWritten(int block) throws IOException {
        var random = new Random(block);
        int[] sizes = {0, 1, 74, 511, 512, 4095, BLOCK, 4097, 65_461, 65_462, 65_536, 70_000, 300_001};
        for (int run = 0; run < 40; run++) {
            var expected = new ByteArrayOutputStream();
            Path path = folder.resolve(block + "-" + run);
            try (var file = new NewFile(path, open(path), block)) {
                for (int pieces = random.nextInt(12); pieces > 0; pieces--) {
                    byte[] piece = new byte[sizes[random.nextInt(sizes.length)]];
                    random.nextBytes(piece);
                    expected.write(piece);
                    writeInside(file, piece);
                }
                file.finish();
            }
            assertThat(path).hasBinaryContent(expected.toByteArray());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {(16 << 20) - 1, 16 << 20, (16 << 20) + 1, (16 << 20) + 65_536, 40_000_003})
    void aLongFileGoesOnThroughThePageCache(int octets) throws IOException {
        byte[] content = new byte[octets];
        new Random(octets).nextBytes(content);
        Path path = folder.resolve("long");
        try (var file = new NewFile(path, open(path), BLOCK)) {
            for (int at = 0; at < octets; at += 65_536) {
                file.write(content, at, Math.min(65_536, octets - at));
            }
            file.finish();
        }
        assertThat(path).hasBinaryContent(content);
    }

    /** Its name is gone when it is to be opened for direct writes, as on a file system that refuses them. */
    @Test
    void whereDirectWritesAreRefusedThePageCacheTakesAll() throws IOException {
        Path path = folder.resolve("refused");
        Path other = folder.resolve("other-name");
        byte[] content = new byte[200_000];
        new Random(3).nextBytes(content);
        try (var file = new NewFile(path, open(path), BLOCK)) {
            Files.createLink(other, path);
            Files.delete(path);
            file.write(content, 0, 74);
            file.write(content, 74, 100_000);
            file.write(content, 100_074, content.length - 100_074);
            file.finish();
        }
        assertThat(other).hasBinaryContent(content);
    }

    @Test
    void afterTheEndNothingCanBeWritten() throws IOException {
        Path path = folder.resolve("ended");
        try (var file = new NewFile(path, open(path), BLOCK)) {
            writeInside(file, new byte[200_000]);
            file.finish();
            assertThat(file.isOpen()).isFalse();
            assertThatThrownBy(() -> writeInside(file, new byte[200_000])).isInstanceOf(IOException.class);
        }
        assertThat(path).hasSize(200_000);
    }

    @Test
    void whenAllBuffersAreLentThePageCacheTakesWhatIsNew() throws IOException {
        byte[] content = new byte[600_000];
        new Random(5).nextBytes(content);
        var open = new ArrayList<NewFile>();
        try {
            for (int i = 0; i < DirectBuffers.MOST + 3; i++) {
                var file = new NewFile(folder.resolve("many-" + i), open(folder.resolve("many-" + i)), BLOCK);
                open.add(file);
                file.write(content, i, 300_000);
            }
            assertThat(DirectBuffers.ALL.take()).isNull();
            for (int i = 0; i < open.size(); i++) {
                open.get(i).write(content, i + 300_000, 200_000);
                open.get(i).finish();
                assertThat(folder.resolve("many-" + i)).hasBinaryContent(Arrays.copyOfRange(content, i, i + 500_000));
            }
        } finally {
            for (var file : open) {
                file.close();
            }
        }
        assertAllBuffersAreBack();
    }

    @Test
    void howeverAFileEndsItsBufferIsGivenBackOnce() throws IOException {
        for (int i = 0; i < DirectBuffers.MOST; i++) {
            Path path = folder.resolve("given-up-" + i);
            var file = new NewFile(path, open(path), BLOCK);
            file.write(new byte[100_000], 0, 100_000);
            if (i % 2 == 0) {
                file.finish();
            }
            file.close();
            file.close();
            assertThatThrownBy(() -> file.write(new byte[10], 0, 10)).isInstanceOf(IOException.class);
        }
        assertAllBuffersAreBack();
    }

    /** As many as there may be, and each another one: two files that fill one buffer would spoil each other. */
    private static void assertAllBuffersAreBack() {
        var taken = new ArrayList<ByteBuffer>();
        for (var buffer = DirectBuffers.ALL.take(); buffer != null; buffer = DirectBuffers.ALL.take()) {
            taken.add(buffer);
        }
        taken.forEach(DirectBuffers.ALL::giveBack);
        Set<ByteBuffer> different = Collections.newSetFromMap(new IdentityHashMap<>());
        different.addAll(taken);
        assertThat(different).hasSameSizeAs(taken).hasSize(DirectBuffers.MOST);
    }

    /** From the middle of an array, as segments come. */
    private static void writeInside(NewFile file, byte[] piece) throws IOException {
        byte[] around = new byte[piece.length + 7];
        System.arraycopy(piece, 0, around, 3, piece.length);
        file.write(around, 3, piece.length);
    }

    private static FileChannel open(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }
}
