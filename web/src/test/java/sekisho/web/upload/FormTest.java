package sekisho.web.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.gateway.Ids;
import sekisho.gateway.files.Examiner;
import sekisho.gateway.files.IncomingFile;
import sekisho.gateway.delivery.NewDelivery.NewFile;
import sekisho.storage.DirectoryStore;
import sekisho.storage.KeyFiles;
import sekisho.storage.Opener;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.Sealer;
import sekisho.storage.SealingKey;
import sekisho.storage.StoreException;
import sekisho.web.send.SendForm.Typed;
import sekisho.web.send.SendForm.Wrong;

/** Forms as browsers send them, sealed into a real store. */
class FormTest {

    private static final String TYPE = "multipart/form-data; boundary=----WebKitFormBoundaryAbC";
    private static final String DELIMITER = "------WebKitFormBoundaryAbC";

    @TempDir
    Path folder;

    private static final Examiner EXAMINER = Examiner.alone(Optional.empty());

    private final UUID delivery = Ids.next();
    private final Form form = new Form(3, 3);
    private final Set<Typed> spent = new HashSet<>();
    private Path root;
    private DirectoryStore store;
    private Opener opener;
    private ReceivedFiles files;

    @BeforeEach
    void makeStore() throws Exception {
        root = Files.createDirectory(folder.resolve("store"));
        KeyFiles.generate(folder, "files");
        store = new DirectoryStore(root);
        opener = new Opener(store, OpeningKey.load(folder.resolve("files.private")));
        var sealer = new Sealer(store, SealingKey.load(folder.resolve("files.public")));
        KeyFiles.generate(folder, "records");
        var records = SealingKey.load(folder.resolve("records.public"));
        files = new ReceivedFiles(delivery, (d, f) -> IncomingFile.of(new Place(d, f), sealer.create("f/" + f, new Place(d, f)), records, EXAMINER, true), this::delete);
    }

    private static String text(String name, String value) {
        return DELIMITER + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    }

    private static String head(String fileName) {
        return DELIMITER + "\r\nContent-Disposition: form-data; name=\"files\"; filename=\"" + fileName + "\"\r\nContent-Type: text/csv\r\n\r\n";
    }

    private static String file(String fileName, String content) {
        return head(fileName) + content + "\r\n";
    }

    private static final String END = DELIMITER + "--\r\n";

    private static InputStream octets(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private void read(String... parts) throws IOException {
        read(octets(String.join("", parts)));
    }

    private void read(InputStream body) throws IOException {
        form.read(new FormParts(body, TYPE), files, spent::contains);
    }

    private byte[] opened(NewFile file) throws IOException {
        try (var object = opener.open(file.sealed(), new Place(delivery, file.id())); var in = object.read(0, object.plainOctets())) {
            return in.readAllBytes();
        }
    }

    private long filesOnDisk() throws IOException {
        try (var all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).count();
        }
    }

    @Test
    void textsAndFilesAreReadInAnyOrder() throws Exception {
        read(file("一.csv", "1,2\r\n3"), text("recipients", "taro@partner.example"), text("subject", "見積"), file("二.csv", ""), text("message", "本文"), END);
        assertThat(form.wrong(files)).isEmpty();
        assertThat(form.typed().subject()).isEqualTo("見積");
        assertThat(form.typed().message()).isEqualTo("本文");
        assertThat(files.files()).extracting(NewFile::name).containsExactly("一.csv", "二.csv");
        assertThat(files.files()).extracting(NewFile::mediaType).containsOnly("text/csv");
        assertThat(opened(files.files().getFirst())).asString(StandardCharsets.UTF_8).isEqualTo("1,2\r\n3");
        assertThat(opened(files.files().getLast())).isEmpty();
    }

    @Test
    void aFileThatIsCalledLikeAnEncodedWordKeepsItsName() throws Exception {
        read(text("recipients", "taro@partner.example"), file("=?utf-8?B?A?=", "1"), file("=?ISO-2022-JP?B?GyRCO3EbKEI=?=.pdf", "2"), END);
        assertThat(files.files()).extracting(NewFile::name).as("but for a sign that Windows has none of").containsExactly("=_utf-8_B_A_=", "=_ISO-2022-JP_B_GyRCO3EbKEI=_=.pdf");
    }

    @Test
    void aLargeFileStreamsIntoTheStoreAndOnlySealed() throws Exception {
        long size = 200L << 20;
        var digest = MessageDigest.getInstance("SHA-256");
        var marker = "PLAINTEXT-MARKER-0123456789";
        read(new SequenceInputStream(Collections.enumeration(List.of(octets(text("recipients", "taro@partner.example") + head("big.bin")),
            new Generated(size, digest, marker), octets("\r\n" + END)))));
        var file = files.files().getFirst();
        assertThat(file.sealed().plainOctets()).isEqualTo(size);
        assertThat(file.sealed().sha256()).isEqualTo(digest.digest());
        try (var all = Files.walk(root); var object = Files.newInputStream(all.filter(Files::isRegularFile).findFirst().orElseThrow())) {
            assertThat(new String(object.readNBytes(1 << 20), StandardCharsets.ISO_8859_1)).doesNotContain(marker);
        }
        assertThat(filesOnDisk()).isEqualTo(1);
    }

