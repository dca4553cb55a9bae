package sekisho.storage;

import org.jspecify.annotations.Nullable;

/**
 * What the caller keeps of a sealed object: all that is needed to open it but the private key. The arrays are not copied and not to be
 * changed. Nothing is checked here, since a row may have been tampered with: {@link Opener#open} checks it as a whole.
 *
 * @param key of the object in the store; when {@code inline} is set, nothing is stored under it
 * @param inline the whole ciphertext, when it was small enough to be kept by the caller
 * @param header the first 74 octets of the ciphertext
 * @param plainOctets length of the plaintext
 * @param cipherOctets length of the whole ciphertext, header included; opening trusts this and never the object's own length
 * @param sha256 of the plaintext. It confirms a guess of a file's content, so it deserves the care that the file does: empty where the caller keeps
 *               it in a record that is sealed itself ({@link RecordKey}), or not at all
 * @param wrapped the object's key; destroying every copy of it destroys the object
 */
public record Sealed(String key, byte @Nullable [] inline, byte[] header, long plainOctets, long cipherOctets, byte[] sha256,
        WrappedKey wrapped) {
    /** Whether the object is in the store, so that it has to be deleted there when it goes. */
    public boolean stored() {
        return inline == null;
    }

    @Override
    public String toString() {
        return "Sealed[" + key + ", " + plainOctets + " octets, " + (stored() ? "stored" : "inline") + "]";
    }
}
