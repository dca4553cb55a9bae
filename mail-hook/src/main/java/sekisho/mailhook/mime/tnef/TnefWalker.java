package sekisho.mailhook.mime.tnef;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Walks through one TNEF stream. Feed it the octets in blocks of any size, then call {@link #end()} once. Memory doesn't grow with
 * the stream: a few names for each attachment that is open.
 *
 * <pre>
 *   78 9F 3E 22  key(2)   then attributes to the end:
 *   level(1) id(2) type(2) length(4)  octets  checksum(2): the sum of the octets
 *
 *   attAttachRenddata 0x9002   an attachment begins; what follows is about it
 *   attAttachTitle    0x8010   its short name         attAttachTransportFilename 0x9001
 *   attAttachData     0x800F   its octets
 *   attAttachment     0x9005   its properties: the long name; octets that are an embedded message or an OLE object
 *   attMAPIProps      0x9003   properties of the message: the body as RTF, HTML or text
 *   attBody           0x800C   the body as text       attOemCodepage 0x9007   code page of 8-bit texts
 * </pre>
 *
 * Readers go by the id and not by the level or type, so an attribute counts wherever it stands. An attachment inside an embedded
 * message is a find like any other.
 */
public final class TnefWalker {

    /** Every attribute there is (MS-OXTNEF §2.1.3.3). What has another id isn't understood: octets may be in it. */
    private static final Set<Integer> KNOWN = Set.of(0x0000, 0x0001, 0x0002, 0x0006, 0x0007, 0x0008, 0x0009, 0x8000, 0x8003, 0x8004, 0x8005, 0x8006,
            0x8007, 0x8008, 0x8009, 0x800A, 0x800B, 0x800C, 0x800D, 0x800F, 0x8010, 0x8011, 0x8012, 0x8013, 0x8020, 0x9001, 0x9002, 0x9003, 0x9004,
            0x9005, 0x9006, 0x9007);
    private static final long SIGNATURE = 0x223E9F78L;
    private static final int MOST_NESTED = 5;

    private final Attributes attributes = new Attributes();
    private final TnefSink sink;
    private final int depth;
    private final List<Body> bodies = new ArrayList<>();
    private @Nullable TnefAttachment attachment;
    private int codePage;
    private boolean begun;
    private boolean damaged;
    private boolean found;

    private record Body(TnefSink.Kind kind, TnefSink.Find find) {
    }

    public TnefWalker(TnefSink sink) {
        this(sink, 0);
    }

    TnefWalker(TnefSink sink, int depth) {
        this.sink = sink;
        this.depth = depth;
    }

    public void accept(byte[] octets, int offset, int length) throws IOException {
        if (!damaged) {
            attributes.accept(octets, offset, length);
            damaged |= attributes.isBroken();
        }
    }

    /**
     * The stream is over; every find is named or dropped then.
     *
     * @return whether all of it could be read. If not, finds may be missing or cut short
     */
    public boolean end() throws IOException {
        return end("body");
    }

    boolean end(String bodyName) throws IOException {
        leaveAttachment();
        damaged |= !begun || !attributes.isBetween();
        if (!damaged) {
            boolean better = bodies.stream().anyMatch(b -> b.kind() != TnefSink.Kind.PLAIN);
            for (Body body : bodies) {
                if (better && body.kind() == TnefSink.Kind.PLAIN) {
                    body.find().drop();
                } else {
                    body.find().named(List.of(bodyName + body.kind().extension()), null);
                }
            }
        }
        return !damaged;
    }

    /** Whether there was anything to be found. */
    boolean found() {
        return found;
    }

    void foundInside() {
        found = true;
    }

    int codePage() {
        return codePage;
    }

    TnefSink.Find open(TnefSink.Kind kind) throws IOException {
        found = true;
        TnefSink.Find find = sink.open(kind);
        if (kind != TnefSink.Kind.FILE) {
            bodies.add(new Body(kind, find));
        }
        return find;
    }

    /** A walker for an embedded message, or null when there are too many inside each other. */
    @Nullable TnefWalker nested() {
        return depth < MOST_NESTED ? new TnefWalker(sink, depth + 1) : null;
    }

    void damaged() {
        damaged = true;
    }

    private TnefAttachment attachment() {
        if (attachment == null) {
            attachment = new TnefAttachment(this);
        }
        return attachment;
    }

    private void leaveAttachment() throws IOException {
        if (attachment != null) {
            attachment.finish();
            attachment = null;
        }
    }

    /** What is done with the octets of the attribute that is being read. */
    private interface Use {
        void octets(byte[] b, int off, int len) throws IOException;

        void end() throws IOException;
    }

    private Use use(int id, long length) throws IOException {
        return switch (id) {
            case 0x9002 -> {
                leaveAttachment();
                attachment();
                yield NO_USE;
            }
            case 0x8010, 0x9001 -> text(attachment(), id);
            case 0x800F -> octets(attachment().data());
            case 0x9005 -> properties(attachment());
            case 0x9003 -> properties(new TnefBody(this));
            case 0x800C -> length == 0 ? NO_USE : octets(open(TnefSink.Kind.PLAIN));
            case 0x9007 -> new Use() {
                private int at;

                @Override public void octets(byte[] b, int off, int len) {
                    for (int i = off; i < off + len && at < 4; i++, at++) {
                        codePage |= (b[i] & 0xFF) << 8 * at;
                    }
                }

                @Override public void end() {
                }
            };
            default -> NO_USE;
        };
    }

    private static final Use NO_USE = new Use() {
        @Override public void octets(byte[] b, int off, int len) {
        }

        @Override public void end() {
        }
    };

    private Use text(TnefAttachment to, int id) {
        var text = new TnefText();
        return new Use() {
            @Override public void octets(byte[] b, int off, int len) {
                text.add(b, off, len);
            }

            @Override public void end() {
                to.named(id, text.decoded(false, codePage));
            }
        };
    }

    private static Use octets(TnefSink.Find find) {
        return new Use() {
            @Override public void octets(byte[] b, int off, int len) throws IOException {
                find.write(b, off, len);
            }

            @Override public void end() {
            }
        };
    }

    private Use properties(Properties.Values values) {
        var properties = new Properties(values);
        return new Use() {
            @Override public void octets(byte[] b, int off, int len) throws IOException {
                properties.accept(b, off, len);
            }

            @Override public void end() {
                damaged |= !properties.isComplete();
            }
        };
    }

    /** The frame around the attributes. */
    private final class Attributes extends Fields {

        private static final int HEAD = 9;

        private Use use = NO_USE;
        private int sum;
        private boolean inChecksum;

        Attributes() {
            want(6);
        }

        /** A few octets behind the last attribute mean nothing: they can't be the head of another. */
        boolean isBetween() {
            return !isBroken() && !inChecksum && pending() >= 0;
        }

        @Override
        void field(byte[] f) throws IOException {
            if (!begun) {
                begun = u32(f, 0) == SIGNATURE;
                if (!begun) {
                    breakOff();
                }
                want(HEAD);
            } else if (inChecksum) {
                if (u16(f, 0) != (sum & 0xFFFF)) {
                    breakOff();
                }
                inChecksum = false;
                want(HEAD);
            } else if (f[0] != 1 && f[0] != 2 || !KNOWN.contains(u16(f, 1))) {
                breakOff();
            } else {
                sum = 0;
                use = use(u16(f, 1), u32(f, 5));
                pass(u32(f, 5));
            }
        }

        @Override
        void octets(byte[] b, int off, int len) throws IOException {
            for (int i = off; i < off + len; i++) {
                sum += b[i] & 0xFF;
            }
            use.octets(b, off, len);
        }

        @Override
        void passed() throws IOException {
            use.end();
            use = NO_USE;
            inChecksum = true;
            want(2);
        }
    }
}
