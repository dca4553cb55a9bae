package sekisho.gateway.files;

import sekisho.inspection.Sniffer;

/**
 * Sees whether an archive or a PDF stands in something that calls itself another thing, while it streams by: a ZIP by its end, where programs look
 * for it, a PDF near the beginning, 7z and RAR anywhere, by their marks. Used by one thread at a time.
 */
public final class FileInside {

    private final Sniffer sniffer = new Sniffer();

    /** The next octets. */
    public void write(byte[] octets, int offset, int count) {
        sniffer.write(octets, offset, count);
    }

    /** All was written: whether there is one. */
    public boolean isSeen() {
        return sniffer.hasMore();
    }
}
