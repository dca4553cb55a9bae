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
    private static final int HTML = 0x1013;
    private static final int HIDDEN = 0x7FFE;
    private static final String TEXT = "{\\rtf1\\ansi\\pard Dear Taro,\\par the plan, the plan, the plan, the plan.\\par}";

    private static final String PAGE = "<html><body><p>Dear Taro,</p><img src=\"cid:image001.png@01CF8C8\"></body></html>";

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
            files("body.rtf", ascii(TEXT), "plan.txt", plan)));
        sets.put("rtf-body-alone", new Set(new TnefFile().message(properties().binary(RTF, TnefFile.compressedRtf(TEXT))).octets(), List.of()));
        sets.put("named-properties", new Set(new TnefFile().message(properties().named("x-name", "one", "two").number(0x23, 1).numbers(0x24, 3))
            .attachment("plan.txt", plan, properties().numbers(0x25, 5).unicode(LONG_NAME, "plan.txt")).octets(), files("plan.txt", plan)));
        sets.put("octets-before-name-and-picture", new Set(new TnefFile().message(properties().binary(RTF, TnefFile.compressedRtf(TEXT)))
            .attribute(2, 0x9002, new byte[14]).attribute(2, 0x8013, new byte[14]).attribute(2, 0x800F, nothing).attribute(2, 0x8010, ascii("AUTORUN.BAT\0"))
            .attribute(2, 0x8011, content(3, 3_512)).attribute(2, 0x9005, properties().narrow(LONG_NAME, "AUTORUN.BAT").flag(HIDDEN, false).octets())
            .attribute(2, 0x9002, new byte[14]).attribute(2, 0x8013, new byte[14]).attribute(2, 0x8011, content(3, 3_512)).attribute(2, 0x800F, plan)
            .attribute(2, 0x8010, ascii("PLAN~1.TXT\0")).attribute(2, 0x9005, properties().narrow(0x3703, ".txt").narrow(LONG_NAME, "plan of the year.txt").octets()).octets(),
            files("body.rtf", ascii(TEXT), "AUTORUN.BAT", nothing, "plan of the year.txt", plan)));
        sets.put("names-among-properties", new Set(new TnefFile().attachment("", plan, properties().narrow(0x3001, "見積書.doc").narrow(0x3703, "").narrow(LONG_NAME, "見積書.doc"))
            .attachment("", sums, properties().unicode(0x3704, "BOOK~1.XLS").unicode(LONG_NAME, "book of the year.xls")).octets(),
            files("見積書.doc", plan, "book of the year.xls", sums)));
        sets.put("html-body-alone", new Set(new TnefFile().message(properties().binary(HTML, ascii(PAGE))).octets(), List.of()));
        sets.put("html-body-and-its-picture", new Set(new TnefFile().message(properties().binary(HTML, ascii(PAGE)).numbered(0x8514, "a").numbered(0x85D8, "b")
                .named("x-ms-has-attach", "yes", "no")).attachment("plan.cfg", plan, properties().unicode(LONG_NAME, "plan.cfg").flag(HIDDEN, false).binary(0x3709, content(4, 3_000)))
            .attachment("image001.png", sums, properties().flag(HIDDEN, true).unicode(0x3712, "image001.png@01CF8C8").unicode(MEDIA_TYPE, "image/png").number(0x3714, 4)).octets(),
            files("body.html", ascii(PAGE), "plan.cfg", plan, "image001.png", sums)));
        sets.put("several-values", new Set(new TnefFile().message(properties().binaries(0x3014, plan, nothing, sums).times(0x3016, 3)).attachment("voice~1.mp3", sums,
            properties().narrow(LONG_NAME, "5 seconds.mp3").narrow(MEDIA_TYPE, "audio/mp3")).octets(), files("5 seconds.mp3", sums)));
        byte[] receipt = new TnefFile().attribute(1, 0x8008, ascii("IPM.Microsoft Mail.Read Receipt\0")).message(properties().narrow(0x1001, "It was read.")).octets();
        sets.put("octet-behind-its-end", new Set(Arrays.copyOf(receipt, receipt.length + 1), List.of()));
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

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
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
