package sekisho.mailhook.mime.rewrite;

import java.nio.charset.StandardCharsets;

/** A link block in a text of our own, where it would stand in anybody's. */
public final class PlacedBlock {

    private PlacedBlock() {
    }

    /** @param text in UTF-8, lines ended by CRLF */
    public static byte[] in(byte[] text, LinkBlock block, boolean html) {
        Gap gap;
        if (html) {
            var places = new HtmlPlaces(false);
            places.accept(text, 0, text.length);
            gap = places.place(block.place());
        } else {
            var places = new TextPlaces(false);
            places.accept(text, 0, text.length);
            gap = places.place(block.place());
        }
        byte[] octets = gap.around((html ? block.html() : block.text()).getBytes(StandardCharsets.UTF_8), html);
        byte[] whole = new byte[text.length + octets.length];
        System.arraycopy(text, 0, whole, 0, (int) gap.at());
        System.arraycopy(octets, 0, whole, (int) gap.at(), octets.length);
        System.arraycopy(text, (int) gap.at(), whole, (int) gap.at() + octets.length, text.length - (int) gap.at());
        return whole;
    }
}
