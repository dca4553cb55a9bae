package sekisho.mailhook.mime.html;

import java.util.Arrays;
import java.util.Set;

import sekisho.mailhook.mime.codec.OctetConsumer;

/**
 * The beginning of what an HTML text shows, in the octets of its charset: no markup, no style, and nothing of what it quotes. Line ends
 * stand where blocks end.
 */
public final class VisibleText implements OctetConsumer, HtmlScanner.Events {

    private static final Set<String> BLOCKS = Set.of("br", "p", "div", "tr", "td", "li", "h1", "h2", "h3", "h4", "table", "pre", "hr");

    private static final int FIRST_OCTETS = 2048;

    private final HtmlScanner scanner;
    private final int most;
    private byte[] octets = new byte[FIRST_OCTETS];
    private int length;
    private boolean blank = true;
    private boolean quoting;

    /** @param most how many octets are kept */
    public VisibleText(int most, boolean iso2022) {
        this.most = most;
        this.scanner = new HtmlScanner(this, iso2022);
    }

    @Override
    public void accept(byte[] b, int off, int len) {
        if (!isFull()) {
            scanner.accept(b, off, len);
        }
    }

    public boolean isFull() {
        return quoting || length == most;
    }

    public byte[] octets() {
        return Arrays.copyOf(octets, length);
    }

    @Override
    public void tag(String name, boolean closing, Attributes attributes, long start, long end) {
        if (!closing && !blank && Quotes.begins(name, attributes)) {
            quoting = true;
        }
        if (BLOCKS.contains(name)) {
            keep((byte) '\n');
        }
    }

    @Override
    public void comment(String head, String tail, long end) {
        // not shown
    }

    @Override
    public void text(byte octet, long at) {
        blank &= HtmlScanner.isSpace(octet);
        keep(octet);
    }

    private void keep(byte octet) {
        boolean twice = HtmlScanner.isSpace(octet) && length > 0 && octets[length - 1] == octet;
        if (!isFull() && !twice) {
            if (length == octets.length) {
                octets = Arrays.copyOf(octets, Math.min(most, 2 * length));
            }
            octets[length++] = octet;
        }
    }
}
