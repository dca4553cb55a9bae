package sekisho.mailhook.mime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jsoup.parser.Parser;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.codec.BodyDecoder;
import sekisho.mailhook.mime.codec.TransferEncoding;
import sekisho.mailhook.mime.header.MailCharsets;
import sekisho.mailhook.mime.html.VisibleText;

/**
 * Text that stays. Its beginning is held back until it is clear that it is text: a PDF declared as text/plain is taken
 * out. From HTML the images it shows are noted.
 *
 * <p>Files that stand in the text (uuencode, yEnc, BinHex) are taken out of it, and the rest stays octet for octet. It begins elsewhere
 * than the whole did, so it is judged again: a PDF behind a file of one octet is taken out too. What is signed in the clear isn't cut ({@link ClearSigned}). Where the text is in base64 or
 * quoted-printable there is no such cut, so the part goes as a whole, also when one stands in its lines before they are decoded and it declares no type
 * ({@link UntypedText}), and so it does when zero octets turn up in it, or where
 * those are usual, in UTF-16 and UTF-32, what is no text ({@link WideText}). HTML isn't searched for
 * blocks: no reader looks for files there.
 *
 * <p>Inside an opaque signed message, where nothing is taken out, both are done with a text that isn't encoded: there too zero octets may turn up.
 */
final class TextContent implements Content {

    private static final int LEAD = 1024;
    /** How much is read of each text for what it says: 5,400 Japanese characters in UTF-8. docs/policy.md tells it. */
    private static final int SAMPLE = 16 * 1024;
    private static final int FIRST_SAMPLE = 2048;
    /** A watched text is held back so long before a sink is opened for the case that a file is in it. */
    private static final int HELD_OCTETS = 64 * 1024;
    /** After so many octets it is known whether they are in the encoding that they are labelled. */
    private static final int LABEL_OCTETS = 64 << 10;
    /** Programs end a text with one by mistake; a file has many. The listener takes no message with one, but it may be inside something encoded. */
    private static final int MOST_ZEROS = 4;

    private final Node node;
    private final ContentFacts facts;
    private final Assembly assembly;
    private final byte[] lead = new byte[LEAD];
    private byte[] sample = new byte[FIRST_SAMPLE];
    private final @Nullable VisibleText visible;
    private final Armour armour;
    private final ClearSigned clearSigned = new ClearSigned();   // as far as files can be cut out of the text
    private final BodyDecoder decoder;
    private final @Nullable BodyDecoder label;      // of base64 sees whether the beginning is that
    private final @Nullable HtmlBody html;
    private final @Nullable BlockScanner blocks;    // over the octets of the text if they can be cut out of it
    private final @Nullable BlockScanner search;    // over the decoded octets if not
    private final @Nullable BlockScanner raw;       // over the octets as they came, where readers look for a file before they decode
    private final @Nullable UntypedText untyped;
    private final List<Narrow> narrow;              // over the characters, where those have two octets or four
    private final ByteArrayOutputStream held = new ByteArrayOutputStream(0);
    private final byte[] rest = new byte[LEAD];     // the beginning of what is left of the text
    private int leadLength;
    private int labelLength;
    private int restLength;
    private int sampleLength;
    private boolean restTaken;
    private boolean decided;
    private final boolean watched;                  // a file may turn up late in it, and then all of it is one
    private final boolean wide;
    private final @Nullable WideText wideText;      // over the decoded octets
    private boolean fileInside;
    private int zeros;
    private @Nullable Taken taken;
    private @Nullable Taken watch;

    TextContent(Node node, ContentFacts facts, Assembly assembly) {
        this.node = node;
        this.facts = facts;
        this.assembly = assembly;
        String charset = facts.charset() == null ? "" : facts.charset().toLowerCase(Locale.ROOT);
        this.wide = MailCharsets.isWide(charset);
        this.watched = !facts.encoding().isIdentity() || assembly.signed() > 0;
        this.wideText = WideText.of(charset);
        boolean shown = facts.type().equals("text/html");
        this.html = shown ? new HtmlBody(wide, charset.contains("2022")) : null;
        this.visible = shown && !wide ? new VisibleText(SAMPLE, charset.contains("2022")) : null;
        this.decoder = BodyDecoder.of(facts.encoding(), this::decoded);
        this.label = facts.encoding() == TransferEncoding.BASE64 ? BodyDecoder.ofFile(facts.encoding(), (_, _, _) -> { }) : null;
        boolean markup = facts.type().contains("html");
        this.armour = new Armour(markup);
        boolean cut = facts.encoding().isIdentity();
        this.blocks = markup || !cut ? null : new BlockScanner(new Pieces(), facts.flowed());
        this.search = markup || cut ? null : new BlockScanner(new Search(), facts.flowed());
        this.raw = facts.untyped() && !cut ? new BlockScanner(new Search(), facts.flowed()) : null;
        this.untyped = facts.untyped() ? new UntypedText() : null;
        this.narrow = markup || !watched ? List.of()
            : WideUnits.readings(charset).stream().map(units -> new Narrow(units, new BlockScanner(new Search(), facts.flowed()))).toList();
    }

