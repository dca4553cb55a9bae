package sekisho.mailhook.mime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Finds in a text what is signed in the clear (RFC 9580 §7), and has the files that stand in it stay: cut out of it, they would take the signature with them.
 *
 * <pre>
 *   -----BEGIN PGP SIGNED MESSAGE-----
 *   Hash: SHA256
 *
 *   text, files in it
 *   -----BEGIN PGP SIGNATURE-----
 *   …
 *   -----END PGP SIGNATURE-----
 * </pre>
 *
 * The first line alone proves nothing: without a signature behind it to its end ({@link PgpArmour}) the files are taken out as of any text.
 */
final class ClearSigned {

    private enum State { OUTSIDE, HEADER, TEXT, SIGNATURE }

    private static final String BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----";
    private static final String SIGNATURE = "-----BEGIN PGP SIGNATURE-----";
    private static final String END = "-----END PGP SIGNATURE-----";
    private static final Pattern FIELD = Pattern.compile("[A-Za-z]+:.*");
    /** Of a line; a longer one is none of these. */
    private static final int LINE = 1024;

    private final StringBuilder line = new StringBuilder();
    private final List<Taken> inside = new ArrayList<>();   // of the one that is being read
    private final List<Taken> signed = new ArrayList<>();
    private State state = State.OUTSIDE;
    private PgpArmour signature = new PgpArmour(PgpArmour.Label.SIGNATURE);
    private int signatureOctets;
    private boolean carriage;   // the octet before
    private boolean skipped;    // the line is none of these, by how it begins

    /** Of the text between the files. */
    void accept(byte[] b, int off, int len) throws IOException, Refusal {
        for (int i = off; i < off + len; i++) {
            boolean pair = b[i] == '\n' && carriage;
            carriage = b[i] == '\r';
            if (!pair && (b[i] == '\n' || b[i] == '\r')) {
                lineEnds();
            } else if (!pair && !skipped && line.length() <= LINE) {
                skipped = line.isEmpty() && b[i] != '-' && (state == State.OUTSIDE || state == State.TEXT);
                line.append((char) (b[i] & 0xFF));
            }
        }
    }

    private void lineEnds() throws IOException, Refusal {
        String text = line.toString().stripTrailing();
        boolean tooLong = line.length() > LINE;
        line.setLength(0);
        skipped = false;
        if (text.equals(BEGIN)) {
            over();
            state = State.HEADER;
            return;
        }
        switch (state) {
            case OUTSIDE -> { }
            case HEADER -> state = text.isEmpty() ? State.TEXT : FIELD.matcher(text).matches() && !tooLong ? State.HEADER : State.OUTSIDE;
            case TEXT -> {
                if (text.equals(SIGNATURE)) {
                    state = State.SIGNATURE;
                    signature = new PgpArmour(PgpArmour.Label.SIGNATURE);
                    signatureOctets = 0;
                    signatureLine(text, tooLong);
                }
            }
            case SIGNATURE -> signatureLine(text, tooLong);
        }
    }

    private void signatureLine(String text, boolean tooLong) throws IOException, Refusal {
        byte[] octets = (text + "\n").getBytes(StandardCharsets.ISO_8859_1);
        signature.accept(octets, 0, octets.length);
        signatureOctets += octets.length;
        if (tooLong || signatureOctets > SealedShape.MAX_SIGNATURE_OCTETS) {
            over();
        } else if (text.equals(END)) {
            if (signature.isWhole()) {
                signed.addAll(inside);
                inside.clear();
            }
            over();
        }
    }

    /** What was begun is not signed, or has been settled. */
    private void over() throws IOException, Refusal {
        state = State.OUTSIDE;
        for (Taken file : inside) {
            file.finish();
        }
        inside.clear();
    }

    /** Whether what begins now would be signed. */
    boolean isInside() {
        return state == State.TEXT;
    }

    /** A file begins there. */
    void add(Taken file) {
        inside.add(file);
    }

    /** The text is over. @param stays whether it is one */
    void end(boolean stays) throws IOException, Refusal {
        lineEnds();
        over();
        for (Taken file : signed) {
            if (stays) {
                file.stayAs(true);
            } else {
                file.finish();
            }
        }
        signed.clear();
    }
}
