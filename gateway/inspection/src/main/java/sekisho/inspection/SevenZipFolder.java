package sekisho.inspection;

import java.io.EOFException;
import java.io.IOException;
import java.util.List;

/** One chain of coders of a 7z archive and what it packs, as {@link SevenZipHeader} reads it. */
final class SevenZipFolder {
    /** @param id as a number, the first octet the highest */
    record Coder(long id, int inputs, int outputs, byte[] properties) {
        /** All of 06F0 and 06F1 is cryptography; 7zAES is 06F10701. */
        boolean isCipher() {
            long first = id;
            while (first > 0xffff) {
                first >>= 8;
            }
            return first == 0x06f1 || first == 0x06f0;
        }
    }

    /** Output {@code output} goes into input {@code input}; both counted over all coders of the folder. */
    record Bond(int input, int output) {}

    private final List<Coder> coders;
    private final List<Bond> bonds;
    final int[] packedInputs;
    final int outputs;
    long packedAt;
    long[] packedSizes = {};
    long[] unpackSizes = {};
    /** Of the files in it, one after the other. */
    long[] sizes = {};
    boolean hasCrc;

    SevenZipFolder(List<Coder> coders, List<Bond> bonds, int[] packedInputs, int outputs) {
        this.coders = coders;
        this.bonds = bonds;
        this.packedInputs = packedInputs;
        this.outputs = outputs;
    }

    List<Coder> coders() {
        return coders;
    }

    List<Bond> bonds() {
        return bonds;
    }

    boolean isEncrypted() {
        return coders.stream().anyMatch(Coder::isCipher);
    }

    /** The output that is nobody's input. */
    int mainOutput() throws IOException {
        for (int i = 0; i < outputs; i++) {
            int output = i;
            if (bonds.stream().noneMatch(bond -> bond.output() == output)) {
                return i;
            }
        }
        throw new EOFException();
    }

    long unpackSize() throws IOException {
        return unpackSizes[mainOutput()];
    }
}
