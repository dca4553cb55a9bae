package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

import sekisho.mailhook.mime.check.MessageCheck;

/**
 * What holds of every message, tried on some hundreds that a generator made and broke. But for one test they are the same each time, so that a failure is
 * the change's; new ones are looked for by {@code ./sekisho fuzz splitter} too. The seed in a failure makes the same message again.
 */
class SplitPropertiesTest {

    private static final String SEED = "5";
    private static final long SECONDS_FOR_NEW = 8;

    private static final List<SplitRules> RULES = Arrays.stream(Forwarded.values()).map(f -> new SplitRules(SplitLimits.defaults(), f, true)).toList();

    /**
     * Split with its attachments kept, a message is the same octet for octet; in what is relayed is no run of an attachment, and every
     * part that stays; it splits again into none ({@link MessageCheck}).
     */
    @Property(tries = 300, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE, seed = SEED)
    void everyPromiseHolds(@ForAll long seed) {
        for (SplitRules rules : RULES) {
            assertThat(MessageCheck.check(RandomMail.of(seed).message(), rules).violations()).as(rules.forwarded() + " " + seed).isEmpty();
        }
    }

    /** Messages that broke a promise once: a type without a semicolon behind it, which mime4j takes for an unknown one; a delimiter with a lone CR. */
    @Example
    void whatWasOnceBrokenHolds() throws IOException {
        for (long seed : new long[] {-1_642_611, -1_188_003_901, 3_008_062_031_115_422_654L}) {
            everyPromiseHolds(seed);
            noReaderFindsMoreThanWeDo(seed);
        }
    }

    @Property(tries = 300, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE, seed = SEED)
    void itMakesNoDifferenceInWhichPiecesAMessageArrives(@ForAll long seed, @ForAll int cut) {
        byte[] message = RandomMail.of(seed).message();
        var whole = SplitMessage.of(message);
        var pieces = SplitMessage.inSteps(message, 1 + (cut & 0x7F));
        assertThat(pieces.result).isEqualTo(whole.result);
        if (whole.result instanceof SplitResult.Split) {   // else the spool is thrown away
            assertThat(Arrays.equals(pieces.spool, whole.spool)).isTrue();
        }
    }

    /** No reader finds a file in what is relayed. */
    @Property(tries = 300, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE, seed = SEED)
    void whatIsRelayedHoldsNoAttachmentForAnyReader(@ForAll long seed) throws IOException {
        var made = RandomMail.of(seed);
        for (SplitRules rules : RULES) {
            var split = SplitMessage.by(rules, made.message());
            if (split.result instanceof SplitResult.Split) {
                byte[] relayed = split.linked(SplitMessage.ENGLISH);
                assertThat(marks(OtherReaders.mime4j(relayed), made)).as("mime4j " + seed).isEmpty();
                assertThat(marks(OtherReaders.angus(relayed), made)).as("Angus " + seed).isEmpty();
            }
        }
    }

    /**
     * Of a file that was taken out its marker is not relayed, in whatever form: files too short for {@link MessageCheck}, which looks for runs of 48
     * octets, are so looked for too. A line that was moved out of its file may stay where it is now.
     */
    @Property(tries = 300, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE, seed = SEED)
    void ofWhatWasTakenOutNoMarkerIsRelayedInAnyForm(@ForAll long seed) {
        var made = RandomMail.of(seed);
        for (SplitRules rules : RULES) {
            var split = SplitMessage.by(rules, made.message());
            if (split.result instanceof SplitResult.Split) {
                var relayed = SplitMessage.keeping(split.linked(SplitMessage.ENGLISH));
                List<String> shown = Standing.in(relayed, part -> true);
                List<String> stays = Standing.outsideOfAttachments(split.kept());
                assertThat(found(split, made).stream().filter(marker -> Standing.in(marker, shown) && !Standing.in(marker, stays))).as("relayed of " + seed).isEmpty();
            }
        }
    }

    /** Nor does one find a file in the original that we don't give out. */
    @Property(tries = 300, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE, seed = SEED)
    void noReaderFindsMoreThanWeDo(@ForAll long seed) throws IOException {
        var made = RandomMail.of(seed);
        for (SplitRules rules : RULES) {
            var split = SplitMessage.by(rules, made.message());
            if (split.result instanceof SplitResult.Split) {
                List<String> ours = found(split, made);
                assertThat(ours).as("mime4j " + seed).containsAll(marks(OtherReaders.mime4j(made.message()), made));
                assertThat(ours).as("Angus " + seed).containsAll(marks(OtherReaders.angus(made.message()), made));
            }
        }
    }

