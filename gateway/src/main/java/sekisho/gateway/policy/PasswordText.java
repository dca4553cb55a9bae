package sekisho.gateway.policy;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import sekisho.gateway.policy.PasswordToken.Strength;

/**
 * Whether a text looks as if it told a password: one of the usual words, and by it something that looks like a password. The less that looks like
 * one by itself ({@link Strength}), the better the place must be: behind a colon, "is" or は; between quotes; in front of です; alone on
 * the next line. A guess; who wants to hide a password can. Reads at most {@link #MOST_CHARS}, in time that grows with their number alone.
 */
public final class PasswordText {

    /** What is read of a text. */
    public static final int MOST_CHARS = 16_000;

    /** In the words of form KC, so half-width kana and full-width letters are covered. */
    private static final Pattern WORD = Pattern.compile("(?<clear>パスワ[ー\\-−―‐]ド|ぱすわーど|パスコード|パスフレーズ|(?:解凍|展開|開封|復号|解除|暗号|暗証)(?:キ[ー\\-]|鍵|コード|番号|キーワード)|合い?言葉"
        + "|pass[ -]?words?(?![a-z0-9])|pass ?codes?(?![a-z0-9])|pass ?phrases?(?![a-z0-9])|passwd|(?:decryption|unlock(?:ing)?|access) (?:key|code)"
        + "|(?<![a-z0-9])(?:pw|p/w|pwd)(?![a-z0-9]))|(?<key>(?<![ァ-ヺー])キー(?![ァ-ヺー])|(?<![合間])鍵)|(?<vague>(?<![ァ-ヺー])パス(?![ァ-ヺー])|解凍|復号|(?<![a-z0-9])(?:pass|pin(?: ?code)?)(?![a-z0-9]))",
        Pattern.CASE_INSENSITIVE);

    private static final Pattern TAG = Pattern.compile("</?(?:(p|br|div|t[dhr]|table|pre|li|[uo]l|h[1-6]|body|html)|b|i|u|span|font|a|strong|em|code)(?: [^<>]{0,500})?/?>",
        Pattern.CASE_INSENSITIVE);
    private static final Pattern ENTITY = Pattern.compile("&(?:nbsp|ensp|emsp|#[0-9]{1,6}|#x[0-9a-f]{1,5});", Pattern.CASE_INSENSITIVE);
    private static final Pattern ADDRESS = Pattern.compile("(?:[a-z]{2,10}://|www\\.)[!-~]{1,500}|[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\\.[a-z0-9-]{1,63}){1,8}",
        Pattern.CASE_INSENSITIVE);

    /** How far behind the word a password is looked for. */
    private static final int REACH = 160;
    /** So many are looked at; a text of a person has a few. */
    private static final int MOST_WORDS = 500;
    private static final int LINES = 4;
    /** How far in front of it, and for what says what it is about. */
    private static final int BACK = 80;
    private static final int MEETING = 200;

