package sekisho.mailhook.mime.rewrite;

import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import sekisho.mailhook.mime.Range;

/** What is left of a spool when some ranges are gone from it, as if they had never been there. */
final class CutSpool implements Spool {

    private final Spool whole;
    private final List<Range> cuts;

    /** @param cuts in order and apart from each other */
    CutSpool(Spool whole, List<Range> cuts) {
        this.whole = whole;
        this.cuts = cuts;
    }

    @Override
    public InputStream read(long from, long length) throws IOException {
        List<InputStream> pieces = new ArrayList<>();
        long left = length;
        long at = from;
        long gone = 0;
        for (Range cut : cuts) {
            long n = Math.min(left, Math.max(0, cut.from() - gone - at));
            if (n > 0) {
                pieces.add(whole.read(at + gone, n));
                at += n;
                left -= n;
            }
            gone += cut.length();
        }
        if (left > 0 || pieces.isEmpty()) {
            pieces.add(whole.read(at + gone, left));
        }
        return pieces.size() == 1 ? pieces.getFirst() : new SequenceInputStream(Collections.enumeration(pieces));
    }
}
