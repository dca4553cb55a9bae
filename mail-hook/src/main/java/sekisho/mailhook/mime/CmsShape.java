package sekisho.mailhook.mime;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;

import sekisho.mailhook.mime.codec.OctetConsumer;

/**
 * Watches octets for being one CMS message, in DER or BER, and nothing else to their end (RFC 5652 §3, §5.1, §6.1, RFC 5083 §2.1). Whoever forges the
 * beginning alone is found out. Of what is digested, authenticated or bare data (RFC 5652 §4, §7, §9.1), which is no message, the content is passed on all
 * the same. Only the outer elements are walked; it needs their stack and no more, whatever the size.
 *
 * <pre>
 * SEQUENCE { id, [0] { SEQUENCE { version, SET of algorithms, SEQUENCE { id-data, [0] { OCTET STRING } }, [0] certificates, [1] lists, SET of signers } } }
 * SEQUENCE { id, [0] { SEQUENCE { version, [0] originator, SET of recipients, SEQUENCE { id, algorithm, [0] encrypted }, … } } }
 * SEQUENCE { id, [0] { SEQUENCE { …, SEQUENCE algorithm, …, SEQUENCE { id, [0] { OCTET STRING } }, … } } }
 * SEQUENCE { id-data, [0] { OCTET STRING } }
 * </pre>
 */
final class CmsShape {

    /** What it is when it has been seen to its end. */
    enum Kind { NONE, SIGNED, ENCRYPTED }

    private enum Role { MESSAGE, CONTENT, SIGNED, ENCRYPTED, READABLE, INSIDE, EXPLICIT, PIECES, CIPHER, OTHER }

    private enum State { HEADER, BODY, OVER, WRONG }

    private enum Body { SKIPPED, KIND, INSIDE_ID, CONTENT }

    private enum Inside { MESSAGE, RECEIPT, OTHER }

    private static final HexFormat HEX = HexFormat.of();
    private static final String SIGNED_DATA = "2a864886f70d010702";
    private static final String ENVELOPED_DATA = "2a864886f70d010703";
    private static final String AUTH_ENVELOPED_DATA = "2a864886f70d0109100117";
    private static final String DIGESTED_DATA = "2a864886f70d010705";
    private static final String AUTHENTICATED_DATA = "2a864886f70d0109100102";
    private static final String DATA = "2a864886f70d010701";
    /** A receipt for a signed message (RFC 2634 §2.8): some octets that no program shows as a message. */
    private static final String RECEIPT = "2a864886f70d0109100101";
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int ID = 0x06;
    private static final int OCTETS = 0x04;
    private static final int OCTETS_IN_PIECES = 0x24;
    private static final int VERSION = 0x02;
    private static final int FIRST = 0xA0;
    private static final int FIRST_IMPLICIT = 0x80;
    private static final int SECOND = 0xA1;
    private static final int CONSTRUCTED = 0x20;
    private static final int LONG_TAG = 0x1F;
    private static final int HEADER_OCTETS = 2;   // at least, of every element
    private static final int MOST_NESTED = 32;
    private static final int LONGEST_ID = 16;
    private static final int MOST_LENGTH_OCTETS = 7;
    private static final long ENDLESS = -1;
    /** A line end that a transfer encoding has left. */
    private static final int MOST_BEHIND = 2;

    /** An element that is open; {@code limit} is where it ends, or where what is around it does when it is endless. */
    private static final class Element {
        final Role role;
        final boolean endless;
        final long limit;
        int children;
        boolean set;       // a SET with something in it was seen: of signers, of recipients
        boolean algorithm; // the SEQUENCE in front of what can be read was seen
        boolean sequence;  // the SEQUENCE was seen that must be there

        Element(Role role, boolean endless, long limit) {
            this.role = role;
            this.endless = endless;
            this.limit = limit;
        }
    }

    private final OctetConsumer content;
    private final Deque<Element> open = new ArrayDeque<>();
    private final byte[] id = new byte[LONGEST_ID];
    private final ReceiptShape receipt = new ReceiptShape();
    private State state = State.HEADER;
    private Body body = Body.SKIPPED;
    private Kind kind = Kind.NONE;
    private Role within = Role.OTHER;
    private Inside inside = Inside.OTHER;
    private long position;
    private long left;
    private int tag = -1;
    private int lengthOctets = -1;   // how many of the length are missing; −1 before the first
    private long length;
    private int idLength;
    private int behind;
    private long beside;
    private boolean foreign;   // neither a message nor a receipt is signed, nor anything encrypted
    private boolean hasContent;
    private boolean hasSigners;