    /** The same with Python's reader, which takes many messages in one process. */
    @Example
    void pythonFindsNoMoreThanWeDo() throws IOException, InterruptedException {
        requirePythonFindsNoMore(28_000, 400);
    }

    /**
     * The same with as many more messages as fit into {@value #SECONDS_FOR_NEW} seconds. They are the same each time, so that a find comes with the
     * change that made it possible: {@code -Dsekisho.split.seed} takes others, {@code -Dsekisho.split.seconds} gives more time.
     */
    @Example
    void pythonFindsNoMoreThanWeDoInMoreMessages() throws IOException, InterruptedException {
        long first = Long.getLong("sekisho.split.seed", 1_000_000);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.getLong("sekisho.split.seconds", SECONDS_FOR_NEW));
        System.out.println("messages from seed " + first);
        long seed = first;
        do {
            seed = requirePythonFindsNoMore(seed, 200);
        } while (System.nanoTime() < end);
        System.out.println("messages up to seed " + seed);
    }

    /** @return the seed behind the last */
    private static long requirePythonFindsNoMore(long first, int messages) throws IOException, InterruptedException {
        List<Tried> tried = new ArrayList<>();
        long seed = first;
        for (; tried.size() < messages; seed++) {
            var mail = RandomMail.of(seed);
            var split = SplitMessage.by(RULES.get((int) (seed & 1)), mail.message());
            if (split.result instanceof SplitResult.Split) {
                tried.add(new Tried(seed, mail, split));
            }
        }
        var relayed = OtherReaders.python(tried.stream().map(each -> each.split().linked(SplitMessage.ENGLISH)).toList(), true);
        var originals = OtherReaders.python(tried.stream().map(each -> each.made().message()).toList(), false);
        for (int i = 0; i < tried.size(); i++) {
            var each = tried.get(i);
            assertThat(marks(relayed.get(i), each.made())).as("what is relayed of " + each.seed()).isEmpty();
            assertThat(found(each.split(), each.made())).as("what was found in " + each.seed()).containsAll(marks(originals.get(i), each.made()));
        }
        return seed;
    }

    private record Tried(long seed, RandomMail.Made made, SplitMessage split) {
    }

    /** Most of what the generator makes is split, and much of it has something to find. */
    @Example
    void theGeneratorMakesWhatThisIsAbout() throws IOException {
        int split = 0;
        int attachments = 0;
        int seenByOthers = 0;
        for (long seed = 0; seed < 300; seed++) {
            var made = RandomMail.of(seed);
            var message = SplitMessage.of(made.message());
            if (message.result instanceof SplitResult.Split(var layout)) {
                split++;
                attachments += layout.attachments().size();
                seenByOthers += marks(OtherReaders.mime4j(made.message()), made).size();
            }
        }
        assertThat(split).isGreaterThan(200);
        assertThat(attachments).isGreaterThan(300);
        assertThat(seenByOthers).isGreaterThan(200);
    }

    /** The markers in these contents. */
    private static List<String> marks(List<byte[]> contents, RandomMail.Made made) {
        List<String> texts = contents.stream().map(c -> new String(c, StandardCharsets.ISO_8859_1)).toList();
        return made.markers().stream().filter(marker -> texts.stream().anyMatch(text -> text.contains(marker))).toList();
    }

    /** The markers in what we found, also where they stand encoded in a message that was taken whole. */
    private static List<String> found(SplitMessage split, RandomMail.Made made) {
        List<String> texts = new ArrayList<>();
        collect(split, made, texts, List.of(), 0);
        return made.markers().stream().filter(marker -> Standing.in(marker, texts)).toList();
    }

    /** @param outside what stands outside of {@code split}, when that was attached itself */
    private static void collect(SplitMessage split, RandomMail.Made made, List<String> texts, List<String> outside, int depth) {
        for (int i = 0; i < split.layout().attachments().size(); i++) {
            var attachment = split.layout().attachments().get(i);
            texts.addAll(Standing.readings(new String(split.content(i), StandardCharsets.ISO_8859_1)));
            if (depth == 5 || !attachment.type().startsWith("message/")) {
                continue;
            }
            List<String> around = new ArrayList<>(outside);
            around.addAll(Standing.readings(Standing.without(split.kept(), attachment.index())));
            var inside = SplitMessage.of(split.content(i));
            if (inside.result instanceof SplitResult.Split) {
                collect(inside, made, texts, around, depth + 1);
            } else {   // it was taken whole, and what is in it can't be told: what stands nowhere else is in it
                made.markers().stream().filter(marker -> !Standing.in(marker, around)).forEach(texts::add);
            }
        }
    }
}
