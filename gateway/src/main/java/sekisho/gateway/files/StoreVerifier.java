package sekisho.gateway.files;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.files.SealedRows.LiveRow;
import sekisho.gateway.files.SealedRows.Named;
import sekisho.gateway.files.SealedRows.Sort;
import sekisho.storage.ObjectMissingException;
import sekisho.storage.ObjectStore;
import sekisho.storage.ObjectVerifier;
import sekisho.storage.ObjectVerifier.Finding;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.RecordKey;
import sekisho.storage.Sealed;
import sekisho.storage.StoreException;
import sekisho.storage.StorePartException;
import sekisho.storage.StoredObject;
import sekisho.storage.Stray;

/**
 * Holds the object store against the database: every object that a row needs is there, with the right length; every other is waiting to be
 * removed, or unknown; and nothing else lies there. Reads only. The product may run meanwhile: whatever looks wrong is looked at once more, with its row as it is then.
 * Keeps key, size and time of every object in memory, some 200 octets each.
 */
public final class StoreVerifier {

    /** After so many in a row that the store doesn't give out it is asked whether it answers at all, and if it does, again after twice as many. */
    private static final int MANY_UNREADABLE = 20;
    private static final int BATCH = 500;
    private static final int LONGEST_NAME = 300;
    private static final Pattern PLAIN = Pattern.compile("[a-z0-9/_-]{0,200}");

    private final SealedRows rows;
    private final ObjectStore store;
    private final ObjectVerifier verifier;
    private final Depth depth;
    private final Instant orphanedBefore;
    private final Consumer<Fault> faults;
    private final Map<Kind, Long> counts = new HashMap<>();
    private int unreadable;
    private int askedAt = MANY_UNREADABLE;
    private @Nullable String lastWhole;

    /** What can be wrong. */
    public enum Kind {
        /** A row needs an object that isn't there. */
        MISSING,
        /** An object, or its row, is not what was sealed. */
        DAMAGED,
        /** The store has it and doesn't give it out; or a part of the store can't be looked at. */
        UNREADABLE,
        /** Wrapped to a version that the given private key doesn't have. */
        SHUT,
        /** No row needs it, and nothing will remove it but a sweep. No harm to any delivery. */
        UNKNOWN,
        /** An upload that broke off long ago; a sweep removes it. */
        UNFINISHED,
        /** No object, and nothing that the product makes or removes. */
        STRAY;

        /** Whether no delivery suffers from it. */
        public boolean harmless() {
            return switch (this) {
                case UNKNOWN, UNFINISHED, STRAY -> true;
                case MISSING, DAMAGED, UNREADABLE, SHUT -> false;
            };
        }
    }

    /**
     * One thing that is wrong.
     *
     * @param text one line of printable ASCII that names ids of deliveries, files and objects, and nothing of their content; of a stray, what it is called in
     *             the store
     */
    public record Fault(Kind kind, String text) {
    }

    /**
     * How far to look.
     *
     * @param reads    whether every object is read to its end; else only its length counts
     * @param filesKey to open files with, where it may be
     * @param spoolKey to open spools with, where it may be
     */
    public record Depth(boolean reads, Optional<OpeningKey> filesKey, Optional<OpeningKey> spoolKey) {

        /** Lengths alone. */
        public static final Depth LENGTHS = new Depth(false, Optional.empty(), Optional.empty());
    }

    /**
     * What was found.
     *
     * @param objects in the store
     * @param octets  of them together
     * @param files   rows that need an object
     * @param spools  messages that still wait, in the store or in their row
     * @param leaving objects that are about to be removed
     * @param pending objects and uploads too young to be called unknown or unfinished: of messages that are just coming in
     * @param faults  how many of each kind
     */
    public record Report(long objects, long octets, long files, long spools, long leaving, long pending, Map<Kind, Long> faults) {

        public long count(Kind kind) {
            return faults.getOrDefault(kind, 0L);
        }

        /** Whether everything that a row needs is there, as far as was looked. */
        public boolean holds() {
            return faults.keySet().stream().allMatch(Kind::harmless);
        }
    }