    /** Behind the word: no password is spoken of, but something about passwords. */
    private static final Pattern COMPOUND = Pattern.compile("^(?:の?(?:付き?|つき|ロック|保護|ポリシ|管理|な[しい]|無し|不要|レス|変更|再設定|リセット|再発行|有効期限|期限|規程|規定|ルール|強度|漏|使い回し|要件|入力)"
        + "|を(?:お?忘れ(?!なく)|か[けか]|つけ|付け|変更|設定|入力|教え|お知らせ(?:くだ|下)|ご?連絡(?:くだ|下)|お送り(?:くだ|下)|再)"
        + "|[ -](?:polic|manage|reset|protect|expir|change|strength|require|rule|guid|recover|field|box|prompt|hint|secur|spray|updat|login|remain|stay))", Pattern.CASE_INSENSITIVE);
    /** In front of the word: it is to be changed, typed or asked for. Then only what is said to be it is one. */
    private static final Pattern ABOUT = Pattern.compile("\\b(?:re-?set|chang(?:e|ed|ing)|forgot(?:ten)?|updated?|renew|re-?send|what(?:'s| is)|never|enter|tell me|no|without)"
        + "(?: (?:your|my|the|his|her|their|an?|new|old|current|login|send|us|me)){0,3} ?$", Pattern.CASE_INSENSITIVE);
    /** Behind the vague ones: where a file lies (パス is a path, too). */
    private static final Pattern PATH = Pattern.compile("^(?: ?[0-9]{1,3})? ?[:=は][ \\t]*(?:[a-z]:[\\\\/¥]|[\\\\/¥]{1,2}[\\w.-]|~/|\\.{1,2}[\\\\/]|[\\w.-]{1,40}[\\\\/¥][\\w.-]{1,40}[\\\\/.¥])",
        Pattern.CASE_INSENSITIVE);
    /** Behind "pin": what a contact of a plug is for. */
    private static final Pattern CONTACT = Pattern.compile("^ ?[0-9]{1,3} ?[:=]");
    private static final Pattern MEETINGS = Pattern.compile("(?:meeting|webinar|conference|zoom|teams|ミーティング|会議|ウェビナー)(?:の|'s)? ?$", Pattern.CASE_INSENSITIVE);
    private static final Pattern OF_A_MEETING = Pattern.compile("(?:meeting|webinar|conference|ミーティング|会議|ウェビナー) ?(?:id|番号|number)", Pattern.CASE_INSENSITIVE);

    /** Between "key" and what it is: nearly nothing, for it is many other things. */
    private static final Pattern OF_A_KEY = Pattern.compile("^(?:\\([^()\\n]{0,20}\\))? ?(?:は|が|:|=|\\n|→|⇒)[\\s、]*[\"'“‘「『【(<]?$");

    /** It comes by another way or later: what stands behind this sentence isn't it. */
    private static final Pattern ELSEWHERE = Pattern.compile("別途|別メール|別便|別送|後ほど|後送|後日|追って|改めて|電話|口頭|記載しま|separate|another|later|follows? in|by phone|by text|will be sent", Pattern.CASE_INSENSITIVE);
    private static final Pattern HERE = Pattern.compile("(?:通り|とおり|以下|下記|次の|こちら|(?:お知らせ|送り|送付|連絡)(?:いた|し|致)|^です。|below|as follows|following|here is|here's)", Pattern.CASE_INSENSITIVE);
    private static final Pattern ASKED = Pattern.compile("ください|下さい|教えて|please (?:send|tell|let)|could you|can you|\\?", Pattern.CASE_INSENSITIVE);
    private static final Pattern END_OF_SENTENCE = Pattern.compile("[。!?\\n]|\\.(?= |\\n|$)");

