package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DirectoryStoreTest extends ObjectStoreContract {
    @TempDir
    private Path folder;
    private Path root;

    @Override
    protected ObjectStore emptyStore() throws IOException {
        root = Files.createDirectory(folder.resolve("root"));
        return new DirectoryStore(root);
    }

    @Override
    protected int unfinishedUploads() throws IOException {
        Path folder = root.resolve("tmp");
        if (!Files.exists(folder)) {
            return 0;
        }
        try (var files = Files.list(folder)) {
            return (int) files.count();
        }
    }

    @Override
    protected String putForeign(byte[] content) throws IOException {
        Files.write(root.resolve("Backup of Tuesday.tar"), content);
        return "Backup of Tuesday.tar";
    }

    @Override
    protected void takeAway() throws IOException {
        Files.move(root, folder.resolve("away"));
    }

    @Override
    protected void bringBack() throws IOException {
        Files.move(folder.resolve("away"), root);
    }

    @Test
    void aQuotaThatIsUsedUpIsToldAsTooLittleRoom() {
        assertThat(new DirectoryStore(root).unwritable(new IOException("Disk quota exceeded"))).isInstanceOf(StoreFullException.class);
        assertThat(new DirectoryStore(root).unwritable(new IOException("Input/output error"))).isNotInstanceOf(StoreFullException.class);
    }

    private static String said(List<String> command) throws Exception {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    /** By a limit on the length of files, which hits the second direct write as a quota does. */
    @Test
    void aWriteThatTheSystemRefusesEndsTheUploadAndNothingElse() throws Exception {
        var command = new ArrayList<>(List.of("sh", "-c", "ulimit -f 1200 && exec \"$@\"", "sh"));
        command.addAll(OwnProcess.command(WriteTooMuch.class));
        command.add(root.toString());
        assertThat(said(command).lines()).satisfiesExactly(
                line -> assertThat(line).startsWith("write refused, for now: ").contains("File too large"),
                line -> assertThat(line).startsWith("next write refused, for now: "),
                line -> assertThat(line).startsWith("finish refused, for now: "),
                line -> assertThat(line).isEqualTo("files in tmp: 0"),
                line -> assertThat(line).isEqualTo("there: fits 500000"));
    }

    @Test
    void theSweepTakesUnfinishedFilesOnlyAndStopsAtNothingElse() throws IOException {
        put("a", octets(10, 1));
        Files.createFile(Files.createDirectory(root.resolve("tmp/old")).resolve("x"));
        Files.createFile(Files.createDirectory(root.resolve("tmp/" + UUID.randomUUID())).resolve("x"));
        Path notes = Files.createFile(root.resolve("tmp/notes.txt"));
        List<Path> temporary = List.of(Files.createFile(root.resolve("tmp/" + UUID.randomUUID())), Files.createFile(root.resolve("tmp/" + UUID.randomUUID())));
        store().sweepUnfinished(Instant.now().minus(Duration.ofHours(1)));
        assertThat(temporary).as("too young").allSatisfy(file -> assertThat(file).exists());
        store().sweepUnfinished(Instant.now().plus(Duration.ofHours(1)));
        assertThat(temporary).allSatisfy(file -> assertThat(file).doesNotExist());
        assertThat(notes).exists();
        assertThat(root.resolve("tmp/old/x")).exists();
        assertThat(unfinishedUploads()).as("what isn't ours").isEqualTo(3);
        assertThat(keys()).containsExactly("a");
    }

    /** Needs what {@link FullDiskTest} needs. */
    @Test
    void oneUnfinishedFileThatCannotBeRemovedKeepsNoOther() throws Exception {
        Files.createDirectory(root.resolve("tmp"));
        List<String> command = new ArrayList<>(List.of("unshare", "-Urm"));
        command.addAll(OwnProcess.command(StubbornFile.class));
        command.add(root.toString());
        assertThat(said(command).lines()).containsExactly("mounted: true", "told: true", "left: 1, the stubborn one: true");
    }

    /** What a kill leaves, one after the other: see {@link KilledPutTest} for kills. */
    @Test
    void whatAKillLeavesIsToldAndSweptAndNoObjectSuffers() throws IOException {
        byte[] content = octets(100_000, 1);
        put("a", content);
        Path begun = Files.write(root.resolve("tmp/" + UUID.randomUUID()), octets(1000, 2));    // before it got its name
        Path named = Files.createLink(root.resolve("tmp/" + UUID.randomUUID()), objectOf("a"));    // and behind that
        assertThat(keys()).containsExactly("a");
        assertThat(strays()).extracting(Stray::kind).containsOnly(Stray.Kind.UNFINISHED);
        assertThat(strays()).extracting(Stray::name).containsExactlyInAnyOrder(root.relativize(begun).toString(), root.relativize(named).toString());
        store().sweepUnfinished(Instant.now().plus(Duration.ofHours(1)));
        assertThat(strays()).isEmpty();
        assertThat(get("a", 0, content.length)).isEqualTo(content);
    }

    /** Killed while it made the 64 folders of the second level: the next process makes the rest. */
    @Test
    void aFolderThatLacksItsFoldersGetsThem() throws IOException {
        put("a", octets(10, 1));
        Path second = objectOf("a").getParent();
        store().delete("a");
        Files.delete(second);
        for (int i = 32; i < DirectoryStore.FAN_OUT; i++) {
            Files.deleteIfExists(second.resolveSibling("%02x".formatted(i)));
        }
        try (var next = new DirectoryStore(root)) {
            List<StoredObject> listed = new ArrayList<>();
            next.list(listed::add);
            assertThat(listed).isEmpty();
            next.delete("a");
            try (var upload = next.create("a")) {
                upload.out().write(octets(10, 2));
                upload.finish();
            }
        }
        assertThat(get("a", 0, 10)).isEqualTo(octets(10, 2));
        try (var folders = Files.list(second.getParent())) {
            assertThat(folders).hasSize(DirectoryStore.FAN_OUT);
        }
    }

    /** Were it told as an object of that key, the caller would take another key, or believe that it is done. */
    @Test
    void aFileWhereAFolderOfObjectsShouldBeIsNoObject() throws IOException {
        put("a", octets(10, 1));
        Path first = objectOf("a").getParent().getParent();
        deleteBelow(first);
        Files.delete(first);
        Files.writeString(first, "in the way");
        try (var store = new DirectoryStore(root); var upload = store.create("a")) {
            upload.out().write(1);
            assertThatThrownBy(upload::finish).isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.temporary()).isTrue())
                    .isNotInstanceOf(ObjectExistsException.class).hasMessageContaining(first.toString());
        }
        assertThat(unfinishedUploads()).isZero();
        assertThat(first).hasContent("in the way");
    }

    @Test
    void aMissingFolderIsNamedAndNeverCreated() {
        Path missing = root.resolve("not-mounted");
        var store = new DirectoryStore(missing);
        assertThatThrownBy(store::check).isInstanceOf(StoreException.class).hasMessageContaining(missing + " doesn't exist");
        assertThatThrownBy(store::roomOctets).isInstanceOf(StoreException.class).hasMessageContaining("doesn't exist");
        assertThatThrownBy(() -> store.create("a")).isInstanceOf(StoreException.class).hasMessageContaining("doesn't exist");
        assertThatThrownBy(() -> store.delete("a")).isInstanceOf(StoreException.class).hasMessageContaining("doesn't exist");
        assertThatThrownBy(() -> store.read("a", 0, 1)).isInstanceOf(StoreException.class)
                .isNotInstanceOf(ObjectMissingException.class);
        assertThatThrownBy(() -> store.list(_ -> { })).isInstanceOf(StoreException.class);
        assertThat(missing).doesNotExist();
    }

    @Test
    void aFileWhereTheFolderShouldBeIsATemporaryFailure() throws IOException {
        Files.writeString(root.resolve("tmp"), "in the way");
        assertThatThrownBy(() -> store().check()).isInstanceOfSatisfying(StoreException.class,
                e -> assertThat(e.temporary()).isTrue()).hasMessageContaining(root.toString());
        assertThatThrownBy(() -> store().create("a")).isInstanceOf(StoreException.class);
    }

    @Test
    void foldersThatVanishUnderARunningStoreComeBackWithTheNextObject() throws IOException {
        put("a", octets(10, 1));
        deleteBelow(root);
        assertThatThrownBy(() -> put("a", octets(10, 1))).isInstanceOf(StoreException.class);
        assertThat(unfinishedUploads()).isZero();
        put("a", octets(10, 1));
        assertThat(get("a", 0, 10)).isEqualTo(octets(10, 1));
    }

    private static void saysThatItIsNotThere(ObjectStore store, Path mountPoint) throws IOException {
        for (Callable<?> call : List.<Callable<?>>of(() -> store.create("b"), () -> store.read("a", 0, 1), store::roomOctets, () -> done(store::check),
                () -> done(() -> store.delete("a")), () -> done(() -> store.list(_ -> { })), () -> done(() -> store.strays(_ -> { })),
                () -> done(() -> store.sweepUnfinished(Instant.now())))) {
            assertThatThrownBy(call::call).isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.temporary()).isTrue())
                    .isNotInstanceOf(ObjectMissingException.class).hasMessageContaining(mountPoint + " ").hasMessageContaining("mount what belongs there");
        }
        assertThat(mountPoint).as("nothing was made there").isEmptyDirectory();
    }

    @FunctionalInterface
    private interface Deed {
        void run() throws IOException;
    }

    private static boolean done(Deed deed) throws IOException {
        deed.run();
        return true;
    }

    @Test
    void theEmptyFolderBelowAMountThatWentAwayIsNotTheStore() throws IOException {
        byte[] content = octets(10, 1);
        put("a", content);
        try (var begun = store().create("c")) {
            begun.out().write(1);
            takeAway();
            Files.createDirectory(root);
            saysThatItIsNotThere(store(), root);
            assertThatThrownBy(begun::finish).isInstanceOf(StoreException.class).isNotInstanceOf(ObjectExistsException.class);
        }
        assertThat(root).isEmptyDirectory();
        Files.delete(root);
        bringBack();
        assertThat(get("a", 0, 10)).isEqualTo(content);
        put("b", content);
        assertThat(keys()).containsExactlyInAnyOrder("a", "b");
    }

    /** As the number of a device may be another each time. */
    @Test
    void aStoreThatIsMountedAgainIsKnownByItsObjects() throws IOException {
        put("a", octets(10, 1));
        store().check();
        takeAway();
        Files.createDirectory(root);
        Files.move(folder.resolve("away/objects"), root.resolve("objects"));
        assertThat(get("a", 0, 10)).isEqualTo(octets(10, 1));
        put("b", octets(10, 1));
        store().delete("a");
        assertThat(keys()).containsExactly("b");
    }

    /** To be asked behind each of the calls, and not before alone: what can't be seen would count as not there. */
    @Test
    void whatWasNotLookedAtSinceTheStoreWentAwayIsNotTakenForEmpty() throws IOException {
        for (int i = 0; i < 30; i++) {
            put("f/" + i, octets(10, i));
        }
        Files.createFile(root.resolve("tmp/" + UUID.randomUUID()));
        var store = new DirectoryStore(StandingFiles.around(root, (act, file) -> {
            if (act == StandingFiles.Act.LIST && (file.startsWith(root.resolve("objects")) || file.equals(root.resolve("tmp"))) && !Files.exists(folder.resolve("away"))) {
                takeAway();
                Files.createDirectory(root);    // the one below a mount
            }
        }));
        for (Deed deed : List.<Deed>of(() -> store.list(_ -> { }), () -> store.strays(_ -> { }), () -> store.sweepUnfinished(Instant.now()))) {
            assertThatThrownBy(deed::run).isInstanceOf(StoreException.class).hasMessageContaining("is not the one that was there before");
            assertThat(root).isEmptyDirectory();
            Files.delete(root);
            bringBack();
        }
        assertThat(keys()).hasSize(30);
    }

    @Test
    void oneFolderThatCannotBeLookedAtKeepsNoOther() throws IOException {
        for (int i = 0; i < 30; i++) {
            put("f/" + i, octets(10, i));
        }
        Path bad = objectOf("f,7").getParent();
        List<String> readable = new ArrayList<>(keys());
        try (var files = Files.list(bad)) {
            readable.removeAll(files.map(file -> file.getFileName().toString().replace(',', '/')).toList());
        }
        putForeign(octets(10, 1));
        Files.createFile(bad.resolve("unseen"));
        var store = new DirectoryStore(StandingFiles.around(root, (act, file) -> {
            if (act == StandingFiles.Act.LIST && file.equals(bad)) {
                throw new FileSystemException(file.toString(), null, "Input/output error");
            }
        }));
        List<String> listed = new ArrayList<>();
        assertThatThrownBy(() -> store.list(object -> listed.add(object.key()))).isInstanceOf(StorePartException.class)
                .hasMessageContaining(bad + ": Input/output error");
        assertThat(listed).containsExactlyInAnyOrderElementsOf(readable);
        List<String> strays = new ArrayList<>();
        assertThatThrownBy(() -> store.strays(stray -> strays.add(stray.name()))).isInstanceOf(StorePartException.class)
                .hasMessageContaining(bad + ": Input/output error");
        assertThat(strays).containsExactly("Backup of Tuesday.tar");
        assertThat(keys()).hasSize(30);
    }

    @Test
    void aFileInPlaceOfAFolderKeepsNoOtherFromBeingListed() throws IOException {
        put("a", octets(10, 1));
        Path second = objectOf("a").getParent();
        Files.delete(second.resolve("a"));
        Files.delete(second);
        Files.createFile(second);
        put("f/0", octets(10, 1));
        List<String> listed = new ArrayList<>();
        assertThatThrownBy(() -> store().list(object -> listed.add(object.key()))).isInstanceOf(StorePartException.class).hasMessageContaining(second.toString());
        assertThat(listed).containsExactly("f/0");
        assertThat(strays()).extracting(Stray::name).containsExactly(root.relativize(second).toString());
    }

    /** What the system says in other languages: see {@link OtherLanguage}. */
    @ParameterizedTest
    @CsvSource({"Operation not permitted,gives no file a second name", "Operation not supported,gives no file a second name",
            "Invalid cross-device link,have to be on one file system"})
    void aFolderInWhichNoObjectCanGetItsNameIsUnfit(String word, String told) throws IOException {
        put("a", octets(10, 1));
        Path objects = root.resolve("objects");
        var store = new DirectoryStore(StandingFiles.around(root, (act, file) -> {
            if (act == StandingFiles.Act.LINK && file.startsWith(objects)) {
                throw new FileSystemException(file.toString(), null, word);
            }
        }));
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(store::check).isInstanceOf(StoreUnfitException.class).hasMessageContaining(told);
        }
        assertThat(strays()).isEmpty();
    }

    /** As when a volume is mounted on one of its folders later. */
    @Test
    void whatGivesNoNamesAnyMoreIsFoundOutWithTheFirstObjectThatGetsNone() throws IOException {
        var apart = new AtomicBoolean();
        var store = new DirectoryStore(StandingFiles.around(root, (act, file) -> {
            if (apart.get() && act == StandingFiles.Act.LINK && file.startsWith(root.resolve("objects"))) {
                throw new FileSystemException(file.toString(), null, "Invalid cross-device link");
            }
        }));
        store.check();
        assertThat(root.resolve("objects")).as("made below a mount that is missing it would be taken for the store").doesNotExist();
        try (var upload = store.create("a")) {
            upload.finish();
        }
        store.check();
        apart.set(true);
        try (var upload = store.create("b")) {
            assertThatThrownBy(upload::finish).isInstanceOf(StoreUnfitException.class);
        }
        assertThatThrownBy(store::check).isInstanceOf(StoreUnfitException.class);
        apart.set(false);
        store.check();
        assertThat(strays()).isEmpty();
    }

    /** As after a restore by root, which made the folders anew. */
    @Test
    void aStoreInWhoseFoldersNothingCanBePutIsNotWell() throws IOException {
        put("a", octets(10, 1));
        Path objects = root.resolve("objects");
        Path first = objectOf("a").getParent().getParent();
        for (int i = 0; i < DirectoryStore.FAN_OUT; i++) {
            Path each = objects.resolve("%02x".formatted(i));
            if (!Files.exists(each)) {
                Files.createDirectory(each);
            }
        }
        assertThatThrownBy(foreignBelow(objects)::check).isInstanceOf(StoreException.class).hasMessageContaining("see to its owner")
                .hasMessageContaining(objects.toString());
        foreignBelow(first).check();    // other folders take objects
    }

    private DirectoryStore foreignBelow(Path folder) {
        return new DirectoryStore(StandingFiles.around(root, (act, file) -> {
            if (act == StandingFiles.Act.ACCESS && file.startsWith(folder)) {
                throw new AccessDeniedException(file.toString());
            }
        }));
    }

    /** Of a process that was killed at its first look. */
    @Test
    void whatTheTrialOfANameLeftIsSwept() throws IOException {
        put("a", octets(10, 1));
        Path left = Files.createFile(root.resolve("objects/" + UUID.randomUUID()));
        assertThat(strays()).extracting(Stray::kind).containsExactly(Stray.Kind.UNFINISHED);
        store().sweepUnfinished(Instant.now().plus(Duration.ofHours(1)));
        assertThat(left).doesNotExist();
        assertThat(keys()).containsExactly("a");
    }

    /** Needs what {@link FullDiskTest} needs. */
    @Test
    void whatTheSystemSaysInAnotherLanguageMeansTheSame() throws Exception {
        Files.createDirectories(root.resolve("objects"));
        Path words = MessageCatalog.write(folder.resolve("libc.mo"), Map.of("Invalid cross-device link", "無効なクロスデバイスリンクです",
                "Operation not permitted", "許可されていない操作です", "No space left on device", "デバイスに空き領域がありません",
                "Disk quota exceeded", "ディスク使用量制限を超過しました"));
        List<String> command = new ArrayList<>(List.of("unshare", "-Urm", "sh", "-c", """
                mount -t tmpfs tmpfs /usr/share/locale && mkdir -p /usr/share/locale/ja/LC_MESSAGES && cp "$0" /usr/share/locale/ja/LC_MESSAGES/libc.mo
                exec env LC_ALL=C.UTF-8 LANGUAGE=ja "$@"
                """, words.toString()));
        command.addAll(OwnProcess.command(OtherLanguage.class));
        command.add(root.toString());
        assertThat(said(command).lines()).containsExactly("no second name (許可されていない操作です): unfit", "mounted: true", "apart: unfit",
                "full (デバイスに空き領域がありません): StoreFullException", "quota: StoreFullException", "other: StoreException");
    }

    @Test
    void anObjectWhoseNameCouldNotBeMadeDurableIsNotThere() throws IOException {
        put("a", octets(10, 1));
        Path its = objectOf("a").getParent();
        store().delete("a");
        var broken = new AtomicBoolean(true);
        var store = new DirectoryStore(StandingFiles.around(root, (act, file) -> {
            if (broken.get() && act == StandingFiles.Act.FORCE && file.equals(its)) {
                throw new FileSystemException(file.toString(), null, "Input/output error");
            }
        }));
        try (var upload = store.create("a")) {
            upload.out().write(octets(10, 2));
            assertThatThrownBy(upload::finish).isInstanceOf(StoreException.class);
            assertThat(its).as("it had been given its name").isEmptyDirectory();
        }
        assertThat(strays()).isEmpty();
        broken.set(false);
        put("a", octets(10, 3));
        assertThat(get("a", 0, 10)).isEqualTo(octets(10, 3));
    }

    @Test
    void anotherStoreAtTheSamePlaceIsNotTakenForIt() throws IOException {
        put("a", octets(10, 1));
        store().check();
        takeAway();
        Files.createDirectories(root.resolve("objects"));
        assertThatThrownBy(() -> store().delete("a")).isInstanceOf(StoreException.class).hasMessageContaining("is not the one that was there before");
        try (var next = new DirectoryStore(root)) {
            next.check();
        }
    }

    @Test
    void aFolderThatShouldHoldObjectsAndNeverDidIsAMountThatIsMissing() throws IOException {
        put("a", octets(10, 1));
        takeAway();
        Files.createDirectory(root);
        try (var early = new DirectoryStore(root, () -> false)) {
            saysThatItIsNotThere(early, root);
            Files.delete(root);
            bringBack();
            early.check();
            early.delete("a");
        }
        assertThat(keys()).isEmpty();
    }

    @Test
    void whoMakesTheFolderOfObjectsSaysThatTheOldOnesAreGone() throws IOException {
        try (var restored = new DirectoryStore(root, () -> false)) {
            saysThatItIsNotThere(restored, root);
            Files.createDirectory(root.resolve("objects"));
            restored.check();
            assertThatThrownBy(() -> restored.read("a", 0, 1)).isInstanceOf(ObjectMissingException.class);
            restored.create("a").close();
        }
    }

    @Test
    void whileNobodyCanTellWhetherItShouldBeEmptyNothingIsPutIntoAnEmptyFolder() throws IOException {
        try (var store = new DirectoryStore(root, () -> {
            throw new StoreException("no database");
        })) {
            assertThatThrownBy(() -> store.create("a")).isInstanceOf(StoreException.class).hasMessage("no database");
            assertThatThrownBy(store::check).isInstanceOf(StoreException.class).hasMessage("no database");
        }
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void onlyTheOwnerMayReadObjects() throws IOException {
        put("a", octets(10, 1));
        try (var files = Files.walk(root)) {
            assertThat(files.filter(file -> !file.equals(root))).isNotEmpty().allSatisfy(file ->
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).endsWith("------"));
        }
    }

    @Test
    void filesThatAreNoObjectsAreNotListed() throws IOException {
        put("a", octets(10, 1));
        try (var files = Files.walk(root)) {
            Path object = files.filter(file -> file.getFileName().toString().equals("a")).findFirst().orElseThrow();
            Files.writeString(object.resolveSibling("lost+found.TXT"), "");
        }
        assertThat(keys()).containsExactly("a");
    }

    /** Each thing is an object or a stray, and what a reader wouldn't find is no object. */
    @Test
    void whateverLiesInAFolderWhereItDoesNotBelongIsNamed() throws IOException {
        put("a", octets(10, 1));
        Path a = objectOf("a");
        Path elsewhere = Files.createDirectories(root.resolve("objects/" + (a.startsWith(root.resolve("objects/00")) ? "01" : "00") + "/3f"));
        List<Path> foreign = List.of(Files.copy(a, elsewhere.resolve("a")), Files.createSymbolicLink(a.resolveSibling("b"), root.resolve("nowhere")),
                Files.createDirectory(root.resolve("objects/40")), Files.createDirectory(root.resolve("objects/00x")), Files.createFile(root.resolve("objects/3f3")),
                Files.createFile(a.getParent().resolveSibling("4f")), Files.createFile(a.resolveSibling("Plan.pdf")), Files.createFile(root.resolve("tmp/notes.txt")),
                Files.createDirectory(root.resolve("tmp/" + UUID.randomUUID())), Files.createDirectory(root.resolve("old-objects")));
        Files.createFile(root.resolve("old-objects/not-gone-into"));
        Path temporary = Files.createFile(root.resolve("tmp/" + UUID.randomUUID()));
        assertThat(strays()).filteredOn(stray -> stray.kind() == Stray.Kind.FOREIGN).extracting(Stray::name)
                .containsExactlyInAnyOrderElementsOf(foreign.stream().map(path -> root.relativize(path).toString()).toList());
        assertThat(strays()).filteredOn(stray -> stray.kind() == Stray.Kind.UNFINISHED).extracting(Stray::name)
                .containsExactly(root.relativize(temporary).toString());
        assertThat(keys()).containsExactly("a");
    }

    @Test
    void whatAFileSystemHasAtItsRootIsNamedOnceSomethingIsInIt() throws IOException {
        Path found = Files.createDirectory(root.resolve("lost+found"));
        assertThat(strays()).isEmpty();
        Files.createFile(found.resolve("#1234"));
        assertThat(strays()).extracting(Stray::name).containsExactly("lost+found");
    }

    /** As over NFS, where the server's answer to the link is lost, the client asks once more and hears that the name is taken: by this very object. */
    @Test
    void aNameThatTheObjectHasAlreadyIsNoOtherObject() throws IOException {
        put("a", octets(10, 1));
        Path target = objectOf("a");
        store().delete("a");
        try (var upload = store().create("a")) {
            upload.out().write(octets(1000, 2));
            Files.createLink(target, temporary());
            upload.finish();
        }
        assertThat(get("a", 0, 1000)).isEqualTo(octets(1000, 2));
        assertThat(unfinishedUploads()).isZero();
    }

    @Test
    void aNameThatAnotherObjectOfTheSameOctetsHasIsTaken() throws IOException {
        put("a", octets(10, 1));
        Path target = objectOf("a");
        store().delete("a");
        try (var upload = store().create("a")) {
            upload.out().write(octets(10, 1));
            Files.write(target, octets(10, 1));
            assertThatThrownBy(upload::finish).isInstanceOf(ObjectExistsException.class);
        }
        assertThat(target).exists();
    }

    private Path temporary() throws IOException {
        try (var files = Files.list(root.resolve("tmp"))) {
            return files.findFirst().orElseThrow();
        }
    }

    private Path objectOf(String key) throws IOException {
        try (var files = Files.walk(root.resolve("objects"))) {
            return files.filter(file -> file.getFileName().toString().equals(key)).findFirst().orElseThrow();
        }
    }

    private static void deleteBelow(Path folder) throws IOException {
        List<Path> all;
        try (var files = Files.walk(folder)) {
            all = files.filter(file -> !file.equals(folder)).toList();
        }
        for (Path file : all.reversed()) {
            Files.delete(file);
        }
    }

    /** As over NFS, where a full disk may be told of by closing alone. */
    @Test
    void nothingStaysOfAnUploadWhoseFileCannotBeClosed(@TempDir Path root) throws Exception {
        var store = new DirectoryStore(StandingFiles.around(root, (act, _) -> {
            if (act == StandingFiles.Act.CLOSE) {
                throw new IOException("no space left");
            }
        }));
        try (var upload = store.create("given/up")) {
            upload.out().write(new byte[100]);
        }
        try (var files = Files.list(root.resolve("tmp"))) {
            assertThat(files).isEmpty();
        }
    }
}
