package sekisho.mailhook.mime;

/** Octets of the spool, from the first to before the last. */
public record Range(long from, long to) {

    public Range {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("a range runs forward: " + from + " to " + to);
        }
    }

    public long length() {
        return to - from;
    }
}