    private static final String OPEN = "[\\s\"'“‘「『【\\[(<`*_>|-]*";
    private static final String CLOSED = "[\"'”’」』】\\])>`*_]*";
    /** All that stands between word and password when the one is said to be the other. */
    private static final Pattern SAID = Pattern.compile("^[^。!?\\n]{0,60}?(?:[:=→⇒▶►/]|->| [-–—―] |は|が|\\b(?:is|are)\\b|'s)[\\s、,:]*" + OPEN + "$", Pattern.CASE_INSENSITIVE);
    /** With how it is written, or what it is, between: "all in small letters", "your order number". */
    private static final Pattern SAID_BY_WAY = Pattern.compile("^[^。!?\\n]{0,40}?[はが][^。!?\\n]{1,20}で[ 、]*" + OPEN + "$");
    private static final Pattern SAID_AS = Pattern.compile("^[^.!?\\n]{0,60}?\\b(?:is|are) (?:your|our|my|the(?! same)|today's) [^.!?,\\n]{2,40}?[ :]+" + OPEN + "$", Pattern.CASE_INSENSITIVE);
    private static final Pattern SET = Pattern.compile("\\b(?:set|changed|reset)(?: (?:the|its|a|your|our|my|zip|file|archive|new)){0,3} ?$", Pattern.CASE_INSENSITIVE);
    private static final Pattern SET_TO = Pattern.compile("^(?: (?:for|of|on) [^.!?\\n]{1,40}?)? to:?[ ]*" + OPEN + "$", Pattern.CASE_INSENSITIVE);
    /** The same, with nothing else between but a remark. */
    private static final Pattern SAID_AT_ONCE = Pattern.compile("^" + CLOSED + "(?:\\([^()\\n]{0,20}\\))?" + CLOSED + "[ \\t]*(?:[:=]|は)[\\s、]*" + OPEN + "$");
    private static final Pattern SAID_BY_COLON = Pattern.compile("[:=→⇒▶►]|->|は|が");
    private static final Pattern BESIDE = Pattern.compile("^[\\s」』】\\])]*" + OPEN + "$");
    private static final Pattern LABEL = Pattern.compile("^[」』】\\]):>◆■●★*=-]*[ \\t]*\\n\\s*" + OPEN + "$");
    private static final Pattern QUOTED = Pattern.compile("[\"“‘「『【】\\[]\\s*$|(?<=[\\s:=は])'$");
    /** Behind the password: the end of what is said. */
    private static final Pattern ENDED = Pattern.compile("^[!?]? ?" + CLOSED + "\\s*(?:$|\\n|[。.;]|\\(|です|でございます|となり|になり|と(?:し|設定)|で(?:す|開|解凍|お願|設定)|だ(?:$|\\n|。)|に(?:し|設定))");
    /** Nothing else follows in its line. */
    private static final Pattern LAST = Pattern.compile("^[!?]?" + CLOSED + "[ \\t]*(?:(?:です|でございます|となります|になります)?[。.]?)[ \\t]*(?:$|\\n)");
    private static final Pattern IS_IT = Pattern.compile("^" + CLOSED + "\\s*(?:です|でございます|となり|になり|で(?:開|解凍|お願|設定)|に設定)");
    private static final Pattern IS = Pattern.compile("^" + CLOSED + "\\s*(?:です|でございます|となり|になり)");
    private static final Pattern UNIT = Pattern.compile("^\\s*(?:[年月日円件名人個回本枚台時分秒頁号階番桁文字ページメ歳%万億千:/-]|まで|以)");
    /** In front of the word, behind the password. */
    private static final Pattern IS_THE = Pattern.compile("^(" + CLOSED + ")\\s*(?:(?:これ|それ|こちら|上記|以上)?が|を|←|<-|(?:[.,。 –—-]*(?:this|that|it|above) )?is (?:the|your|its|our)|as (?:the|your|its|a)|\\()\\s*"
        + "(?:(?:添付)?ファイルの|zipの|解凍|開封|(?:zip|file|archive|document|decryption) )?$", Pattern.CASE_INSENSITIVE);
    /** A password in Japanese. */
    private static final Pattern JAPANESE = Pattern.compile("^\\s*(?:(?:は|:|=)[\\s、]*[「『【\"“]([^」』】\"”\\n]{1,30})[」』】\"”]\\s*(?:です|でございます|となり|になり|。|\\n|$)|[:=][ \\t]*([^\\s!-~]{2,12}[0-9]{0,8})[ \\t]*(?:\\n|$))");
    private static final Pattern DIGITS_BEHIND = Pattern.compile("[0-9]+$");
    private static final Pattern NO_PASSWORD = Pattern.compile("別|送|連絡|知らせ|な[しい]|無|不要|あり|有|同|設定|文字|桁|英数|内線|変更|必須|任意|下記|以下|上記|こちら|くだ|です|ます|参照|後|電話|口頭|記載|番号|期|[○●〇◯＊*・…―]{2}");
    /** Words of a passphrase. */
    private static final Pattern PHRASE = Pattern.compile("^\\s*(?:is|は|:|=)[\\s:]*[\"“「]?[A-Za-z]{2,20}(?: [A-Za-z]{2,20}){2,7}[\"”」]?\\.?\\s*(?:\\n|$|です)");
    private static final Pattern USE = Pattern.compile("\\b(?:use|using|with|try|type)(?: (?:the|this|following)){0,2} ?$", Pattern.CASE_INSENSITIVE);