    @Test
    void contentThatLooksLikeADelimiterStaysContent() throws Exception {
        var content = "\r\n------WebKitFormBoundaryAb\r\n--" + "\r\n-----WebKitFormBoundaryAbC\r\n\r\n\r\n--\r";
        read(text("recipients", "taro@partner.example"), file("a.txt", content), END);
        assertThat(opened(files.files().getFirst())).asString(StandardCharsets.UTF_8).isEqualTo(content);
    }

    @Test
    void namesFromTheClientAreMadeSafeAndDifferent() throws Exception {
        read(text("recipients", "taro@partner.example"), file("../../etc/passwd", "1"), file("C:\\x\\PASSWD", "2"),
            file("\u202Egpj.%22exe%0D%0A", "3"), END);
        assertThat(files.files()).extracting(NewFile::name).containsExactly("passwd", "PASSWD (2)", "gpj._exe");
    }

    @Test
    void theLongestJapaneseNameThatASystemAllowsIsTaken() throws Exception {
        var name = "長".repeat(250) + ".xlsx";
        read(text("recipients", "taro@partner.example"), file(name, "1"), END);
        assertThat(files.files().getFirst().name()).startsWith("長長").endsWith(".xlsx").hasSize(200);
    }

    @Test
    void aFileFieldInWhichNothingWasChosenIsNoFile() throws Exception {
        read(text("recipients", "taro@partner.example"), file("", ""), END);
        assertThat(form.wrong(files)).containsExactly(new Wrong("files", "no_files", ""));
        assertThat(filesOnDisk()).isZero();
    }

    @Test
    void aFileWithoutANameIsNotLost() throws Exception {
        read(text("recipients", "taro@partner.example"), file("", "content"), END);
        assertThat(files.files()).extracting(NewFile::name).containsExactly("file");
        assertThat(opened(files.files().getFirst())).asString(StandardCharsets.UTF_8).isEqualTo("content");
    }

    @Test
    void wrongRecipientsAreToldBeforeTheFilesAreTaken() throws Exception {
        read(text("recipients", "nobody"), file("a.txt", "1"), END);
        assertThat(form.wrong(files)).containsExactly(new Wrong("recipients", "bad_address", "nobody"));
        assertThat(filesOnDisk()).isZero();
    }

    @Test
    void whenRecipientsComeLastAndAreWrongNothingStays() throws Exception {
        read(file("a.txt", "1"), file("b.txt", "2"), text("recipients", "nobody"), END);
        assertThat(form.wrong(files)).isNotEmpty();
        assertThat(filesOnDisk()).isEqualTo(2);
        files.close();
        assertThat(filesOnDisk()).isZero();
    }

    @Test
    void oneFileTooManyIsRefusedAndNothingStays() throws Exception {
        read(text("recipients", "taro@partner.example"), file("a", "1"), file("b", "2"), file("c", "3"), file("d", "4"), END);
        assertThat(form.wrong(files)).containsExactly(new Wrong("files", "too_many_files", "3"));
        files.close();
        assertThat(filesOnDisk()).isZero();
    }

    @Test
    void filesTimesRecipientsAreBoundedWhicheverComeFirst() throws Exception {
        var two = new Form(3, 3, 3);
        two.read(new FormParts(octets(text("recipients", "taro@partner.example,jiro@other.example") + file("a", "1") + file("b", "2") + END), TYPE), files, _ -> false);
        assertThat(two.wrong(files)).containsExactly(new Wrong("files", "too_many_files", "1"));
        files.close();
        var late = new Form(3, 3, 3);
        late.read(new FormParts(octets(file("a", "1") + file("b", "2") + text("recipients", "taro@partner.example,jiro@other.example") + END), TYPE), files, _ -> false);
        assertThat(late.wrong(files)).containsExactly(new Wrong("files", "too_many_files", "1"));
    }

    @Test
    void aBodyThatEndsTooEarlyIsRefusedWhereverItEnds() throws Exception {
        var whole = text("recipients", "taro@partner.example") + file("a.txt", "content") + END;
        for (int length = 1; length < whole.length() - 4; length++) {
            try (var some = new ReceivedFiles(delivery, this::taking, this::delete)) {
                var cut = new Form(3, 3);
                var parts = new FormParts(octets(whole.substring(0, length)), TYPE);
                assertThatThrownBy(() -> {
                    cut.read(parts, some, _ -> false);
                    if (!cut.wrong(some).isEmpty()) {
                        throw new IOException("refused");
                    }
                }).as("cut at %d", length).isInstanceOf(IOException.class);
            }
            assertThat(filesOnDisk()).isZero();
        }
    }

    private IncomingFile taking(UUID ofDelivery, UUID file) throws StoreException {
        return IncomingFile.of(new Place(ofDelivery, file), new Sealer(store, SealingKey.load(folder.resolve("files.public"))).create("f/" + file, new Place(ofDelivery, file)),
            SealingKey.load(folder.resolve("records.public")), EXAMINER, true);
    }

