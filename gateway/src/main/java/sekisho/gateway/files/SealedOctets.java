package sekisho.gateway.files;

import java.io.IOException;
import java.util.ArrayDeque;
import sekisho.inspection.Octets;
import sekisho.storage.Opener;

/**
 * Random access to a sealed object: a few windows of it are held decrypted, since archives are read from both ends. Who reads on where a
 * window ended gets larger ones.
 */
final class SealedOctets implements Octets {

    private static final int WINDOW_OCTETS = 128 << 10;
    private static final int LARGE_WINDOW_OCTETS = 1 << 20;
    private static final int WINDOWS = 3;

    private final Opener.OpenObject object;
    private final ArrayDeque<Window> windows = new ArrayDeque<>();

    SealedOctets(Opener.OpenObject object) {
        this.object = object;
    }

    private record Window(long from, byte[] octets) {

        boolean holds(long position) {
            return position >= from && position < end();
        }

        long end() {
            return from + octets.length;
        }
    }

    @Override
    public long size() {
        return object.plainOctets();
    }

    @Override
    public int read(long position, byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (position < 0 || position >= size()) {
            return -1;
        }
        var window = window(position);
        int at = (int) (position - window.from());
        int octets = Math.min(length, window.octets().length - at);
        System.arraycopy(window.octets(), at, into, offset, octets);
        return octets;
    }

    private Window window(long position) throws IOException {
        for (var window : windows) {
            if (window.holds(position)) {
                windows.remove(window);
                windows.addFirst(window);
                return window;
            }
        }
        boolean onward = windows.stream().anyMatch(w -> w.end() == position);
        int octets = (int) Math.min(onward ? LARGE_WINDOW_OCTETS : WINDOW_OCTETS, size() - position);
        try (var in = object.read(position, octets)) {
            var window = new Window(position, in.readNBytes(octets));
            if (window.octets().length < octets) {
                throw new IOException("the object ends early");
            }
            windows.addFirst(window);
            if (windows.size() > WINDOWS) {
                windows.removeLast();
            }
            return window;
        }
    }
}
