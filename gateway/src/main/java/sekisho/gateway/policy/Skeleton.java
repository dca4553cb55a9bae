package sekisho.gateway.policy;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** What is left of a domain when all that a hasty eye takes for the same is the same (as in UTS #39 §4, by a table of our own). */
final class Skeleton {

    private static final Map<Integer, Integer> SAME = new HashMap<>();
    private static final Set<Set<UnicodeScript>> TOGETHER = Set.of(
        EnumSet.of(UnicodeScript.LATIN, UnicodeScript.HAN, UnicodeScript.HIRAGANA, UnicodeScript.KATAKANA),
        EnumSet.of(UnicodeScript.LATIN, UnicodeScript.HAN, UnicodeScript.HANGUL),
        EnumSet.of(UnicodeScript.LATIN, UnicodeScript.HAN, UnicodeScript.BOPOMOFO));

    static {
        same("0οоօ〇", 'o');
        same("1iıιіӏ", 'l');   // an i may have been an I on a card or in a mail
        same("аɑα", 'a');
        same("ьвβ", 'b');
        same("сςϲ", 'c');
        same("ԁđ", 'd');
        same("еε", 'e');
        same("ɡց", 'g');
        same("һհħн", 'h');
        same("јյ", 'j');
        same("кκ", 'k');
        same("м", 'm');
        same("ոηп", 'n');
        same("рρ", 'p');
        same("ԛզ", 'q');
        same("г", 'r');
        same("ѕ", 's');
        same("тτ", 't');
        same("սυ", 'u');
        same("ѵν", 'v');
        same("ԝω", 'w');
        same("хχ", 'x');
        same("уγ", 'y');
        same("ł", 'l');
        same("ø", 'o');
        same("曰", '日');
        same("ロ囗", '口');
        same("ニ", '二');
        same("カ", '力');
        same("エ", '工');
        same("タ", '夕');
        same("ー", '一');
        same("ト", '卜');
        same("ハ", '八');
        same("ヘ", 'へ');
        same("リ", 'り');
        same("チ", '千');
        same("ミ", '三');
        same("オ", '才');
        same("ン", 'ソ');
        same("ツ", 'シ');
    }

    private Skeleton() {
    }

    private static void same(String letters, int as) {
        letters.codePoints().forEach(letter -> SAME.put(letter, as));
    }

    static String of(String domain) {
        var letters = new StringBuilder(domain.length());
        Normalizer.normalize(domain, Normalizer.Form.NFKD).codePoints().filter(c -> c < 0x300 || c > 0x36F)
            .forEach(c -> letters.appendCodePoint(SAME.getOrDefault(c, c)));
        return letters.toString().replace("vv", "w").replace("rn", "m").replace("cl", "d");
    }

    /** Whether one label has letters of scripts that no language writes together; Japanese and Korean are written with Latin letters in between. */
    static boolean mixesScripts(String domain) {
        for (var label : domain.split("\\.", -1)) {
            var scripts = EnumSet.noneOf(UnicodeScript.class);
            label.codePoints().mapToObj(UnicodeScript::of).filter(s -> s != UnicodeScript.COMMON && s != UnicodeScript.INHERITED).forEach(scripts::add);
            if (scripts.size() > 1 && TOGETHER.stream().noneMatch(together -> together.containsAll(scripts))) {
                return true;
            }
        }
        return false;
    }
}