    /** @param content takes what is inside a signed one, as it comes */
    CmsShape(OctetConsumer content) {
        this.content = content;
    }

    void accept(byte[] b, int off, int len) throws IOException {
        int at = off;
        int end = off + len;
        while (at < end && state != State.WRONG) {
            switch (state) {
                case HEADER -> header(b[at++] & 0xFF);
                case BODY -> {
                    int n = (int) Math.min(end - at, left);
                    body(b, at, n);
                    at += n;
                }
                case OVER -> {
                    boolean lineEnd = b[at] == '\r' || b[at] == '\n';
                    at++;
                    state = lineEnd && ++behind <= MOST_BEHIND ? State.OVER : State.WRONG;
                }
                case WRONG -> { }
            }
        }
    }

    /** Whether it can no longer become one. What is inside may come all the same, also of what is only digested, authenticated, or data. */
    boolean isWrong() {
        return state == State.WRONG || foreign;
    }

    /** What it is, after its last octet. */
    Kind kind() {
        return state == State.OVER && !foreign ? kind : Kind.NONE;
    }

    /** Whether it is a receipt for a signed message, after its last octet. */
    boolean isReceipt() {
        return inside == Inside.RECEIPT && hasContent && kind() == Kind.SIGNED;
    }

    /** Whether the message that is signed is in it, and not beside it. */
    boolean hasContent() {
        return hasContent;
    }

    boolean hasSigners() {
        return hasSigners;
    }

    /** Octets of a signed one that aren't the message: certificates, signatures, a receipt. */
    long besideOctets() {
        return beside;
    }

    private void header(int octet) throws IOException {
        position++;
        if (tag < 0) {
            tag = octet;
            state = (octet & LONG_TAG) == LONG_TAG ? State.WRONG : state;
            return;
        }
        if (lengthOctets < 0) {
            lengthOctets = octet > 0x80 ? octet & 0x7F : 0;
            length = octet == 0x80 ? ENDLESS : octet < 0x80 ? octet : 0;
            if (lengthOctets > MOST_LENGTH_OCTETS) {
                state = State.WRONG;
                return;
            }
        } else {
            length = length << 8 | octet;
            lengthOctets--;
        }
        if (lengthOctets == 0) {
            int of = tag;
            tag = -1;
            lengthOctets = -1;
            begins(of, length);
            close();
        }
    }

    private void begins(int of, long octets) {
        Element around = open.peekLast();
        if (around != null && around.endless && of == 0 && octets == 0) {
            closes(open.removeLast());
            return;
        }
        long limit = around == null ? Long.MAX_VALUE : around.limit;
        boolean endless = octets == ENDLESS;
        boolean fits = endless ? (of & CONSTRUCTED) != 0 : octets <= limit - position;
        if (!fits || of == 0 || open.size() == MOST_NESTED) {
            state = State.WRONG;
            return;
        }
        long end = endless ? limit : position + octets;
        if (around == null) {
            enter(of == SEQUENCE, Role.MESSAGE, endless, end);
            return;
        }
        int place = around.children++;
        switch (around.role) {
            case MESSAGE -> {
                if (place == 0) {
                    read(of == ID && !endless && octets <= LONGEST_ID, Body.KIND, octets);
                } else {
                    enter(place == 1 && of == FIRST, within == Role.EXPLICIT ? Role.EXPLICIT : Role.CONTENT, endless, end);
                }
            }
            case CONTENT -> enter(place == 0 && of == SEQUENCE, within, endless, end);
            case SIGNED -> signed(around, place, of, endless, octets, end);
            case ENCRYPTED -> {
                around.set |= of == SET && octets != 0;
                if (of == SEQUENCE && around.set && !around.sequence) {
                    around.sequence = true;
                    enter(place > 0, Role.CIPHER, endless, end);
                } else {
                    skip(place == 0 ? of == VERSION : of == FIRST || of == SET || around.sequence, endless, octets, end);
                }
            }
            case READABLE -> {
                if (of == SEQUENCE && around.algorithm && !around.sequence) {
                    around.sequence = true;
                    enter(true, Role.INSIDE, endless, end);
                } else {
                    around.algorithm |= of == SEQUENCE;
                    skip(true, endless, octets, end);
                }
            }
            case CIPHER -> skip(switch (place) {
                case 0 -> of == ID;
                case 1 -> of == SEQUENCE;
                case 2 -> of == FIRST_IMPLICIT || of == FIRST;
                default -> false;
            }, endless, octets, end);
            case INSIDE -> {
                if (place == 0) {
                    read(of == ID && !endless && octets <= LONGEST_ID, Body.INSIDE_ID, octets);
                } else {
                    enter(place == 1 && of == FIRST, Role.EXPLICIT, endless, end);
                }
            }
            case EXPLICIT -> piece(place == 0, of, endless, octets, end);
            case PIECES -> piece(true, of, endless, octets, end);
            case OTHER -> {
                beside += HEADER_OCTETS;
                skip(true, endless, octets, end);
            }
        }
    }

