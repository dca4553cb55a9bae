package sekisho.mailhook.mime;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import sekisho.mailhook.mime.rewrite.HeaderEdits;
import sekisho.mailhook.mime.rewrite.LinkBlock;
import sekisho.mailhook.mime.rewrite.Rewriter;

/** A message that was split in memory, for tests. */
public final class SplitMessage {

    public static final String URL = "https://files.example.co.jp/d/0123456789abcdefABCDEF";
    public static final LinkBlock BLOCK = new LinkBlock("添付ファイルはこちらです。\r\n" + URL + "\r\n",
            "The attachments are here:\r\n" + URL + "\r\n", "<div>添付ファイル: <a href=\"" + URL + "\">here</a></div>\r\n");
    public static final LinkBlock ENGLISH = new LinkBlock("The attachments are here:\r\n" + URL + "\r\n",
            "The attachments are here:\r\n" + URL + "\r\n", "<div><a href=\"" + URL + "\">here</a></div>\r\n");

    public final byte[] original;
    public final byte[] spool;
    public final SplitResult result;
    private final SplitRules rules;
    private final List<ByteArrayOutputStream> sinks = new ArrayList<>();
    private final Set<Integer> finished = new HashSet<>();
    private final Set<Integer> withdrawn = new HashSet<>();
    private final Map<Integer, Boolean> stayed = new HashMap<>();
    private final Map<Integer, String> known = new HashMap<>();
    private final Set<Integer> ended = new HashSet<>();
    private final List<Staying> staying;
    private final String textSample;

