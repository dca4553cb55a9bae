package sekisho.mailhook.mime;

/**
 * Walks the packets of a PGP message or a detached signature as their octets come (RFC 9580 §4.2, §10.3, §10.4). A message is encrypted: keys of the
 * session, then one packet that they open. One that is only signed or compressed, which anybody can read, is none here. A signature is signature packets.
 */
final class PgpPackets {

    private enum State { TAG, LENGTH, BODY, TO_THE_END, WRONG }

    private static final int KEY = 1;
    private static final int SIGNATURE = 2;
    private static final int PASSPHRASE = 3;
    private static final int ENCRYPTED = 9;
    private static final int MARKER = 10;
    private static final int ENCRYPTED_INTEGRITY = 18;
    private static final int ENCRYPTED_AEAD = 20;
    private static final int MARKER_OCTETS = 3;

    private final PgpArmour.Label label;
    private State state = State.TAG;
    private int tag;
    private boolean old;
    private int lengthOctets;    // how many of the length are missing; −1 before the first of a new one
    private boolean twoOctets;   // of a new length
    private boolean partial;
    private boolean begins;      // the next octet of a body is its first
    private boolean complete;    // nothing more is needed
    private boolean sealed;      // nothing more may come
    private long left;

    PgpPackets(PgpArmour.Label label) {
        this.label = label;
    }

    void accept(int octet) {
        switch (state) {
            case TAG -> tag(octet);
            case LENGTH -> length(octet);
            case BODY -> {
                body(octet);
                if (state == State.BODY && --left == 0) {
                    ends();
                }
            }
            case TO_THE_END -> body(octet);
            case WRONG -> { }
        }
    }

    private void tag(int octet) {
        old = (octet & 0x40) == 0;
        tag = old ? octet >> 2 & 0x0F : octet & 0x3F;
        partial = false;
        begins = true;
        left = 0;
        lengthOctets = old ? 1 << (octet & 3) : -1;
        if ((octet & 0x80) == 0 || !belongs()) {
            state = State.WRONG;
        } else if (old && (octet & 3) == 3) {
            state = mayBeEndless() ? State.TO_THE_END : State.WRONG;
            complete = true;
        } else {
            state = State.LENGTH;
        }
    }

    private boolean belongs() {
        if (label == PgpArmour.Label.SIGNATURE) {
            return tag == SIGNATURE;
        }
        return !sealed && (tag == KEY || tag == PASSPHRASE || tag == MARKER || mayBeEndless());
    }

    private boolean mayBeEndless() {
        return tag == ENCRYPTED || tag == ENCRYPTED_INTEGRITY || tag == ENCRYPTED_AEAD;
    }

    private void length(int octet) {
        if (lengthOctets >= 0) {
            left = left << 8 | octet;
            lengthOctets--;
        } else if (octet < 192) {
            left = octet;
            lengthOctets = 0;
        } else if (octet < 224) {
            left = octet - 192;   // the octet behind it follows, and 192 are added
            lengthOctets = 1;
            twoOctets = true;
            return;
        } else if (octet < 255) {
            left = 1L << (octet & 0x1F);
            partial = true;
            lengthOctets = 0;
        } else {
            lengthOctets = 4;
            return;
        }
        if (lengthOctets == 0) {
            left += twoOctets ? 192 : 0;
            twoOctets = false;
            beginsBody();
        }
    }

    private void beginsBody() {
        boolean fits = (!partial || mayBeEndless()) && (tag != MARKER || left == MARKER_OCTETS);
        state = !fits ? State.WRONG : State.BODY;
        if (fits && left == 0) {
            ends();
        }
    }

    private void body(int octet) {
        if (begins && tag == SIGNATURE && (octet < 3 || octet > 6)) {   // the versions that there are
            state = State.WRONG;
        }
        begins = false;
    }

    private void ends() {
        if (partial) {
            partial = false;
            lengthOctets = -1;
            state = State.LENGTH;
            return;
        }
        if (begins) {
            state = State.WRONG;    // nothing is in it
            return;
        }
        complete |= tag == SIGNATURE || mayBeEndless();
        sealed |= mayBeEndless();
        state = State.TAG;
    }

    /** After the last octet. */
    boolean isWhole() {
        return complete && (state == State.TAG || state == State.TO_THE_END);
    }
}
