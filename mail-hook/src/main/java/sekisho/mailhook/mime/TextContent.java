package sekisho.mailhook.mime;

import java.io.IOException;
import org.jsoup.parser.Parser;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.codec.BodyDecoder;
import sekisho.mailhook.mime.html.VisibleText;

/**
 * Text that stays. Its beginning is held back until it is clear that it is text: a PDF declared as text/plain is taken
 * out. From HTML the images it shows are noted.
 */
final class TextContent implements Content {

    private static final int LEAD = 1024;
    private static final int SAMPLE = 4096;

    private final Node node;
    private final ContentFacts facts;
    private final Assembly assembly;
    private final byte[] lead = new byte[LEAD];
    private final byte[] sample = new byte[SAMPLE];
    private final @Nullable VisibleText visible;
    private final Armour armour = new Armour();
    private final BodyDecoder decoder;
    private final @Nullable CidScanner cids;
    private int leadLength;
    private int sampleLength;
    private boolean decided;
    private @Nullable Taken taken;

    TextContent(Node node, ContentFacts facts, Assembly assembly, @Nullable CidScanner cids) {
        this.node = node;
        this.facts = facts;
        this.assembly = assembly;
        this.cids = cids;
        this.visible = cids == null ? null
                : new VisibleText(SAMPLE, facts.charset() != null && facts.charset().toLowerCase(java.util.Locale.ROOT).contains("2022"));
        this.decoder = BodyDecoder.of(facts.encoding(), this::decoded);
    }

    private void decoded(byte[] b, int off, int len) {
        int n = Math.min(len, SAMPLE - sampleLength);
        System.arraycopy(b, off, sample, sampleLength, n);
        sampleLength += n;
        armour.accept(b, off, len);
        if (cids != null) {
            cids.accept(b, off, len);
        }
        if (visible != null) {
            visible.accept(b, off, len);
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
        if (taken != null) {
            taken.accept(b, off, len);
            return;
        }
        assembly.spooler().write(b, off, len);
        decoder.decode(b, off, len);
    }

    private void decide() throws IOException, Refusal {
        decided = true;
        byte[] start = BodyDecoder.decode(facts.encoding(), java.util.Arrays.copyOf(lead, leadLength));
        String charset = facts.charset() == null ? "" : facts.charset().toLowerCase(java.util.Locale.ROOT);
        boolean wide = charset.startsWith("utf-16") || charset.startsWith("utf-32") || charset.startsWith("ucs-");
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
        if (taken != null) {
            taken.end();
            return;
        }
        decoder.end();
        if (cids != null) {
            cids.accept(new byte[] {' '}, 0, 1);
        }
        String text = MailText.decoded(sample, sampleLength, facts.charset());
        boolean html = facts.type().equals("text/html");
        boolean fits = html || facts.type().equals("text/plain");
        node.text = new TextBody(html, facts.charset(), facts.encoding(), facts.flowed(), facts.delSp(),
                !fits || armour.isFound() || text.contains("-----BEGIN PGP "));
        assembly.textSeen((visible == null ? text : shown(visible.octets())) + "\n", facts.charset());
    }

    private String shown(byte[] octets) {
        return Parser.unescapeEntities(MailText.decoded(octets, octets.length, facts.charset()), false);
    }

    @Override
    public boolean stays() {
        return taken == null || taken.stays();
    }
}