    /** One order of the octets of a character. */
    private record Narrow(WideUnits units, BlockScanner scanner) {
    }

    private void decoded(byte[] b, int off, int len) throws IOException {
        int n = Math.min(len, SAMPLE - sampleLength);
        if (sampleLength + n > sample.length) {
            sample = Arrays.copyOf(sample, Math.min(SAMPLE, Math.max(2 * sample.length, sampleLength + n)));
        }
        System.arraycopy(b, off, sample, sampleLength, n);
        sampleLength += n;
        armour.accept(b, off, len);
        if (html != null) {
            html.accept(b, off, len);
        }
        if (visible != null) {
            visible.accept(b, off, len);
        }
        for (int i = off; i < off + len && !wide; i++) {
            zeros += b[i] == 0 ? 1 : 0;
        }
        fileInside |= zeros > MOST_ZEROS;
        if (wideText != null) {
            wideText.accept(b, off, len);
            fileInside |= watched && wideText.isWrong();
        }
        if (search != null) {
            search(search, b, off, len);
        }
        for (Narrow reading : narrow) {
            byte[] narrowed = reading.units.narrowed(b, off, len);
            search(reading.scanner, narrowed, 0, narrowed.length);
        }
    }

    private void search(BlockScanner scanner, byte[] b, int off, int len) throws IOException {
        if (!fileInside) {
            try {
                scanner.accept(b, off, len);
            } catch (Refusal _) {   // of a file that can't be cut out; the text goes whole
                fileInside = true;
            }
        }
    }

    @Override
    public void accept(byte[] b, int off, int len) throws IOException, Refusal {
        if (!decided) {
            int n = Math.min(len, LEAD - leadLength);
            System.arraycopy(b, off, lead, leadLength, n);
            leadLength += n;
            off += n;
            len -= n;
            if (leadLength < LEAD) {
                return;
            }
            decide();
        }
        pass(b, off, len);
    }

    private void pass(byte[] b, int off, int len) throws IOException, Refusal {
        if (untyped != null && taken == null) {
            untyped.accept(b, off, len);
        }
        if (blocks != null && (taken == null || restTaken)) {
            blocks.accept(b, off, len);
        } else if (taken != null) {
            taken.accept(b, off, len);
        } else {
            text(b, off, len);
        }
    }

    /** Octets of what is left when the files are gone. */
    private void rest(byte[] b, int off, int len) throws IOException, Refusal {
        if (taken != null) {
            taken.accept(b, off, len);
            return;
        }
        int n = Math.min(len, LEAD - restLength);
        System.arraycopy(b, off, rest, restLength, n);
        restLength += n;
        if (n > 0 && Signatures.isBinary(rest, restLength, wide)) {
            restTaken = true;
            node.kind = PartKind.ATTACHMENT;
            taken = assembly.take(node, facts, Taken.Candidate.NONE);
            taken.read(rest, 0, restLength - n);   // these have gone to the spool
            taken.accept(b, off, len);
            held.reset();
            return;
        }
        text(b, off, len);
    }

    private void text(byte[] b, int off, int len) throws IOException, Refusal {
        decoder.decode(b, off, len);
        if (label != null) {
            int n = Math.min(len, LABEL_OCTETS - labelLength);
            label.decode(b, off, n);
            labelLength += n;
        }
        if (raw != null) {
            search(raw, b, off, len);
        }
        if (watched) {
            watched(b, off, len);
        } else {
            assembly.spooler().write(b, off, len);
        }
    }

    private void watched(byte[] b, int off, int len) throws IOException, Refusal {
        if (watch == null && len <= HELD_OCTETS - held.size()) {
            held.write(b, off, len);
            if (fileInside) {
                takeHeld();
            }
            return;
        }
        if (watch == null) {
            watch = assembly.take(node, facts, Taken.Candidate.TEXT);
            watch.accept(held.toByteArray(), 0, held.size());
            held.reset();
        }
        watch.accept(b, off, len);
    }

    private void takeHeld() throws IOException, Refusal {
        node.kind = PartKind.ATTACHMENT;
        taken = assembly.take(node, facts, Taken.Candidate.NONE);
        taken.accept(held.toByteArray(), 0, held.size());
        held.reset();
        restTaken = blocks != null;
    }

    private void decide() throws IOException, Refusal {
        decided = true;
        byte[] start = BodyDecoder.decode(facts.encoding(), Arrays.copyOf(lead, leadLength));
        if (Signatures.isBinary(start, start.length, wide)) {
            node.kind = PartKind.ATTACHMENT;
            taken = assembly.take(node, facts, Taken.Candidate.NONE);
        }
        pass(lead, 0, leadLength);
    }