    /**
     * @param connection     not in a transaction; should be allowed to read only. Stays open
     * @param store          stays the caller's to close
     * @param orphanedBefore an object that no row names counts as unknown, and an upload as broken off, when it is older
     * @param faults         is told each fault when it is found
     */
    public StoreVerifier(Connection connection, ObjectStore store, Depth depth, Instant orphanedBefore, Consumer<Fault> faults) {
        this.rows = new SealedRows(connection);
        this.store = store;
        this.verifier = new ObjectVerifier(store);
        this.depth = depth;
        this.orphanedBefore = orphanedBefore;
        this.faults = faults;
    }

    /**
     * Looks once through store and rows.
     *
     * @throws StoreException the store is unavailable; faults told before hold all the same
     * @throws SQLException   the database is unavailable
     */
    public Report verify() throws StoreException, SQLException {
        var objects = new HashMap<String, StoredObject>();
        asFarAsItCan(() -> store.list(object -> objects.put(object.key(), object)));
        long count = objects.size();
        long octets = objects.values().stream().mapToLong(StoredObject::sizeOctets).sum();
        long files = verify(Sort.FILE, objects);
        long spools = verify(Sort.SPOOL, objects);
        var others = new Others();
        others.look(new ArrayList<>(objects.values()));
        asFarAsItCan(() -> store.strays(others::look));
        return new Report(count, octets, files, spools, others.leaving, others.pending, Map.copyOf(counts));
    }

    @FunctionalInterface
    private interface Look {
        void run() throws StoreException;
    }

    /** A part that can't be looked at is a fault of its own; what rows need of it is read by its name all the same. */
    private void asFarAsItCan(Look look) throws StoreException {
        try {
            look.run();
        } catch (StorePartException part) {
            tell(Kind.UNREADABLE, String.valueOf(part.getMessage()));
        }
    }

    /** Takes from {@code objects} what rows need. */
    private long verify(Sort sort, Map<String, StoredObject> objects) throws StoreException, SQLException {
        long seen = 0;
        var batch = rows.next(sort, Optional.empty());
        while (!batch.isEmpty()) {
            for (var row : batch) {
                verify(row, objects.remove(keyOf(row)));
            }
            seen += batch.size();
            batch = rows.next(sort, Optional.of(batch.getLast()));
        }
        return seen;
    }

    private static String keyOf(LiveRow row) {
        return row.sealed() == null ? "" : row.sealed().key();
    }

    private void verify(LiveRow row, @Nullable StoredObject listed) throws StoreException, SQLException {
        if (!depth.reads && listed != null && row.sealed() != null && listed.sizeOctets() == row.sealed().cipherOctets()
                || look(row) instanceof Finding.Whole) {
            answers();
            lastWhole = depth.reads ? keyOf(row) : lastWhole;
            return;
        }
        var now = rows.again(row);
        if (now.isPresent()) {
            tell(now.get(), look(now.get()));
        }
    }

    private Finding look(LiveRow row) {
        Sealed sealed = row.sealed();
        if (sealed == null) {
            return new Finding.Damaged("its row is incomplete");
        }
        if (!depth.reads) {
            return verifier.length(sealed);
        }
        var key = row.sort() == Sort.FILE ? depth.filesKey : depth.spoolKey;
        if (key.isEmpty()) {
            return verifier.frame(sealed);
        }
        return row.record() == null ? verifier.content(sealed, row.place(), key.get()) : content(sealed, row.place(), key.get(), row.record());
    }

    private Finding content(Sealed sealed, Place place, OpeningKey key, byte[] record) {
        return verifier.content(sealed, place, key, object -> FileRecord.open(RecordKey.of(object, place), record).sha256());
    }

    private void tell(LiveRow row, Finding finding) throws StoreException {
        if (!(finding instanceof Finding.Unreadable)) {
            answers();
        }
        var what = row + ", object " + shown(keyOf(row)) + ": ";
        switch (finding) {
            case Finding.Whole() -> { }
            case Finding.Missing() -> tell(Kind.MISSING, what + "not in the store");
            case Finding.Damaged(var how) -> tell(Kind.DAMAGED, what + how);
            case Finding.Shut(var version) -> tell(Kind.SHUT, what + "the private key given has no version " + version);
            case Finding.Unreadable(var why) -> {
                tell(Kind.UNREADABLE, what + why);
                isNotGivenOut(why);
            }
        }
    }

