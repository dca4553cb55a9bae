package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;
import static sekisho.mailhook.mime.SplitMessage.multipart;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that a body shows stay; what only calls itself one does not. */
class ImagesThatStayTest {

    private static final String PNG = Base64.getEncoder().encodeToString("\u0089PNG\r\n\u001A\n and pixels".getBytes(StandardCharsets.ISO_8859_1));
    private static final String HTML = lines("Content-Type: text/html", "", "<body><img src=\"cid:logo%40example\"></body>");

    private static String image(String fields, String content) {
        return "Content-Type: image/png; name=logo.png\r\nContent-Transfer-Encoding: base64\r\n" + fields + "\r\n" + content + "\r\n";
    }

    @Test
    void anImageThatTheHtmlShowsStaysWhetherItComesBeforeOrAfter() {
        String image = image("Content-ID: <logo@example>\r\n", PNG);
        assertThat(SplitMessage.of(multipart("related", HTML, image)).kinds())
                .containsExactly(PartKind.MULTIPART, PartKind.TEXT, PartKind.INLINE_IMAGE);
        assertThat(SplitMessage.of(multipart("related", image, HTML)).kinds())
                .containsExactly(PartKind.MULTIPART, PartKind.INLINE_IMAGE, PartKind.TEXT);
    }

    @Test
    void theReferenceMayBeInQuotedPrintableOrBase64Html() {
        String image = image("Content-ID: <logo@example>\r\n", PNG);
        assertThat(SplitMessage.of(multipart("related", lines("Content-Type: text/html", "Content-Transfer-Encoding: quoted-printable", "",
                "<img src=3D\"cid:logo@exa=", "mple\">"), image)).layout().hasAttachments()).isFalse();
        assertThat(SplitMessage.of(multipart("related", lines("Content-Type: text/html", "Content-Transfer-Encoding: base64", "",
                Base64.getEncoder().encodeToString("<img src='CID:logo@example'>".getBytes(StandardCharsets.US_ASCII))), image))
                .layout().hasAttachments()).isFalse();
    }

    @Test
    void anImageThatNobodyShowsIsAnAttachment() {
        assertThat(SplitMessage.of(multipart("related", HTML, image("Content-ID: <other@example>\r\n", PNG))).names()).containsExactly("logo.png");
        assertThat(SplitMessage.of(multipart("related", HTML, image("", PNG))).names()).containsExactly("logo.png");
        assertThat(SplitMessage.of(multipart("related", lines("Content-Type: text/plain", "", "\"cid:logo@example\""),
                image("Content-ID: <logo@example>\r\n", PNG))).names()).containsExactly("logo.png");
    }

    private static List<String> withHtml(String fields, String html) {
        return SplitMessage.of(multipart("related", "Content-Type: text/html" + fields + "\r\n\r\n" + html, image("Content-ID: <logo@example>\r\n", PNG))).names();
    }

