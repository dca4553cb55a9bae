package sekisho.inspection;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * OLE2 files: Word, Excel and PowerPoint of before 2007, Outlook's messages, and the cover that an encrypted OOXML file has. Each stream that
 * is a file by itself is looked into too, which finds attachments of Outlook messages.
 */
final class Ole2Reader {
    private static final int WORD_MAGIC = 0xa5ec;
    private static final int WORD_MAGIC_6 = 0xa5dc;
    private static final int WORD_ENCRYPTED = 0x0100;
    private static final int BIFF_FILEPASS = 0x002f;
    private static final int BIFF_END = 0x000a;
    private static final int LONGEST_FILEPASS = 4096;
    private static final long POWERPOINT_ENCRYPTED = 0xf3d1_c4dfL;
    private static final int POWERPOINT_CRYPT_SESSION = 0x2f14;
    private static final int POWERPOINT_EDIT = 0x0ff5;
    private static final int POWERPOINT_LIST = 0x1772;
    private static final int POWERPOINT_OBJECT = 0x1011;
    private static final int PACKAGE = 2;
    private static final int LONGEST_INFO = 256 << 10;
    private static final String BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    /** An Excel file has some dozens of records before it says that it is encrypted; this is for those with thousands of names and styles. */
    private static final int MOST_RECORDS = 100_000;

    private final Look look;
    private final Source source;
    private final int depth;
    private String mediaType = Format.OLE2.type().mediaType();
    private @Nullable Source encrypted;
    private OfficePackage.@Nullable Key key;
    private boolean hasInfo;
    private final List<Source> users = new ArrayList<>();
    private final List<Source> presentations = new ArrayList<>();
    private boolean hasEncryptedSummary;
    private boolean isKnown;

    Ole2Reader(Look look, Source source, int depth) {
        this.look = look;
        this.source = source;
        this.depth = depth;
    }

    FileType read() throws IOException {
        try (var file = new CompoundFile(source, look)) {
            file.eachStream(this::stream);
            if (encrypted != null && key != null) {
                opened(encrypted, key);
            }
            presentations();
        }
        if (encrypted != null && !hasInfo) {
            look.found(Protection.OPAQUE, "office-rights");
        }
        return new FileType(Format.OLE2.type().id(), mediaType, true);
    }

    private void stream(CompoundFile.Stream stream) throws IOException {
        Source content = stream.content();
        try {
            switch (stream.name().toUpperCase(Locale.ROOT)) { // Windows makes no difference
                case "ENCRYPTEDPACKAGE" -> {
                    onlyOne(encrypted != null);
                    encrypted = content;
                }
                case "ENCRYPTIONINFO" -> {
                    onlyOne(hasInfo);
                    hasInfo = true;
                    ooxml(content);
                }
                case "WORDDOCUMENT" -> {
                    is("application/msword", stream);
                    word(content);
                }
                case "WORKBOOK", "BOOK" -> {
                    is("application/vnd.ms-excel", stream);
                    excel(content);
                }
                case "CURRENT USER" -> users.add(content);
                case "POWERPOINT DOCUMENT" -> {
                    is("application/vnd.ms-powerpoint", stream);
                    presentations.add(content);
                }
                case "ENCRYPTEDSUMMARY" -> hasEncryptedSummary = true;
                case "\tDRMCONTENT", "\tDRMVIEWERCONTENT" -> look.found(Protection.OPAQUE, "office-rights");
                case "\u0001OLE10NATIVE" -> ofOle1(content);
                default -> {
                    if (stream.name().toLowerCase(Locale.ROOT).startsWith("__substg1.0_")) {
                        is("application/vnd.ms-outlook", stream);
                    }
                    look.inside(content, depth + 1);
                }
            }
        } catch (CannotTell e) {
            if (e.ends()) {
                throw e;
            }
            look.found(Protection.UNKNOWN, e.detail());
        } catch (IOException _) {
            look.found(Protection.UNKNOWN, "ole2-damaged"); // this stream; the others are looked at
        }
    }

    /** By what lies in no folder: an embedded document has streams of the same names. */
    private void is(String type, CompoundFile.Stream by) {
        if (by.isAtTop() || !isKnown) {
            mediaType = type;
        }
        isKnown |= by.isAtTop();
    }

    private void ooxml(Source info) throws IOException {
        key = info.size() > LONGEST_INFO ? null : OfficeEncryption.ofOoxml(info.bytes(0, (int) info.size()), look);
        if (key == null) {
            look.found(Protection.PASSWORD, "ooxml-encrypted");
        }
    }

    /** Of two, in different folders, programs could take the other. */
    private static void onlyOne(boolean isSecond) throws CannotTell {
        if (isSecond) {
            throw CannotTell.here("ole2-damaged");
        }
    }

    /** Only Excel tries its own password. */
    private void opened(Source file, OfficePackage.Key with) throws IOException {
        FileType type = look.container(() -> new OfficePackage(file, with), depth + 1);
        if (depth < look.limits().depth() && !type.mediaType().equals(BOOK)) {
            look.found(Protection.PASSWORD, "ooxml-encrypted");
        }
    }

    private void word(Source document) throws IOException {
        int magic = document.u16(0);
        if (magic != WORD_MAGIC && magic != WORD_MAGIC_6) {
            throw CannotTell.here("doc-damaged");
        }
        if ((document.u16(0x0a) & WORD_ENCRYPTED) != 0) {
            look.found(Protection.PASSWORD, "doc-encrypted");
        }
    }