    private void isNotGivenOut(String why) throws StoreException {
        if (++unreadable >= askedAt) {
            requireAnswer(why);
            askedAt *= 2;
        }
    }

    private void answers() {
        unreadable = 0;
        askedAt = MANY_UNREADABLE;
    }

    /** A bad region of a disk, or objects that came back with another owner, may be many in a row; what lies behind them is to be named too. */
    private void requireAnswer(String why) throws StoreException {
        try {
            if (lastWhole == null) {
                store.list(_ -> { });
            } else {
                try (var octet = store.read(lastWhole, 0, 1)) {
                    octet.read();
                }
            }
        } catch (ObjectMissingException | StorePartException _) {
            // removed meanwhile, as the store says; or the part was told
        } catch (IOException away) {
            throw new StoreException(unreadable + " objects in a row could not be read, the last because: " + why, away);
        }
    }

    private void tell(Kind kind, String text) {
        counts.merge(kind, 1L, Long::sum);
        faults.accept(new Fault(kind, text));
    }

    /** Keys that a store takes stand as they are. */
    private static String shown(String key) {
        return PLAIN.matcher(key).matches() ? key : printable(key);
    }

    /** A name that somebody else chose, so that it can neither begin a line of its own nor steer a terminal. */
    private static String printable(String name) {
        var text = new StringBuilder();
        for (char c : name.substring(0, Math.min(name.length(), LONGEST_NAME)).toCharArray()) {
            text.append(c >= ' ' && c <= '~' && c != '\\' ? String.valueOf(c) : "\\u%04x".formatted((int) c));
        }
        return '"' + text.toString() + (name.length() > LONGEST_NAME ? "..." : "") + '"';
    }

    /** Objects that no live row needed when rows were walked through. */
    private final class Others {

        private long leaving;
        private long pending;

        void look(List<StoredObject> objects) throws StoreException, SQLException {
            for (int i = 0; i < objects.size(); i += BATCH) {
                var batch = objects.subList(i, Math.min(objects.size(), i + BATCH));
                var named = rows.named(batch.stream().map(StoredObject::key).toList());
                for (var object : batch) {
                    look(object, Optional.ofNullable(named.get(object.key())));
                }
            }
        }

        private void look(StoredObject object, Optional<Named> named) throws StoreException {
            if (named.isPresent()) {
                switch (named.get()) {
                    case LIVE -> { }   // of a message that was accepted meanwhile
                    case TO_BE_REMOVED -> leaving++;
                    case REMOVED -> tellIfThere(object, "it is here although its file was shredded and its removal recorded; was the store restored?");
                }
            } else if (object.modifiedAt().isBefore(orphanedBefore)) {
                tellIfThere(object, "no row names it");
            } else {
                pending++;
            }
        }

        private void look(Stray stray) {
            switch (stray.kind()) {
                case FOREIGN -> tell(Kind.STRAY, printable(stray.name()) + ", since " + stray.since() + ": not of our making, nothing reads or removes it");
                case UNFINISHED -> {
                    if (stray.since().isBefore(orphanedBefore)) {
                        tell(Kind.UNFINISHED, "upload " + printable(stray.name()) + ", since " + stray.since() + ": it broke off");
                    } else {
                        pending++;
                    }
                }
            }
        }

        /** By the list alone it is known, and reading of it only asks whether it is there still. */
        private void tellIfThere(StoredObject object, String why) throws StoreException {
            var what = "object " + object.key() + ", " + object.sizeOctets() + " octets, since " + object.modifiedAt() + ": " + why;
            try (var octet = store.read(object.key(), 0, 1)) {
                octet.read();
                answers();
                tell(Kind.UNKNOWN, what);
            } catch (ObjectMissingException _) {
                answers();   // removed meanwhile
            } catch (IOException unreadable) {
                tell(Kind.UNKNOWN, what + "; it can't be read: " + unreadable.getMessage());
                isNotGivenOut(String.valueOf(unreadable.getMessage()));
            }
        }
    }
}