    private final String text;
    private final List<PasswordToken> tokens = new ArrayList<>();

    private PasswordText(String text) {
        this.text = text;
    }

    public static boolean tellsOne(String given) {
        var text = Normalizer.normalize(given.length() > MOST_CHARS ? given.substring(0, MOST_CHARS) : given, Normalizer.Form.NFKC)
            .replaceAll("\\p{Cf}", "").replaceAll("\\r\\n?", "\n");
        if (text.indexOf('<') >= 0) {
            text = TAG.matcher(text).replaceAll(tag -> tag.group(1) == null ? " " : "\n");
        }
        text = ENTITY.matcher(text).replaceAll(" ");
        return new PasswordText(ADDRESS.matcher(text).replaceAll(" ")).tells();
    }

    private boolean tells() {
        var word = WORD.matcher(text);
        for (int words = 0; words < MOST_WORDS && word.find(); words++) {
            if (tokens.isEmpty()) {
                var run = PasswordToken.runs(text);
                while (run.find()) {
                    tokens.add(PasswordToken.of(text, run.start(), run.end()));
                }
            }
            if (tells(word.start(), word.end(), word.group("clear") == null, word.group("key") != null)) {
                return true;
            }
        }
        return false;
    }

    private boolean tells(int start, int end, boolean vague, boolean key) {
        var tail = text.substring(end, Math.min(text.length(), end + REACH));
        var head = text.substring(Math.max(0, start - BACK), start);
        boolean ofAPlug = text.regionMatches(true, start, "pin", 0, 3) && CONTACT.matcher(tail).find();
        if (ofAPlug || vague && PATH.matcher(tail).find() || MEETINGS.matcher(head).find() || COMPOUND.matcher(tail).find() || OF_A_MEETING.matcher(text.substring(Math.max(0, start - MEETING), start)).find()) {
            return false;
        }
        boolean about = vague || ABOUT.matcher(head).find();
        if (!vague && (isJapanese(tail) || text.startsWith("phrase", Math.max(start, end - 6)) && PHRASE.matcher(tail).find() || !about && standsBefore(start))) {
            return true;
        }
        int to = end + reach(tail);
        for (int i = firstFrom(end); i < tokens.size() && tokens.get(i).end() <= to; i++) {
            var token = tokens.get(i).start() < end ? PasswordToken.of(text, end, tokens.get(i).end()) : tokens.get(i);
            if (token.strength() != Strength.NONE && (!key || isOfAKey(token, end)) && isPassword(token, end, head, about, vague)) {
                return true;
            }
        }
        return false;
    }

    private boolean isOfAKey(PasswordToken token, int word) {
        return token.strength().compareTo(Strength.NUMBERED) >= 0 && OF_A_KEY.matcher(text.substring(word, token.start())).find();
    }

