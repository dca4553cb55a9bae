package sekisho.inspection;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a PDF's streams are compressed with (ISO 32000-2 §7.4). */
final class PdfFilters {
    private static final int MOST = 8;
    private static final String UNRESOLVED = "?";
    private static final Set<String> PICTURES = Set.of("DCTDecode", "DCT", "JPXDecode", "CCITTFaxDecode", "CCF", "JBIG2Decode");
    private static final int LONGEST_ROW = 1 << 20;

    private PdfFilters() {}

    /** The names, in the order in which they are to be undone. */
    static List<String> of(PdfObjects.Dictionary dictionary) {
        var names = new ArrayList<String>();
        switch (dictionary.values().get("Filter")) {
            case null -> { }
            case PdfObjects.Name(String name) -> names.add(name);
            case PdfObjects.Array(List<Object> values) ->
                values.forEach(value -> names.add(value instanceof PdfObjects.Name(String name) ? name : UNRESOLVED));
            default -> names.add(UNRESOLVED);
        }
        return names;
    }

    /** Whether what comes out are the dots of a picture, for which nobody looks into them. */
    static boolean isPicture(List<String> filters) {
        return filters.stream().anyMatch(PICTURES::contains);
    }

    /** Whether a stream is deflated, and nothing else was done to it. */
    static boolean isDeflateAlone(List<String> filters, PdfObjects.Dictionary dictionary) {
        return filters.size() == 1 && (filters.getFirst().equals("FlateDecode") || filters.getFirst().equals("Fl")) && !dictionary.values().containsKey("DecodeParms")
                && !dictionary.values().containsKey("DP");
    }

    /** Whether the filter {@code Crypt} names the one that does nothing. */
    static boolean isIdentity(PdfObjects.Dictionary dictionary) throws CannotTell {
        PdfObjects.@Nullable Dictionary parameters = parameters(dictionary, of(dictionary).indexOf("Crypt"));
        return parameters == null || parameters.name("Name").isEmpty() || parameters.name("Name").equals("Identity");
    }

    static InputStream open(InputStream raw, List<String> filters, PdfObjects.Dictionary dictionary, Look look) throws IOException {
        if (filters.size() > MOST) {
            throw CannotTell.here("pdf-filter");
        }
        InputStream in = raw;
        for (int i = 0; i < filters.size(); i++) {
            PdfObjects.@Nullable Dictionary parameters = parameters(dictionary, i);
            in = switch (filters.get(i)) {
                case "FlateDecode", "Fl" -> predicted(Decoders.zlib(in, look), parameters);
                case "LZWDecode", "LZW" -> predicted(lzw(in, parameters, look), parameters);
                case "ASCIIHexDecode", "AHx" -> Decoded.hex(in);
                case "ASCII85Decode", "A85" -> Decoded.base85(in);
                case "RunLengthDecode", "RL" -> Metered.open(in, look, 0, PdfFilters::runs);
                case "Crypt" -> in;
                default -> throw CannotTell.here("pdf-filter");
            };
        }
        return in;
    }

    private static PdfObjects.@Nullable Dictionary parameters(PdfObjects.Dictionary dictionary, int filter) throws CannotTell {
        Object value = dictionary.values().getOrDefault("DecodeParms", dictionary.values().get("DP"));
        if (value instanceof PdfObjects.Array(List<Object> values)) {
            value = filter < values.size() ? values.get(filter) : null;
        }
        if (value instanceof PdfObjects.Reference) {
            throw CannotTell.here("pdf-filter");
        }
        return value instanceof PdfObjects.Dictionary parameters ? parameters : null;
    }

    /** Lengths: up to 127 so many octets and one follow as they are, from 129 on one octet is repeated, 128 is the end. */
    private static InputStream runs(InputStream raw) {
        var in = new BufferedInputStream(raw);
        return new InputStream() {
            private int left;
            private int repeated = -1;

            @Override
            public int read() throws IOException {
                if (left == 0) {
                    int length = in.read();
                    if (length < 0 || length == 128) {
                        return -1;
                    }
                    left = length < 128 ? length + 1 : 257 - length;
                    repeated = length < 128 ? -1 : in.read();
                }
                left--;
                return repeated >= 0 ? repeated : in.read();
            }
        };
    }

    private static InputStream lzw(InputStream in, PdfObjects.@Nullable Dictionary parameters, Look look) throws IOException {
        boolean isEarly = parameters == null || parameters.number("EarlyChange", 1) != 0;
        return Metered.open(in, look, PdfLzw.MEMORY_OCTETS, compressed -> new PdfLzw(compressed, isEarly));
    }

    /** Rows of octets that were written as differences: PNG's with the way in front of each, or TIFF's, always from the left. */
    private static InputStream predicted(InputStream raw, PdfObjects.@Nullable Dictionary parameters) throws IOException {
        long predictor = parameters == null ? 1 : parameters.number("Predictor", 1);
        if (parameters == null || predictor < 2) {
            return raw;
        }
        long bits = parameters.number("Colors", 1) * parameters.number("BitsPerComponent", 8);
        long row = (bits * parameters.number("Columns", 1) + 7) / 8;
        boolean isTiff = predictor == 2;
        if (isTiff && parameters.number("BitsPerComponent", 8) != 8 || bits < 1 || bits > 512 || row < 1 || row > LONGEST_ROW) {
            throw CannotTell.here("pdf-filter");
        }
        return new Rows(raw, (int) row, (int) Math.max(1, bits / 8), isTiff);
    }

    private static final class Rows extends InputStream {
        private final InputStream raw;
        private final int pixel;
        private final boolean isTiff;
        private byte[] row;
        private byte[] above;
        private int at;
        private int length;

        Rows(InputStream raw, int row, int pixel, boolean isTiff) {
            this.raw = raw;
            this.isTiff = isTiff;
            this.pixel = pixel;
            this.row = new byte[row];
            this.above = new byte[row];
        }

        @Override
        public int read() throws IOException {
            if (at == length && !next()) {
                return -1;
            }
            return row[at++] & 0xff;
        }

        private boolean next() throws IOException {
            int way = isTiff ? 1 : raw.read();
            byte[] swapped = above;
            above = row;
            row = swapped;
            at = 0;
            length = way < 0 ? 0 : raw.readNBytes(row, 0, row.length);
            for (int i = 0; i < length; i++) {
                int left = i < pixel ? 0 : row[i - pixel] & 0xff;
                int up = above[i] & 0xff;
                int corner = i < pixel ? 0 : above[i - pixel] & 0xff;
                row[i] += (byte) switch (way) {
                    case 1 -> left;
                    case 2 -> up;
                    case 3 -> (left + up) / 2;
                    case 4 -> nearest(left, up, corner);
                    default -> 0;
                };
            }
            return length > 0;
        }

        private static int nearest(int left, int up, int corner) {
            int all = left + up - corner;
            int toLeft = Math.abs(all - left);
            int toUp = Math.abs(all - up);
            int toCorner = Math.abs(all - corner);
            return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
        }

        @Override
        public void close() throws IOException {
            raw.close();
        }
    }
}