    @Override
    public void end() throws IOException, Refusal {
        if (!decided) {
            decide();
        }
        if (untyped != null && taken == null) {
            untyped.end();
        }
        if (blocks != null && (taken == null || restTaken)) {
            blocks.end();
        }
        endContent();
        clearSigned.end(node.kind == PartKind.TEXT);
    }

    private void endContent() throws IOException, Refusal {
        if (taken != null) {
            taken.end();
            return;
        }
        decoder.end();
        endSearch(search);
        endSearch(raw);
        for (Narrow reading : narrow) {
            endSearch(reading.scanner);
        }
        endOfText();
        if (taken != null) {
            taken.end();
        }
    }

    private void endSearch(@Nullable BlockScanner scanner) throws IOException {
        if (scanner != null) {
            try {
                scanner.end();
            } catch (Refusal _) {
                fileInside = true;
            }
        }
    }

    private void endOfText() throws IOException, Refusal {
        if (fileInside && watch == null) {
            takeHeld();
            return;
        }
        if (watch != null) {
            boolean stays = !fileInside && watch.candidate() == Taken.Candidate.TEXT;
            node.kind = stays ? PartKind.TEXT : PartKind.ATTACHMENT;
            watch.endOfText(stays);
            if (!stays) {
                return;
            }
        }
        assembly.spooler().write(held.toByteArray(), 0, held.size());
        if (html != null) {
            assembly.images().shownBy(html.references());
        }
        String charset = wideText == null ? facts.charset() : wideText.charset(java.util.Objects.requireNonNull(facts.charset()));
        boolean unclear = wideText != null && (wideText.isMislabelled() || wideText.isAmbiguous());
        String text = MailText.decoded(sample, sampleLength, charset);
        armour.acceptDecoded(text);
        boolean fits = html != null ? !html.isOfFrames() && !html.isUnsure() : facts.type().equals("text/plain");
        boolean readDifferently = decoder.isFollowed() || decoder.isAmbiguous() || label != null && !isAsLabelled(label);
        node.text = new TextBody(html != null, charset, facts.encoding(), facts.flowed(), facts.delSp(), !fits || unclear || readDifferently || armour.isFound());
        assembly.text().add((html == null ? text : visible == null ? shown(text) : shown(visible.octets(), charset)) + "\n", charset, armour);
    }

    private static boolean isAsLabelled(BodyDecoder label) throws IOException {
        label.end();
        return label.isAsLabelled();
    }

    /** Of a text whose octets are not those of ASCII. */
    private static String shown(String html) {
        var visible = new VisibleText(SAMPLE, false);
        byte[] octets = html.getBytes(StandardCharsets.UTF_8);
        visible.accept(octets, 0, octets.length);
        return shown(visible.octets(), "utf-8");
    }

    private static String shown(byte[] octets, @Nullable String charset) {
        return Parser.unescapeEntities(MailText.decoded(octets, octets.length, charset), false);
    }

    @Override
    public boolean minds() {
        return taken == null || taken.minds();
    }

    /** Takes files out of the text. */
    private final class Pieces implements BlockScanner.Sink {

        private static final byte[] FIRST_LINE = "begin 644 x\n".getBytes(StandardCharsets.US_ASCII);

        private @Nullable Taken file;

        @Override
        public void text(byte[] octets, int offset, int length) throws IOException, Refusal {
            clearSigned.accept(octets, offset, length);
            rest(octets, offset, length);
        }

        @Override
        public void open(BlockScanner.Encoding encoding, String name, boolean rest) throws IOException, Refusal {
            boolean signed = clearSigned.isInside();
            file = assembly.takeEmbedded(ContentFacts.embedded(encoding, name), signed);
            if (signed) {
                clearSigned.add(file);
            }
            if (rest) {
                file.read(FIRST_LINE, 0, FIRST_LINE.length);
            }
        }

        @Override
        public void block(byte[] octets, int offset, int length, int stuffing) throws IOException {
            Taken open = java.util.Objects.requireNonNull(file);
            open.pass(octets, offset, length);
            open.read(octets, offset + stuffing, length - stuffing);
        }

        @Override
        public void close() throws IOException, Refusal {
            Taken open = java.util.Objects.requireNonNull(file);
            open.endEmbedded();
            file = null;
        }
    }

    /** Only sees whether there is a file. */
    private final class Search implements BlockScanner.Sink {
        @Override
        public void text(byte[] octets, int offset, int length) {
        }

        @Override
        public void open(BlockScanner.Encoding encoding, String name, boolean rest) {
            fileInside = true;
        }

        @Override
        public void block(byte[] octets, int offset, int length, int stuffing) {
        }

        @Override
        public void close() {
        }
    }
}