    private void delete(UUID file) throws StoreException {
        store.delete("f/" + file);
    }

    @Test
    void aConnectionThatBreaksInAFileLeavesNothing() throws Exception {
        var breaking = new SequenceInputStream(octets(text("recipients", "taro@partner.example") + file("a.txt", "1") + head("b.txt") + "2".repeat(100_000)),
            new InputStream() {
                @Override
                public int read() throws IOException {
                    throw new IOException("connection reset");
                }
            });
        assertThatThrownBy(() -> read(breaking)).isInstanceOf(IOException.class);
        assertThat(files.files()).hasSize(1);
        files.close();
        assertThat(filesOnDisk()).isZero();
    }

    @Test
    void filesThatAreKeptStay() throws Exception {
        read(text("recipients", "taro@partner.example"), file("a.txt", "1"), END);
        files.keep();
        files.close();
        assertThat(filesOnDisk()).isEqualTo(1);
    }

    @Test
    void aFileOpensForItsOwnDeliveryOnly() throws Exception {
        read(text("recipients", "taro@partner.example"), file("a.txt", "1"), END);
        var file = files.files().getFirst();
        assertThatThrownBy(() -> opener.open(file.sealed(), new Place(Ids.next(), file.id()))).isInstanceOf(IOException.class);
    }

    @Test
    void ofAFormThatWasSentNoFileIsTaken() throws Exception {
        spent.add(new Typed("AAAAAAAAAAAAAAAAAAAAAA", "taro@partner.example", "", ""));
        read(text("form", "AAAAAAAAAAAAAAAAAAAAAA"), text("recipients", "taro@partner.example"), file("a.txt", "1"), END);
        assertThat(files.files()).isEmpty();
        assertThat(filesOnDisk()).isZero();
    }

    @Test
    void anIdThatIsNoneIsRefusedBeforeTheFilesAreTaken() throws Exception {
        for (var id : List.of("x", "A".repeat(23), "A".repeat(70_000), "AAAAAAAAAAAAAAAAAAAAA\"", " AAAAAAAAAAAAAAAAAAAAA")) {
            var forged = new Form(3, 3);
            forged.read(new FormParts(octets(text("form", id) + text("recipients", "taro@partner.example") + file("a.txt", "1") + END), TYPE), files, _ -> false);
            assertThat(forged.wrong(files)).as(id).containsExactly(new Wrong("", "bad_form", ""));
            assertThat(filesOnDisk()).isZero();
        }
        read(text("recipients", "taro@partner.example"), file("a.txt", "1"), END);
        assertThat(form.wrong(files)).as("none at all").isEmpty();
    }

    @Test
    void hugeFieldsAndHeadersAreBounded() throws Exception {
        read(text("recipients", "taro@partner.example"), text("message", "x".repeat(1 << 20)), file("a.txt", "1"), END);
        assertThat(form.wrong(files)).extracting(Wrong::key).containsExactly("too_long");
        assertThat(form.typed().message()).hasSizeLessThan(70_000);
        assertThatThrownBy(() -> read(text("recipients", "a@x.example"), head("x".repeat(10_000)), "1\r\n", END))
            .isInstanceOf(FormParts.MalformedFormException.class);
        assertThatThrownBy(() -> read(text("other", "x").repeat(100), END)).isInstanceOf(FormParts.MalformedFormException.class);
    }

    @Test
    void recipientsThatDoNotFitAreNotSilentlyDropped() throws Exception {
        read(text("recipients", " ".repeat(70_000) + "taro@partner.example"), file("a.txt", "1"), END);
        assertThat(form.wrong(files)).extracting(Wrong::key).contains("too_many_recipients");
    }

    @Test
    void onlyAFormWithABoundaryIsRead() {
        for (var type : List.of("multipart/form-data", "multipart/mixed; boundary=x", "text/plain; boundary=x", "multipart/form-data; boundary=",
                "multipart/form-data; boundary=" + "x".repeat(71))) {
            assertThatThrownBy(() -> new FormParts(octets(""), type)).as(type).isInstanceOf(FormParts.MalformedFormException.class);
        }
        assertThatThrownBy(() -> new FormParts(octets(""), null)).isInstanceOf(FormParts.MalformedFormException.class);
    }

    /** So many octets, hashed as they go, with a marker at the beginning. */
    private static final class Generated extends InputStream {

        private final Random random = new Random(1);
        private final MessageDigest digest;
        private final byte[] block = new byte[8192];
        private long left;
        private int at;

        Generated(long size, MessageDigest digest, String marker) {
            this.left = size;
            this.digest = digest;
            fill();
            System.arraycopy(marker.getBytes(StandardCharsets.US_ASCII), 0, block, 0, marker.length());
        }

        private void fill() {
            random.nextBytes(block);
            at = 0;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("read in blocks");
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            if (at == block.length) {
                fill();
            }
            int octets = (int) Math.min(left, Math.min(length, block.length - at));
            System.arraycopy(block, at, into, offset, octets);
            digest.update(block, at, octets);
            at += octets;
            left -= octets;
            return octets;
        }
    }
}