    private void signed(Element around, int place, int of, boolean endless, long octets, long end) {
        if (place == 2) {
            around.sequence = true;
            enter(of == SEQUENCE, Role.INSIDE, endless, end);
            return;
        }
        boolean expected = switch (place) {
            case 0 -> of == VERSION;
            case 1 -> of == SET;
            default -> !around.set && (of == FIRST || of == SECOND || of == SET);
        };
        if (place > 2 && of == SET) {
            around.set = true;
            hasSigners = octets != 0;
        }
        skip(expected, endless, octets, end);
    }

    private void piece(boolean expected, int of, boolean endless, long octets, long end) {
        hasContent = true;
        if (of == OCTETS_IN_PIECES) {
            enter(expected, Role.PIECES, endless, end);
        } else {
            read(expected && of == OCTETS && !endless, Body.CONTENT, octets);
        }
    }

    private void enter(boolean expected, Role role, boolean endless, long end) {
        if (expected) {
            open.addLast(new Element(role, endless, end));
        } else {
            state = State.WRONG;
        }
    }

    private void read(boolean expected, Body what, long octets) {
        if (!expected) {
            state = State.WRONG;
            return;
        }
        body = what;
        left = octets;
        idLength = 0;
        state = State.BODY;
    }

    private void skip(boolean expected, boolean endless, long octets, long end) {
        if (endless) {
            enter(expected, Role.OTHER, true, end);
        } else {
            read(expected, Body.SKIPPED, octets);
        }
    }

    private void body(byte[] b, int off, int len) throws IOException {
        switch (body) {
            case SKIPPED -> beside += len;
            case CONTENT -> {
                if (inside == Inside.RECEIPT) {
                    beside += len;
                    receipt.accept(b, off, len);
                    foreign |= receipt.isWrong();
                }
                content.accept(b, off, len);
            }
            case KIND, INSIDE_ID -> {
                System.arraycopy(b, off, id, idLength, len);
                idLength += len;
            }
        }
        left -= len;
        position += len;
        close();
    }

    /** Ends whatever ends here. */
    private void close() {
        if (state == State.BODY && left == 0) {
            state = State.HEADER;
            switch (body) {
                case KIND -> known();
                case INSIDE_ID -> {
                    inside = switch (HEX.formatHex(id, 0, idLength)) {
                        case DATA -> Inside.MESSAGE;
                        case RECEIPT -> Inside.RECEIPT;
                        default -> Inside.OTHER;
                    };
                    foreign |= inside == Inside.OTHER;
                }
                case SKIPPED, CONTENT -> { }
            }
        }
        for (Element last = open.peekLast(); state == State.HEADER && last != null && !last.endless && last.limit == position; last = open.peekLast()) {
            closes(open.removeLast());
        }
    }

    private void known() {
        String type = HEX.formatHex(id, 0, idLength);
        kind = switch (type) {
            case SIGNED_DATA -> Kind.SIGNED;
            case ENVELOPED_DATA, AUTH_ENVELOPED_DATA -> Kind.ENCRYPTED;
            default -> Kind.NONE;
        };
        within = switch (type) {
            case SIGNED_DATA -> Role.SIGNED;
            case ENVELOPED_DATA, AUTH_ENVELOPED_DATA -> Role.ENCRYPTED;
            case DIGESTED_DATA, AUTHENTICATED_DATA -> Role.READABLE;
            case DATA -> Role.EXPLICIT;
            default -> Role.OTHER;
        };
        foreign = kind == Kind.NONE;
        state = within == Role.OTHER ? State.WRONG : state;
    }

    private void closes(Element element) {
        boolean whole = switch (element.role) {
            case MESSAGE -> element.children == 2;
            case CONTENT, EXPLICIT -> element.children == 1;
            case SIGNED, ENCRYPTED -> element.sequence && element.set;
            case INSIDE -> element.children >= 1;
            case CIPHER -> element.children == 3;
            case PIECES, OTHER, READABLE -> true;
        };
        foreign |= element.role == Role.EXPLICIT && inside == Inside.RECEIPT && !receipt.isWhole();
        state = !whole ? State.WRONG : open.isEmpty() ? State.OVER : state;
    }
}