    private SplitMessage(byte[] original, int step, boolean keep, SplitRules rules) {
        this.original = original;
        this.rules = rules;
        var remainder = new ByteArrayOutputStream();
        var splitter = new MessageSplitter(rules, new SplitSink() {
            @Override public void spool(byte[] octets, int offset, int length) {
                remainder.write(octets, offset, length);
            }

            @Override public AttachmentSink open(AttachmentHead head) {
                return sink(head);
            }
        }, keep);
        try {
            for (int i = 0; i < original.length; i += step) {
                splitter.feed(original, i, Math.min(step, original.length - i));
            }
            result = splitter.end();
            staying = splitter.staying();
            textSample = splitter.text();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        spool = remainder.toByteArray();
    }

    private AttachmentSink sink(AttachmentHead head) {
        var content = new ByteArrayOutputStream();
        sinks.add(content);
        int index = head.index();
        if (index != sinks.size() - 1) {
            throw new AssertionError("attachments are numbered in order");
        }
        known.put(index, head.name());
        return new AttachmentSink() {
            @Override public void write(byte[] octets, int offset, int length) {
                settle(false);
                if (ended.contains(index)) {
                    throw new AssertionError("written after its end");
                }
                content.write(octets, offset, length);
            }

            @Override public void ended() {
                settle(false);
                ended.add(index);
            }

            @Override public void named(String name) {
                settle(false);
                known.put(index, name);
            }

            @Override public void finish(long decodedOctets) {
                settle(true);
                if (decodedOctets != content.size()) {
                    throw new AssertionError("wrong size");
                }
                finished.add(index);
            }

            @Override public void withdraw() {
                settle(true);
                if (!head.undecided()) {
                    throw new AssertionError("withdrawn without notice");
                }
                withdrawn.add(index);
            }

            @Override public void stay(boolean asFile) {
                settle(true);
                if (!head.undecided()) {
                    throw new AssertionError("stays without notice");
                }
                stayed.put(index, asFile);
            }

            private void settle(boolean last) {
                if (finished.contains(index) || withdrawn.contains(index) || stayed.containsKey(index)) {
                    throw new AssertionError(last ? "settled twice" : "written after it was settled");
                }
            }
        };
    }

    public static SplitMessage of(String message) {
        return of(message.getBytes(StandardCharsets.UTF_8));
    }

    public static SplitMessage of(byte[] message) {
        return new SplitMessage(message, 8192, false, SplitRules.defaults());
    }

    public static SplitMessage inSteps(byte[] message, int step) {
        return new SplitMessage(message, step, false, SplitRules.defaults());
    }

    public static SplitMessage keeping(byte[] message) {
        return new SplitMessage(message, 8192, true, SplitRules.defaults());
    }

    public static SplitMessage within(SplitLimits limits, byte[] message) {
        return new SplitMessage(message, 8192, false, SplitRules.within(limits));
    }

    public static SplitMessage by(SplitRules rules, byte[] message) {
        return new SplitMessage(message, 8192, false, rules);
    }

    public static SplitMessage keepingBy(SplitRules rules, byte[] message) {
        return new SplitMessage(message, 8192, true, rules);
    }

    /** The same message by the same rules, with its attachments where they stood. */
    public SplitMessage kept() {
        return keepingBy(rules, original);
    }

    public static SplitMessage file(String name) {
        return of(octets(name));
    }

    public static byte[] octets(String name) {
        try (InputStream in = SplitMessage.class.getResourceAsStream("/messages/" + name)) {
            return java.util.Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Layout layout() {
        if (result instanceof SplitResult.Split(Layout layout)) {
            return layout;
        }
        throw new AssertionError("not split: " + result);
    }

    public SplitResult.Refused refused() {
        if (result instanceof SplitResult.Refused refused) {
            return refused;
        }
        throw new AssertionError("not refused: " + result);
    }

    public List<String> names() {
        return layout().attachments().stream().map(AttachmentFact::name).toList();
    }

    /** The content of the attachment at this place of the list. */
    public byte[] content(int place) {
        int index = layout().attachments().get(place).index();
        if (!finished.contains(index)) {
            throw new AssertionError("not finished");
        }
        return sinks.get(index).toByteArray();
    }

    /** Names of the files inside something signed, and of nothing else that stays. */
    public List<String> enclosed() {
        return staying(true);
    }

    /** Names of the other parts that stay and are no text. */
    public List<String> shown() {
        return staying(false);
    }

    private List<String> staying(boolean files) {
        return staying.stream().filter(part -> part.file() == files).map(part -> part.fact().name()).toList();
    }

    /** The files inside something signed, as the trailer of a spool names them. */
    public List<AttachmentFact> enclosedFiles() {
        return staying.stream().filter(part -> part.file() && !part.isDecoded()).map(Staying::fact).toList();
    }

    /** The content of what stays under this name, as whoever looks at it has seen it. */
    public byte[] stayingContent(String name) {
        Staying part = staying.stream().filter(each -> each.fact().name().equals(name)).findFirst().orElseThrow();
        int index = part.fact().index();
        if (!Boolean.valueOf(part.file()).equals(stayed.get(index))) {
            throw new AssertionError("its sink wasn't told");
        }
        byte[] content = sinks.get(index).toByteArray();
        if (content.length != part.fact().octets()) {
            throw new AssertionError("wrong size");
        }
        return content;
    }

    /** What whoever looked at the file of this name took it to be called. */
    public String judgedAs(String name) {
        AttachmentFact fact = Stream.concat(layout().attachments().stream(), staying.stream().map(Staying::fact)).filter(each -> each.name().equals(name)).findFirst().orElseThrow();
        return known.get(fact.index());
    }

    /** What the message says, as far as anybody reads it. */
    public String textSample() {
        return textSample;
    }

    public String text(int place) {
        return new String(content(place), StandardCharsets.UTF_8);
    }

    public List<PartKind> kinds() {
        return layout().root().walk().map(Part::kind).toList();
    }

    public int finishedSinks() {
        return finished.size();
    }

    public byte[] linked(LinkBlock block) {
        return linked(block, HeaderEdits.NONE);
    }

    public byte[] linked(LinkBlock block, HeaderEdits edits) {
        var out = new ByteArrayOutputStream();
        try {
            new Rewriter(layout(), this::read).writeLinked(block, edits, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    public String linkedText(LinkBlock block) {
        return new String(linked(block), StandardCharsets.UTF_8);
    }

    public byte[] whole(LinkBlock block, HeaderEdits edits) {
        var out = new ByteArrayOutputStream();
        try {
            new Rewriter(layout(), this::read).writeWhole(block, edits, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    public byte[] passed(HeaderEdits edits) {
        var out = new ByteArrayOutputStream();
        try {
            new Rewriter(layout(), this::read).writeOriginal(edits, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private InputStream read(long from, long length) {
        return new ByteArrayInputStream(spool, (int) from, (int) length);
    }

    /** A message whose parts lie between lines of {@code --b}. @param type the subtype, with parameters of its own */
    public static String multipart(String type, String... parts) {
        var message = new StringBuilder("Subject: x\r\nContent-Type: multipart/" + type + "; boundary=b\r\n\r\n");
        for (String part : parts) {
            message.append("--b\r\n").append(part).append("\r\n");
        }
        return message.append("--b--\r\n").toString();
    }

    /** Lines joined by CRLF, with one at the end. */
    public static String lines(String... lines) {
        return String.join("\r\n", lines) + "\r\n";
    }
}