    private void excel(Source workbook) throws IOException {
        long size = workbook.size();
        int records = 0;
        for (long at = 0; at + 4 <= size; ) {
            look.tick();
            int type = workbook.u16(at);
            int length = workbook.u16(at + 2);
            if (at == 0 && (type & 0xff) != 0x09 || ++records > MOST_RECORDS) {
                throw CannotTell.here("xls-damaged");
            }
            if (type == BIFF_FILEPASS) {
                if (length > LONGEST_FILEPASS || !OfficeEncryption.opensExcel(workbook.bytes(at + 4, length), look)) {
                    look.found(Protection.PASSWORD, "xls-encrypted");
                }
                return;
            }
            if (type == BIFF_END) {
                return; // of the globals, before which it must come
            }
            at += 4 + length;
        }
    }

    /** When all streams are known. One that PowerPoint opens by itself can't be looked into any further. */
    private void presentations() throws CannotTell {
        try {
            boolean isEncrypted = hasEncryptedSummary;
            for (Source user : users) {
                isEncrypted |= user.size() >= 20 && user.u32(12) == POWERPOINT_ENCRYPTED;
            }
            if (!isEncrypted) {
                for (Source presentation : presentations) {
                    records(presentation);
                }
            } else if (users.size() != 1 || presentations.size() != 1 || !opensByItself(users.getFirst(), presentations.getFirst())) {
                look.found(Protection.PASSWORD, "ppt-encrypted");
            }
        } catch (CannotTell e) {
            look.goOn(e);
        } catch (IOException _) {
            look.found(Protection.UNKNOWN, "ole2-damaged");
        }
    }

    /** By the encryption that the last edit names in its list of objects (MS-PPT 2.3.3, 2.3.4); only those two are in clear. */
    private boolean opensByItself(Source user, Source document) throws CannotTell {
        try {
            long edit = user.u32(16);
            long list = document.u32(edit + 20);
            long id = document.u32(edit + 36);
            if (document.u16(edit + 2) != POWERPOINT_EDIT || document.u32(edit + 4) < 32 || document.u16(list + 2) != POWERPOINT_LIST) {
                return false;
            }
            long end = list + 8 + document.u32(list + 4);
            for (long at = list + 8; at + 4 <= end; at += 4 + 4 * (document.u32(at) >> 20)) {
                look.tick();
                long first = document.u32(at) & 0xfffff;
                if (id >= first && id < first + (document.u32(at) >> 20)) {
                    long session = document.u32(at + 4 + 4 * (id - first));
                    return document.u16(session + 2) == POWERPOINT_CRYPT_SESSION && opens(document, session);
                }
            }
            return false;
        } catch (CannotTell e) {
            throw e;
        } catch (IOException _) {
            return false;
        }
    }

    private boolean opens(Source document, long session) throws IOException {
        long length = document.u32(session + 4);
        return length <= LONGEST_FILEPASS && OfficeEncryption.opensPresentation(document.bytes(session + 8, (int) length), look);
    }

    private void records(Source document) throws IOException {
        long size = document.size();
        int records = 0;
        for (long at = 0; at + 8 <= size; at += 8 + document.u32(at + 4)) {
            look.tick();
            int type = document.u16(at + 2);
            if (type == POWERPOINT_CRYPT_SESSION) {
                look.found(Protection.PASSWORD, "ppt-encrypted");
            } else if (type == POWERPOINT_OBJECT) {
                embedded(document.slice(at + 8, document.u32(at + 4)), document.u16(at) >> 4 != 0);
            }
            if (++records > MOST_RECORDS) {
                throw CannotTell.here("ppt-damaged");
            }
        }
    }

    /** An object in a presentation (MS-PPT 2.10.34, 2.10.35): an OLE2 file, or its size in 4 octets and the file in zlib. */
    private void embedded(Source object, boolean isCompressed) throws IOException {
        look.entry();
        if (isCompressed) {
            Source compressed = object.from(4);
            look.whole(() -> Decoders.zlib(compressed.stream(), look), depth + 1);
        } else {
            look.inside(object, depth + 1);
        }
    }

    /**
     * What an object of OLE 1 holds (MS-OLEDS 2.3.6): its size in 4 octets, then octets of its program, such as a picture. A package begins with a 2 and
     * is a file that was dropped into a document.
     */
    private void ofOle1(Source content) throws IOException {
        if (content.u16(4) == PACKAGE && content.u8(6) >= ' ') {
            packaged(content);
        } else {
            look.inside(content.slice(4, Math.min(content.u32(0), content.size() - 4)), depth + 1);
        }
    }

    /** A file that was dropped into a document: size 4, 2, label, path, 8 octets, path 4 + n, then its size 4 and its octets. */
    void packaged(Source content) throws IOException {
        long at = afterText(content, afterText(content, 6)) + 4;
        at += 4 + content.u32(at);
        long length = content.u32(at);
        look.inside(content.slice(at + 4, length), depth + 1);
    }

    private long afterText(Source content, long from) throws IOException {
        long at = from;
        while (content.u8(at) != 0) {
            look.tick();
            at++;
        }
        return at + 1;
    }
}
