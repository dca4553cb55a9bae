package sekisho.mailhook.mime;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sets of files as Outlook packs them, written by {@link TnefFile}: what goes in, and what must come out. */
final class TnefSets {

    /** One file that comes out. */
    record Expected(String name, byte[] content) {
    }

    /** @param files what comes out; empty when it must stay, and itself alone when it must go whole */
    record Set(byte[] octets, List<Expected> files) {
        private static final String WHOLE = "winmail.dat";

        static Set whole(byte[] octets) {
            return new Set(octets, List.of(new Expected(WHOLE, octets)));
        }
    }

    private static final int DATA = 0x3701;
    private static final int LONG_NAME = 0x3707;
    private static final int MEDIA_TYPE = 0x370E;
    private static final int RTF = 0x1009;
    private static final String TEXT = "{\\rtf1\\ansi\\pard Dear Taro,\\par the plan, the plan, the plan, the plan.\\par}";

    private TnefSets() {
    }

    /** By name, in an order that doesn't change. */
    static Map<String, Set> all() {
        var sets = new LinkedHashMap<String, Set>();
        byte[] plan = content(1, 300);
        byte[] sums = content(2, 1_000);
        byte[] nothing = new byte[0];
        sets.put("one-file", new Set(new TnefFile().attachment("plan.txt", plan, properties()).octets(), files("plan.txt", plan)));
        sets.put("several-files", new Set(new TnefFile().attachment("PLAN~1.TXT", plan, properties().unicode(LONG_NAME, "plan of the year.txt"))
            .attachment("SUMS.CSV", sums, properties().unicode(MEDIA_TYPE, "text/csv")).attachment("EMPTY", nothing, properties()).octets(),
            files("plan of the year.txt", plan, "SUMS.CSV", sums, "EMPTY", nothing)));
        sets.put("same-name-twice", new Set(new TnefFile().attachment("a.zip", plan, properties()).attachment("A.ZIP", sums, properties()).octets(),
            files("a.zip", plan, "A (2).ZIP", sums)));
        sets.put("unicode-names", new Set(new TnefFile().attachment("3-1.CSV", plan, properties().unicode(LONG_NAME, "見積書①㈱.csv"))
            .attachment("4-1.PDF", sums, properties().unicode(LONG_NAME, "Größe 한국 🗻.pdf")).octets(), files("見積書①㈱.csv", plan, "Größe 한국 🗻.pdf", sums)));
        sets.put("code-page-names", new Set(new TnefFile().attachment("見積書①.csv", plan, properties()).octets(), files("見積書①.csv", plan)));
        sets.put("octets-among-properties", new Set(new TnefFile().attachment(properties().binary(DATA, plan).unicode(LONG_NAME, "inside.bin")).octets(),
            files("inside.bin", plan)));
        sets.put("rtf-body", new Set(new TnefFile().message(properties().binary(RTF, TnefFile.compressedRtf(TEXT))).attachment("plan.txt", plan, properties()).octets(),
            files("body.rtf", TEXT.getBytes(StandardCharsets.US_ASCII), "plan.txt", plan)));
        sets.put("rtf-body-alone", new Set(new TnefFile().message(properties().binary(RTF, TnefFile.compressedRtf(TEXT))).octets(), List.of()));
        sets.put("named-properties", new Set(new TnefFile().message(properties().named("x-name", "one", "two").number(0x23, 1).numbers(0x24, 3))
            .attachment("plan.txt", plan, properties().numbers(0x25, 5).unicode(LONG_NAME, "plan.txt")).octets(), files("plan.txt", plan)));
        byte[] inner = new TnefFile().attachment("inner.txt", sums, properties()).octets();
        sets.put("embedded-message", new Set(new TnefFile().attachment("plan.txt", plan, properties())
            .attachment(properties().object(DATA, TnefFile.MESSAGE, inner).unicode(0x3001, "Re: the plan")).octets(), files("plan.txt", plan, "inner.txt", sums)));
        byte[] one = new TnefFile().attachment("plan.txt", plan, properties()).octets();
        byte[] checksum = one.clone();
        checksum[checksum.length - 1] ^= 0x55;
        sets.put("broken-checksum", Set.whole(checksum));
        byte[] flipped = one.clone();
        flipped[indexOf(one, plan) + 10] ^= 0x55;
        sets.put("broken-content", Set.whole(flipped));
        sets.put("cut-in-content", Set.whole(Arrays.copyOf(one, indexOf(one, plan) + 100)));
        sets.put("cut-in-properties", Set.whole(Arrays.copyOf(one, one.length - 3)));
        sets.put("length-beyond-its-end", Set.whole(longer(one)));
        return sets;
    }

    private static TnefFile.Properties properties() {
        return new TnefFile.Properties();
    }

    private static List<Expected> files(Object... namesAndContents) {
        var files = new java.util.ArrayList<Expected>();
        for (int i = 0; i < namesAndContents.length; i += 2) {
            files.add(new Expected((String) namesAndContents[i], (byte[]) namesAndContents[i + 1]));
        }
        return files;
    }

    private static byte[] content(int seed, int octets) {
        byte[] content = new byte[octets];
        new java.util.Random(seed).nextBytes(content);
        return content;
    }

    private static int indexOf(byte[] all, byte[] part) {
        return new String(all, StandardCharsets.ISO_8859_1).indexOf(new String(part, StandardCharsets.ISO_8859_1));
    }

    /** The first attribute says to be longer than all that follows. */
    private static byte[] longer(byte[] tnef) {
        byte[] longer = tnef.clone();
        longer[13] = 0x7F;
        return longer;
    }
}
