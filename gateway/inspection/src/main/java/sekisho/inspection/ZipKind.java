package sekisho.inspection;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * What kind of ZIP it is, by the names in it; and whether it is a document with a password, which OpenDocument's manifest tells, and in Pages,
 * Numbers and Keynote an entry that the password is checked by.
 */
final class ZipKind {
    private static final String MANIFEST = "META-INF/manifest.xml";
    private static final byte[] ENCRYPTION = "encryption-data".getBytes(StandardCharsets.US_ASCII);
    private static final String IWORK_VERIFIER = ".iwpv2";
    private static final String OFFICE = "application/vnd.openxmlformats-officedocument.";

    private boolean hasTypes;
    private boolean isJar;
    private boolean isProtected;
    private boolean isProtectedIWork;
    private String officePart = "";
    private String mediaType = "";

    void name(String name) {
        hasTypes |= name.equals("[Content_Types].xml");
        isJar |= name.equals("META-INF/MANIFEST.MF");
        isProtectedIWork |= name.equals(IWORK_VERIFIER) || name.endsWith("/" + IWORK_VERIFIER);
        if (officePart.isEmpty()) {
            officePart = switch (name) {
                case "word/document.xml" -> "wordprocessingml.document";
                case "xl/workbook.xml", "xl/workbook.bin" -> "spreadsheetml.sheet";
                case "ppt/presentation.xml" -> "presentationml.presentation";
                default -> "";
            };
        }
    }

    boolean wants(String name) {
        return name.equals(MANIFEST) || name.equals("mimetype");
    }

    void content(String name, InputStream in) throws IOException {
        if (name.equals("mimetype")) {
            mediaType = new String(in.readNBytes(128), StandardCharsets.US_ASCII).strip();
        } else if (name.equals(MANIFEST)) {
            isProtected |= contains(in, ENCRYPTION);
        }
    }

    void finish(Look look) throws CannotTell {
        if (isProtected) {
            look.found(Protection.PASSWORD, "odf-encrypted");
        }
        if (isProtectedIWork) {
            look.found(Protection.PASSWORD, "iwork-encrypted");
        }
    }

    FileType type() {
        if (hasTypes && !officePart.isEmpty()) {
            return new FileType("ooxml", OFFICE + officePart, true);
        }
        if (mediaType.matches("application/vnd\\.oasis\\.opendocument\\.[a-z-]{1,40}")) {
            return new FileType("odf", mediaType, true);
        }
        return isJar ? new FileType("jar", "application/java-archive", true) : Format.ZIP.type();
    }

    /** Octets of 0 are passed over, so UTF-16 is read too. */
    private static boolean contains(InputStream in, byte[] wanted) throws IOException {
        byte[] buffer = new byte[8 << 10];
        var text = new ByteArrayOutputStream();
        for (int got; (got = in.read(buffer)) >= 0; ) {
            for (int i = 0; i < got; i++) {
                if (buffer[i] != 0) {
                    text.write(buffer[i]);
                }
            }
            byte[] seen = text.toByteArray();
            if (new String(seen, StandardCharsets.ISO_8859_1).contains(new String(wanted, StandardCharsets.ISO_8859_1))) {
                return true;
            }
            text.reset();
            text.write(seen, Math.max(0, seen.length - wanted.length), Math.min(seen.length, wanted.length));
        }
        return false;
    }
}