    @ParameterizedTest
    @ValueSource(strings = {"<p>cid:logo@example</p>", "<p>\"cid:logo@example\" (cid:logo@example) =cid:logo@example</p>", "<!-- <img src=\"cid:logo@example\"> -->", "<a href=\"cid:logo@example\">x</a>",
        "<template><img src=\"cid:logo@example\"></template>", "<script>x = '<img src=\"cid:logo@example\">'</script>", "<p title=\"<img src='cid:logo@example'>\">", "<title><img src='cid:logo@example'></title>",
        "<img alt=\"cid:logo@example\">", "<style>/* cid:logo@example */</style>", "<object><param name=\"cid:logo@example\"></object>", "<p src=\"cid:logo@example\">", "<img src=\"xcid:logo@example\">",
        "<img src=\"cid:\">"})
    void anImageThatIsOnlyNamedIsAnAttachment(String html) {
        assertThat(withHtml("", html)).containsExactly("logo.png");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<IMG border=0 SRC = 'CID:logo%40example'>", "<img src=cid:logo&#64;example>", "<img srcset=\"https://x.example/a 1x, cid:logo@example 2x\">", "<td background=\"cid:logo@example\">",
        "<div style=\"background: url( 'cid:logo@example' )\">", "<div style='background:url(&quot;cid:logo@example&quot;)'>", "<style>p { color: red } td { background-image: URL(cid:logo@example) }</style>",
        "<!--[if gte vml 1]><v:shape><v:imagedata src=\"cid:logo@example\" o:title=\"x\"/></v:shape><![endif]-->", "<![if !vml]><img src=\"cid:logo@example\"><![endif]>", "<video poster=cid:logo@example></video>",
        "<svg><image xlink:href=\"cid:logo@example\"/></svg>", "<object data=\"cid:logo@example\"></object>", "<input type=image src=\" cid:logo@example \">"})
    void anImageThatIsShownInAnyWayStays(String html) {
        assertThat(withHtml("", html)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"utf-16", "UTF-16LE", "unicode", "utf-32"})
    void anImageIsShownInWideCharactersToo(String charset) {
        String html = Base64.getMimeEncoder().encodeToString("<p>Hello<img src=\"cid:logo@example\">".getBytes(java.nio.charset.Charset.forName(charset)));
        var message = SplitMessage.of(multipart("related", "Content-Type: text/html; charset=" + charset + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + html, image("Content-ID: <logo@example>\r\n", PNG)));
        assertThat(message.kinds()).containsExactly(PartKind.MULTIPART, PartKind.TEXT, PartKind.INLINE_IMAGE);
    }

    @Test
    void ofTwoImagesOfOneNameEachBodyShowsOne() {
        String image = image("Content-ID: <logo@example>\r\n", PNG);
        assertThat(SplitMessage.of(multipart("related", HTML, image, image)).kinds())
            .containsExactly(PartKind.MULTIPART, PartKind.TEXT, PartKind.INLINE_IMAGE, PartKind.ATTACHMENT);
        assertThat(SplitMessage.of(multipart("related", image, image, HTML)).kinds())
            .containsExactly(PartKind.MULTIPART, PartKind.INLINE_IMAGE, PartKind.ATTACHMENT, PartKind.TEXT);
        assertThat(SplitMessage.of(multipart("mixed", HTML, image, HTML, image)).layout().hasAttachments()).isFalse();
    }

    private static byte[] written(String format) throws java.io.IOException {
        var out = new java.io.ByteArrayOutputStream();
        var picture = new java.awt.image.BufferedImage(300, 200, java.awt.image.BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 300 * 200; i++) {
            picture.setRGB(i % 300, i / 300, i * 7919);
        }
        javax.imageio.ImageIO.write(picture, format, out);
        return out.toByteArray();
    }

    private static String encodedImage(byte[] octets) {
        return image("Content-ID: <logo@example>\r\n", Base64.getMimeEncoder().encodeToString(octets));
    }

    /** No viewer looks there. */
    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "gif", "bmp"})
    void aFileBehindTheEndOfAnImageIsAnAttachment(String format) throws java.io.IOException {
        byte[] picture = written(format);
        assertThat(SplitMessage.of(multipart("related", HTML, encodedImage(picture))).layout().hasAttachments()).isFalse();
        byte[] ended = java.util.Arrays.copyOf(picture, picture.length + 3_000);   // filled up with zeros
        assertThat(SplitMessage.of(multipart("related", HTML, encodedImage(ended))).layout().hasAttachments()).isFalse();
        byte[] longer = java.util.Arrays.copyOf(picture, picture.length + 100);
        java.util.Arrays.fill(longer, picture.length, longer.length, (byte) 'x');
        System.arraycopy("PK\u0003\u0004 and a hidden file".getBytes(StandardCharsets.US_ASCII), 0, longer, picture.length, 20);
        for (int step : new int[] {1, 7, 100_000}) {
            assertThat(SplitMessage.inSteps(multipart("related", HTML, encodedImage(longer)).getBytes(StandardCharsets.US_ASCII), step).names()).hasSize(1);
        }
    }

    /** Any file could stand behind such a beginning. */
    @ParameterizedTest
    @ValueSource(strings = {"BM\u00FF\u00FF\u00FF\u007F\0\0\0\0\u0036\0\0\0", "RIFF\u00FF\u00FF\u00FF\u007FWEBPVP8 ", "II*\0\u0008\0\0\0", "MM\0*\0\0\0\u0008", "\0\0\u0001\0\u0001\0"})
    void anImageThatDoesNotTellWhereItEndsIsAnAttachment(String head) {
        byte[] octets = (head + "PK\u0003\u0004 and a hidden file").getBytes(StandardCharsets.ISO_8859_1);
        assertThat(SplitMessage.of(multipart("related", HTML, encodedImage(octets))).names()).containsExactly("logo.png");
    }

    private static byte[] joined(byte[]... parts) {
        var out = new java.io.ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] little(int value) {
        return java.nio.ByteBuffer.allocate(4).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    }

    private static byte[] patched(byte[] octets, int at, int value) {
        byte[] patched = octets.clone();
        System.arraycopy(little(value), 0, patched, at, 4);
        return patched;
    }

    /** What nobody can tell from noise. */
    private static byte[] noise(int octets) {
        byte[] noise = new byte[octets];
        new java.util.Random(1).nextBytes(noise);
        return noise;
    }

    private static byte[] zip() throws java.io.IOException {
        var out = new java.io.ByteArrayOutputStream();
        try (var zip = new java.util.zip.ZipOutputStream(out)) {
            zip.putNextEntry(new java.util.zip.ZipEntry("plan.txt"));
            zip.write(noise(500));
        }
        return out.toByteArray();
    }

    private static boolean stays(byte[] picture) {
        String message = multipart("related", HTML, encodedImage(picture));
        boolean stays = !SplitMessage.of(message).layout().hasAttachments();
        for (int step : new int[] {1, 7, 1000}) {
            assertThat(SplitMessage.inSteps(message.getBytes(StandardCharsets.US_ASCII), step).layout().hasAttachments()).isEqualTo(!stays);
        }
        return stays;
    }

    private static byte[] bmp(int imageType) throws java.io.IOException {
        var out = new java.io.ByteArrayOutputStream();
        assertThat(javax.imageio.ImageIO.write(new java.awt.image.BufferedImage(31, 7, imageType), "bmp", out)).isTrue();
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {java.awt.image.BufferedImage.TYPE_3BYTE_BGR, java.awt.image.BufferedImage.TYPE_INT_RGB, java.awt.image.BufferedImage.TYPE_BYTE_INDEXED, java.awt.image.BufferedImage.TYPE_BYTE_GRAY,
        java.awt.image.BufferedImage.TYPE_BYTE_BINARY, java.awt.image.BufferedImage.TYPE_USHORT_565_RGB, java.awt.image.BufferedImage.TYPE_USHORT_555_RGB})
    void aBitmapEndsWithItsLastRowWhateverSizeItClaims(int imageType) throws java.io.IOException {
        byte[] picture = bmp(imageType);
        assertThat(stays(picture)).isTrue();
        assertThat(stays(Arrays.copyOf(picture, picture.length + 5000))).as("filled up").isTrue();
        assertThat(stays(Arrays.copyOf(picture, picture.length - 1))).as("cut off").isFalse();
        byte[] longer = joined(picture, noise(500));
        assertThat(stays(patched(longer, 2, longer.length))).as("the size of the whole").isFalse();
        int pixels = picture[10] & 0xff | (picture[11] & 0xff) << 8;
        byte[] moved = joined(Arrays.copyOf(picture, pixels), noise(2000), Arrays.copyOfRange(picture, pixels, picture.length));
        assertThat(stays(patched(moved, 10, pixels + 2000))).as("a gap before the pixels").isFalse();
    }

    /** OS/2's header, one with a palette to the full, rows from top to bottom, and the headers of Windows that tell of a profile. */
    @Test
    void bitmapsOfOtherProgramsStay() {
        byte[] old = joined(octets("BM"), little(0), little(0), little(26), little(12), octets("\u0007\0\u0003\0\u0001\0\u0018\0"), noise(72));
        assertThat(stays(old)).isTrue();
        byte[] info = joined(little(7), little(-3), octets("\u0001\0\u0008\0"), little(0), little(0), little(0), little(0), little(2), little(2));
        assertThat(stays(joined(octets("BM"), little(0), little(0), little(14 + 40 + 8), little(40), info, noise(8), noise(24)))).as("two colours").isTrue();
        assertThat(stays(joined(octets("BM"), little(0), little(0), little(14 + 40 + 1024), little(40), info, noise(1024), noise(24)))).as("room for all").isTrue();
        for (int header : new int[] {52, 56, 108, 124}) {
            byte[] start = joined(octets("BM"), little(0), little(0), little(14 + header), little(header), little(7), little(3), octets("\u0001\0\u0020\0"), little(3));
            byte[] picture = joined(Arrays.copyOf(start, 14 + header), noise(84));
            assertThat(stays(picture)).as("header of " + header).isTrue();
            assertThat(stays(joined(picture, noise(100)))).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0001", "\u0002", "\u0004", "\u0005", "\u00ff"})
    void aBitmapThatIsCompressedDoesNotTellItsEnd(String compression) throws java.io.IOException {
        assertThat(stays(patched(bmp(java.awt.image.BufferedImage.TYPE_BYTE_INDEXED), 30, compression.charAt(0)))).isFalse();
    }

    @Test
    void aBitmapOfImpossibleSizeDoesNotTellItsEnd() throws java.io.IOException {
        byte[] picture = bmp(java.awt.image.BufferedImage.TYPE_3BYTE_BGR);
        for (int size : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertThat(stays(patched(picture, 18, size))).as("width " + size).isFalse();
        }
        for (int size : new int[] {0, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertThat(stays(patched(picture, 22, size))).as("height " + size).isFalse();
        }
    }

    private static byte[] chunk(String kind, byte[] content) {
        return joined(octets(kind), little(content.length), Arrays.copyOf(content, content.length + content.length % 2));
    }

    private static byte[] webp(byte[]... chunks) {
        byte[] all = joined(chunks);
        return joined(octets("RIFF"), little(4 + all.length), octets("WEBP"), all);
    }

    @Test
    void aWebpEndsWithItsLastChunkWhateverSizeItClaims() throws java.io.IOException {
        byte[] lossy = webp(chunk("VP8 ", noise(301)));
        byte[] extended = webp(chunk("VP8X", noise(10)), chunk("ICCP", noise(560)), chunk("ALPH", noise(21)), chunk("VP8 ", noise(300)), chunk("EXIF", noise(99)), chunk("XMP ", noise(64)));
        byte[] animated = webp(chunk("VP8X", noise(10)), chunk("ANIM", noise(6)), chunk("ANMF", noise(600)), chunk("ANMF", noise(601)));
        for (byte[] picture : new byte[][] {lossy, webp(chunk("VP8L", noise(200))), extended, animated}) {
            assertThat(stays(picture)).isTrue();
            assertThat(stays(Arrays.copyOf(picture, picture.length + 5000))).as("filled up").isTrue();
            assertThat(stays(joined(picture, noise(500)))).isFalse();
            assertThat(stays(patched(joined(picture, noise(500)), 4, picture.length + 500 - 8))).as("the size of the whole").isFalse();
            assertThat(stays(joined(picture, chunk("EXIF", noise(500))))).as("behind the size of the whole").isFalse();
            assertThat(stays(joined(picture, chunk("JUNK", noise(500))))).isFalse();
            byte[] junk = joined(picture, chunk("JUNK", noise(500)));
            assertThat(stays(patched(junk, 4, junk.length - 8))).as("a chunk that nobody knows").isFalse();
            assertThat(stays(Arrays.copyOf(picture, picture.length - 20))).as("cut off").isFalse();
        }
        byte[] unpadded = Arrays.copyOf(lossy, lossy.length - 1);
        assertThat(stays(patched(unpadded, 4, unpadded.length - 8))).as("as some write an odd number").isTrue();
    }

    private static byte[] pngWith(String kind, byte[] content) throws java.io.IOException {
        byte[] picture = written("png");
        byte[] body = joined(octets(kind), content);
        var crc = new java.util.zip.CRC32();
        crc.update(body);
        byte[] length = java.nio.ByteBuffer.allocate(4).putInt(content.length).array();
        byte[] sum = java.nio.ByteBuffer.allocate(4).putInt((int) crc.getValue()).array();
        return joined(Arrays.copyOf(picture, picture.length - 12), length, body, sum, Arrays.copyOfRange(picture, picture.length - 12, picture.length));
    }

    private static byte[] jpegWith(int marker, byte[] content) throws java.io.IOException {
        byte[] picture = written("jpg");
        int length = content.length + 2;
        return joined(Arrays.copyOf(picture, 2), new byte[] {(byte) 0xff, (byte) marker, (byte) (length >> 8), (byte) length}, content, Arrays.copyOfRange(picture, 2, picture.length));
    }

    private static byte[] gifWith(byte[] comment) throws java.io.IOException {
        byte[] picture = written("gif");
        byte[] blocks = new byte[0];
        for (int at = 0; at < comment.length; at += 255) {
            byte[] block = Arrays.copyOfRange(comment, at, Math.min(comment.length, at + 255));
            blocks = joined(blocks, new byte[] {(byte) block.length}, block);
        }
        return joined(Arrays.copyOf(picture, picture.length - 1), new byte[] {0x21, (byte) 0xfe}, blocks, new byte[] {0, 0x3b});
    }

    private static List<byte[]> imagesWith(byte[] inside) throws java.io.IOException {
        return List.of(pngWith("eXIf", inside), pngWith("zzZz", inside), jpegWith(0xe1, inside), jpegWith(0xfe, inside), gifWith(inside),
            webp(chunk("VP8X", noise(10)), chunk("VP8 ", noise(300)), chunk("EXIF", inside)), joined(octets("BM"), little(0), little(0), little(26), little(12), octets("\u00c8\0\u0003\0\u0001\0\u0018\0"),
                Arrays.copyOf(inside, 600 * 3)));
    }

    /** Programs that unpack don't mind what an archive stands in. */
    @Test
    void anImageInWhichAnArchiveShowsIsAnAttachment() throws java.io.IOException {
        for (byte[] inside : new byte[][] {noise(700), joined(octets("Exif\0\0II*\0"), noise(300)), octets("The zip is in the other message: PK, 7z, Rar!")}) {
            assertThat(imagesWith(inside)).allSatisfy(picture -> assertThat(stays(picture)).isTrue());
        }
        byte[] seven = joined(octets("7z\u00bc\u00af'\u001c\0\u0004"), noise(300));
        byte[] rar4 = joined(octets("Rar!\u001a\u0007\0"), noise(300));
        byte[] rar5 = joined(octets("Rar!\u001a\u0007\u0001\0"), noise(300));
        for (byte[] inside : new byte[][] {zip(), joined(octets("Exif\0\0"), zip()), seven, joined(noise(30), seven), rar4, rar5}) {
            assertThat(imagesWith(inside)).allSatisfy(picture -> assertThat(stays(picture)).isFalse());
        }
    }

    @Test
    void whereTwoJpegsStandInOneFileTheyStay() throws java.io.IOException {
        byte[] one = written("jpg");
        byte[] two = java.util.Arrays.copyOf(one, one.length * 2);
        System.arraycopy(one, 0, two, one.length, one.length);
        assertThat(SplitMessage.of(multipart("related", HTML, encodedImage(two))).layout().hasAttachments()).isFalse();
    }

    /** Google's reports are written so. */
    @Test
    void anImageThatTheHtmlShowsStaysWhateverItsDisposition() {
        String attached = image("Content-ID: <logo@example>\r\nContent-Disposition: attachment; filename=logo.png\r\n", PNG);
        assertThat(SplitMessage.of(multipart("related", HTML, attached)).layout().hasAttachments()).isFalse();
        assertThat(SplitMessage.of(multipart("related", HTML.replace("cid:", "x:"), attached)).names()).containsExactly("logo.png");
        assertThat(SplitMessage.of(multipart("related", HTML, "Content-Type: application/zip\r\n" + attached)).layout().attachments()).hasSize(1);
    }

    /** As .NET writes an image whose type nobody told it. */
    @Test
    void anImageThatTheHtmlShowsStaysAlsoWhenNobodySaysThatItIsOne() {
        String untyped = image("Content-ID: <logo@example>\r\n", PNG).replaceFirst("image/png[^\r]*", "application/octet-stream");
        assertThat(SplitMessage.of(multipart("related", HTML, untyped)).layout().hasAttachments()).isFalse();
        assertThat(SplitMessage.of(multipart("related", HTML.replace("cid:", "x:"), untyped)).names()).hasSize(1);
        String pdf = untyped.replace(PNG, Base64.getEncoder().encodeToString("%PDF-1.7 and more".getBytes(StandardCharsets.US_ASCII)));
        assertThat(SplitMessage.of(multipart("related", HTML, pdf)).names()).hasSize(1);
    }

    @Test
    void somethingElseUnderTheNameOfAnImageIsAnAttachment() {
        String zip = Base64.getEncoder().encodeToString("PK\u0003\u0004 and files".getBytes(StandardCharsets.US_ASCII));
        assertThat(SplitMessage.of(multipart("related", HTML, image("Content-ID: <logo@example>\r\n", zip))).names()).containsExactly("logo.png");
        assertThat(SplitMessage.of(multipart("related", HTML, image("Content-ID: <logo@example>\r\n", PNG).replace("image/png", "image/svg+xml")))
                .names()).containsExactly("logo.png");
    }

    @Test
    void anImageLargerThanTheLimitIsAnAttachment() {
        byte[] message = multipart("related", HTML, image("Content-ID: <logo@example>\r\n", PNG)).getBytes(StandardCharsets.US_ASCII);
        var tight = new SplitLimits(1 << 20, 998, 100, 20, 100, 10, 100, 100);
        assertThat(SplitMessage.within(tight, message).names()).containsExactly("logo.png");
        assertThat(SplitMessage.within(tight, message).content(0)).startsWith("\u0089PNG".getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void imagesThatAreTooMuchTogetherAreAttachments() {
        var tight = new SplitLimits(1 << 20, 998, 100, 20, 100, 100, 30, 100);
        String two = HTML.replace("</body>", "<img src=cid:second></body>");
        var message = SplitMessage.within(tight, multipart("related", two, image("Content-ID: <logo@example>\r\n", PNG),
                image("Content-ID: <second>\r\n", PNG)).getBytes(StandardCharsets.US_ASCII));
        assertThat(message.kinds()).containsExactly(PartKind.MULTIPART, PartKind.TEXT, PartKind.INLINE_IMAGE, PartKind.ATTACHMENT);
    }

    private static String imagesBeforeHtml(List<byte[]> images) {
        var parts = new ArrayList<String>();
        var shows = new StringBuilder();
        for (int i = 0; i < images.size(); i++) {
            parts.add(encodedImage(images.get(i)).replace("<logo@example>", "<" + i + "@example>"));
            shows.append("<img src=\"cid:").append(i).append("@example\">");
        }
        parts.add(HTML.replace("</body>", shows + "</body>"));
        return multipart("related; start=\"<html@example>\"", parts.toArray(String[]::new));
    }

    /** As in newsletters whose multipart/related names the HTML as its start and has it last. */
    @Test
    void ofHundredsOfImagesThatTheHtmlBehindThemShowsAllStay() throws java.io.IOException {
        byte[] small = Base64.getMimeDecoder().decode(PNG);
        var images = new ArrayList<>(Collections.nCopies(900, small));
        assertThat(SplitMessage.of(imagesBeforeHtml(images)).layout().hasAttachments()).isFalse();
        byte[] large = written("bmp");
        assertThat(large).hasSizeGreaterThan(16 << 10);
        images.set(99, large);
        assertThat(SplitMessage.of(imagesBeforeHtml(images)).layout().hasAttachments()).as("the hundredth may be large").isFalse();
        images.set(100, large);
        assertThat(SplitMessage.of(imagesBeforeHtml(images)).kinds().indexOf(PartKind.ATTACHMENT)).as("a further one may not").isEqualTo(101);
        images.set(100, Arrays.copyOf(small, 16 << 10));
        assertThat(SplitMessage.of(imagesBeforeHtml(images)).layout().hasAttachments()).as("filled up with zeros to the octet").isFalse();
        images.set(100, Arrays.copyOf(small, (16 << 10) + 1));
        assertThat(SplitMessage.of(imagesBeforeHtml(images)).layout().attachments()).hasSize(1);
    }
}
