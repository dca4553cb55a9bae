package sekisho.mailhook.mime.tnef;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.codec.OctetConsumer;

/** One attachment, from its first attribute to the one that begins the next. */
final class TnefAttachment implements Properties.Values {

    private static final int DISPLAY_NAME = 0x3001;
    private static final int DATA = 0x3701;
    private static final int SHORT_NAME = 0x3704;
    private static final int LONG_NAME = 0x3707;
    private static final int MEDIA_TYPE = 0x370E;
    private static final int TITLE = 0x8010;
    private static final int TRANSPORT_NAME = 0x9001;
    /** The name that Outlook shows first, then what others may. */
    private static final List<Integer> ORDER = List.of(LONG_NAME, TITLE, SHORT_NAME, TRANSPORT_NAME, DISPLAY_NAME);
    private static final Pattern TYPE = Pattern.compile("[a-z0-9.+_-]+/[a-z0-9.+_-]+");
    private static final int INTERFACE = 16;
    /** IID_IMessage: what follows is TNEF again. */
    private static final byte[] MESSAGE = {0x07, 0x03, 0x02, 0, 0, 0, 0, 0, (byte) 0xC0, 0, 0, 0, 0, 0, 0, 0x46};

    private final TnefWalker walker;
    private final List<TnefSink.Find> files = new ArrayList<>();
    private final List<TnefWalker> messages = new ArrayList<>();
    private final Map<Integer, String> names = new TreeMap<>();
    private @Nullable String mediaType;
    private int id;
    private int type;
    private TnefText text = new TnefText();
    private @Nullable OctetConsumer out;
    private @Nullable TnefWalker nested;
    private final byte[] object = new byte[INTERFACE];
    private int objectLength;
    private boolean nothing;

    TnefAttachment(TnefWalker walker) {
        this.walker = walker;
    }

    /** Its octets begin; if they do so twice, these are two files, since readers may take either. */
    TnefSink.Find data() throws IOException {
        TnefSink.Find file = walker.open(TnefSink.Kind.FILE);
        files.add(file);
        return file;
    }

    void named(int attribute, String name) {
        if (!name.isEmpty()) {
            names.putIfAbsent(attribute, name);
        }
    }

    @Override
    public void begin(int property, int valueType, long length) throws IOException {
        id = property;
        type = valueType;
        text = new TnefText();
        out = null;
        objectLength = 0;
        nothing = length == 0;
        if (id == DATA && type != Properties.OBJECT && !nothing) {
            out = data()::write;
        }
    }

    @Override
    public void octets(byte[] b, int off, int len) throws IOException {
        switch (id) {
            case DISPLAY_NAME, SHORT_NAME, LONG_NAME, MEDIA_TYPE -> text.add(b, off, len);
            case DATA -> {
                int from = off;
                while (type == Properties.OBJECT && objectLength < INTERFACE && from < off + len) {
                    object[objectLength++] = b[from++];
                    if (objectLength == INTERFACE) {
                        beginObject();
                    }
                }
                if (out != null) {
                    out.accept(b, from, off + len - from);
                }
            }
            default -> { }
        }
    }

    private void beginObject() throws IOException {
        if (!java.util.Arrays.equals(object, MESSAGE)) {
            out = data()::write;
            return;
        }
        nested = walker.nested();
        if (nested == null) {
            walker.damaged();
        } else {
            messages.add(nested);
            out = nested::accept;
        }
    }

    @Override
    public void end() throws IOException {
        if (id == MEDIA_TYPE) {
            String value = text.decoded(type == Properties.UNICODE, walker.codePage()).toLowerCase(Locale.ROOT);
            mediaType = TYPE.matcher(value).matches() ? value : mediaType;
        } else if (id != DATA) {
            leave();
        }
        if (id == DATA && type == Properties.OBJECT && !nothing && objectLength < INTERFACE) {
            walker.damaged();
        }
    }

    private void leave() {
        if (ORDER.contains(id)) {
            named(id, text.decoded(type == Properties.UNICODE, walker.codePage()));
        }
    }

    /** What comes next is about another. */
    void finish() throws IOException {
        List<String> all = ORDER.stream().map(names::get).filter(java.util.Objects::nonNull).distinct().toList();
        String stem = all.isEmpty() ? "message" : all.getFirst();
        for (TnefWalker message : messages) {
            if (message.end(stem) && message.found()) {
                walker.foundInside();
            } else {
                walker.damaged();   // or there is nothing to show for it but itself
            }
        }
        if (files.isEmpty() && messages.isEmpty()) {
            data();   // a file by name only
        }
        for (TnefSink.Find file : files) {
            file.named(all, mediaType);
        }
    }
}
