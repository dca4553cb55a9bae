package sekisho.mailhook.mime.rewrite;

import java.util.Set;

import sekisho.mailhook.mime.codec.OctetConsumer;
import sekisho.mailhook.mime.html.Shifts;

/** Finds the places of a plain text, in a charset that extends ASCII, as its octets stream by. */
final class TextPlaces implements OctetConsumer {

    private static final int BOM = 3;
    private static final int LETTERS = 5;
    /** How the line may begin behind which Outlook quotes: the signature there is another's. */
    private static final Set<Long> QUOTES = Set.of(octets("-----"), octets("_____"), octets("From:"));

    private final boolean iso2022;
    private long at;
    private long lineStart;
    private int lineOctets;       // without the line end
    private long line;            // the first octets of the line
    private long firstOctets;
    private boolean blankBefore = true;
    private final Shifts shifts = new Shifts();
    private boolean afterCr;
    private boolean quoting;
    private @org.jspecify.annotations.Nullable Gap signature;

    /** @param iso2022 whether escape sequences change what an octet means (RFC 1468) */
    TextPlaces(boolean iso2022) {
        this.iso2022 = iso2022;
    }

    private static long octets(String first) {
        return first.chars().asLongStream().reduce(0, (all, c) -> all << 8 | c);
    }

    @Override
    public void accept(byte[] b, int off, int len) {
        for (int i = off; i < off + len; i++) {
            octet(b[i]);
        }
    }

    private void octet(byte b) {
        if (at < BOM) {
            firstOctets = firstOctets << 8 | b & 0xFF;
        }
        at++;
        if (iso2022) {
            shifts.covers(b);
        }
        if (b == '\n') {
            lineEnds(lineOctets - (afterCr ? 1 : 0));
            return;
        }
        afterCr = b == '\r';
        if (lineOctets < LETTERS) {
            line = line << 8 | b & 0xFF;
        }
        lineOctets++;
    }

    private void lineEnds(int length) {
        quoting |= lineOctets >= LETTERS && QUOTES.contains(line) && !shifts.isShifted();
        boolean dashes = length == 3 && (line >> (lineOctets > 3 ? 8 : 0) & 0xFFFFFF) == ('-' << 16 | '-' << 8 | ' ');
        if (dashes && signature == null && !quoting && !shifts.isShifted()) {
            signature = new Gap(lineStart, false, false, blankBefore, false);
        }
        blankBefore = length == 0;
        lineStart = at;
        lineOctets = 0;
        line = 0;
        afterCr = false;
    }

    Gap place(Place place) {
        return switch (place) {
            case TOP -> start();
            case BEFORE_SIGNATURE -> beforeSignature();
            case BOTTOM -> at <= start().at() ? start() : new Gap(at, true, lineOctets > 0, lineOctets == 0 && blankBefore, shifts.isShifted());
        };
    }

    private Gap beforeSignature() {
        if (lineOctets > 0) {   // the last line may lack its end
            int octets = lineOctets;
            lineEnds(lineOctets - (afterCr ? 1 : 0));
            lineOctets = octets;
        }
        return signature == null || signature.at() <= start().at() ? start() : signature;
    }

    private Gap start() {
        return Gap.start(at >= BOM && firstOctets == 0xEFBBBF ? BOM : 0);
    }
}
