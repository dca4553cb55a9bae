package sekisho.mailhook.mime.rewrite;

import java.io.IOException;
import java.io.InputStream;

/** Reads what {@link sekisho.mailhook.mime.SplitSink#spool} was given. */
@FunctionalInterface
public interface Spool {

    /**
     * Opens {@code length} octets from {@code from}; the caller closes the stream.
     *
     * @throws IOException when the spool can't be read; nothing may be relayed then
     */
    InputStream read(long from, long length) throws IOException;
}