    /** By binary search: the first token that ends behind the word. */
    private int firstFrom(int at) {
        int low = 0;
        int high = tokens.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (tokens.get(middle).end() <= at) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** As far as the password may be: some lines, and not behind a sentence that says that it comes by another way. */
    private static int reach(String tail) {
        int to = tail.length();
        int lines = 0;
        for (int i = 0; i < to; i++) {
            if (tail.charAt(i) == '\n' && (i == 0 || tail.charAt(i - 1) != '\n') && ++lines > LINES) {
                to = i;
            }
        }
        var sentence = END_OF_SENTENCE.matcher(tail).region(0, to);
        if (sentence.find()) {
            var first = tail.substring(0, sentence.start());
            if (ELSEWHERE.matcher(first).find() && !HERE.matcher(first).find()) {
                return sentence.start();
            }
        }
        return to;
    }

    private boolean isPassword(PasswordToken token, int word, String head, boolean about, boolean vague) {
        var rest = text.substring(token.end(), Math.min(text.length(), token.end() + 40));
        if (token.strength() == Strength.DOUBTFUL) {
            return SAID_AT_ONCE.matcher(text.substring(word, token.start())).find() && LAST.matcher(rest).find();
        }
        boolean ended = ENDED.matcher(rest).find();
        boolean letters = token.strength() == Strength.WORD || token.strength() == Strength.CAPITALS;
        if ((vague || letters) && !ended || isNumber(token) && UNIT.matcher(rest).find()) {
            return false;
        }
        var gap = text.substring(word, token.start());
        boolean said = SAID.matcher(gap).find() || IS.matcher(rest).find() && SAID_BY_WAY.matcher(gap).find()
            || !letters && (SAID_AS.matcher(gap).find() || SET.matcher(head).find() && SET_TO.matcher(gap).find());
        if (letters) {
            return isSaid(token, said, gap, head, about);
        }
        if (said || about) {
            return said || vague && QUOTED.matcher(gap).find() && BESIDE.matcher(gap).find();
        }
        return token.strength() == Strength.RANDOM || BESIDE.matcher(gap).find() && (ended || USE.matcher(head).find())
            || (END_OF_SENTENCE.matcher(gap).find() ? isAlone(token) : IS_IT.matcher(rest).find());
    }

    /** Of a word of letters, with which something ends. */
    private boolean isSaid(PasswordToken token, boolean said, String gap, String head, boolean about) {
        boolean capitals = token.strength() == Strength.CAPITALS;
        boolean quoted = QUOTED.matcher(gap).find();
        if (said && (quoted || capitals || SAID_BY_COLON.matcher(gap).find())) {
            return true;
        }
        if (about) {
            return false;
        }
        return quoted && BESIDE.matcher(gap).find() || isAlone(token) && (LABEL.matcher(gap).find() && (capitals || Character.isLowerCase(text.charAt(token.start())))
            || END_OF_SENTENCE.matcher(gap).find() && (HERE.matcher(gap).find() || HERE.matcher(head).find()) && !ASKED.matcher(gap).find());
    }

    private boolean isNumber(PasswordToken token) {
        return text.substring(token.start(), token.end()).chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** Nothing else stands in its line, but signs around it. */
    private boolean isAlone(PasswordToken token) {
        int from = text.lastIndexOf('\n', token.start()) + 1;
        int to = text.indexOf('\n', token.end());
        return (text.substring(from, token.start()) + text.substring(token.end(), to < 0 ? text.length() : to)).codePoints().noneMatch(Character::isLetterOrDigit);
    }

    private static boolean isJapanese(String tail) {
        var said = JAPANESE.matcher(tail);
        if (!said.find()) {
            return false;
        }
        var content = said.group(1) == null ? said.group(2) : said.group(1);
        var letters = DIGITS_BEHIND.matcher(content).replaceFirst("");
        return !letters.isEmpty() && letters.codePoints().noneMatch(c -> c < 128) && !NO_PASSWORD.matcher(content).find();
    }

    /** "Xk7#pq29 is the password." */
    private boolean standsBefore(int word) {
        int i = firstFrom(word) - 1;
        if (i < 0 || word - tokens.get(i).end() > BACK) {
            return false;
        }
        // the words between may be tokens themselves: the zip file's
        for (; i >= 0 && word - tokens.get(i).end() <= BACK / 2; i--) {
            var token = tokens.get(i);
            var between = IS_THE.matcher(text.substring(token.end(), word));
            if (token.strength() != Strength.NONE && between.find()) {   // "this is the password" says it of what stands before
                boolean quoted = !between.group(1).isEmpty();
                return token.strength().compareTo(Strength.NUMBERED) >= 0 || quoted;
            }
        }
        return false;
    }
}
