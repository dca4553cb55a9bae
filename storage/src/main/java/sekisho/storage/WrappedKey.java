package sekisho.storage;

/**
 * An object's key, encrypted to a sealing key. Useless without the private half of that version.
 *
 * @param algorithm how, for example {@code X25519+ML-KEM-768}
 * @param version of the sealing key
 * @param bytes as FORMAT.md draws them; not copied, not to be changed
 */
public record WrappedKey(String algorithm, int version, byte[] bytes) {
    @Override
    public String toString() {
        return "WrappedKey[" + algorithm + ", version " + version + ", " + bytes.length + " octets]";
    }
}
