package sekisho.tools;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import sekisho.gateway.keys.KeyLimits;
import sekisho.gateway.keys.KeyName;
import sekisho.gateway.keys.KeyOpeners;
import sekisho.gateway.keys.KeyPlace;
import sekisho.gateway.keys.KeyVersions;
import sekisho.gateway.keys.KeyVersions.Version;
import sekisho.storage.KeyFiles;
import sekisho.storage.OpeningKey;
import sekisho.storage.SealingKey;

/** What a folder's key files and the database say of each other. Changes nothing. */
final class KeyReport {

    /** The product looks once a day at least ({@code gateway.keys.tend-every}). */
    private static final Duration LOOKED_AT_WITHIN = Duration.ofDays(1);

    private final Path folder;
    private final KeyVersions versions;

    KeyReport(Path folder, KeyVersions versions) {
        this.folder = folder;
        this.versions = versions;
    }

    /**
     * A pair as it is here.
     *
     * @param opening      private half; empty where it isn't
     * @param sealing      public half; empty where it isn't
     * @param fingerprints of all versions that are here
     * @param known        what the database knows
     */
    private record Pair(KeyName name, Optional<OpeningKey> opening, Optional<SealingKey> sealing, SortedMap<Integer, String> fingerprints,
            SortedMap<Integer, Version> known) {
    }

    private List<Pair> pairs() throws SQLException, CommandException {
        var pairs = new ArrayList<Pair>();
        for (var name : KeyName.values()) {
            var opening = Optional.of(folder.resolve(name.text() + ".private")).filter(Files::exists).map(OpeningKey::load);
            var sealing = Optional.of(folder.resolve(name.text() + ".public")).filter(Files::exists).map(SealingKey::load);
            var fingerprints = new TreeMap<Integer, String>();
            sealing.ifPresent(key -> fingerprints.put(key.version(), key.fingerprint()));
            opening.ifPresent(key -> key.versions().forEach(version -> fingerprints.put(version, key.sealing(version).fingerprint())));
            var known = new TreeMap<Integer, Version>();
            versions.all(name).forEach(version -> known.put(version.number(), version));
            if (!fingerprints.isEmpty()) {
                pairs.add(new Pair(name, opening, sealing, fingerprints, known));
            }
        }
        if (pairs.isEmpty()) {
            throw new CommandException("there is no key file in " + folder + "; they are called " + String.join(", ",
                Arrays.stream(KeyName.values()).map(name -> name.text() + ".public and " + name.text() + ".private").toList()));
        }
        return pairs;
    }

    int list(KeyOpeners openers, PrintStream out) throws SQLException, CommandException {
        for (var pair : pairs()) {
            out.println(pair.name.text() + ":");
            var numbers = new TreeMap<>(pair.fingerprints);
            pair.known.keySet().forEach(number -> numbers.putIfAbsent(number, "(not here)"));
            numbers.forEach((number, fingerprint) -> {
                var version = known(pair, number);
                out.printf("  version %d  %-16s  %d %s  %d wrapped%s%s%s%n", number, fingerprint, version.live(), rows(pair.name), version.wraps(),
                    version.lastSealedAt().map(at -> "  last sealed " + at).orElse(""), seals(pair, number) ? "  seals" : "",
                    version.destroyedAt().map(at -> "  destroyed " + at).orElse(""));
            });
            for (var opener : openers.all(pair.name)) {
                out.printf("  %s opens, up to version %d  last heard of %s%n", opener.host(), opener.version(), opener.seenAt());
            }
        }
        return Command.GOOD;
    }

    private static Version known(Pair pair, int number) {
        return pair.known.getOrDefault(number, Version.unknown(number));
    }

    private static boolean seals(Pair pair, int number) {
        return pair.sealing.filter(key -> key.version() == number).isPresent();
    }

    /**
     * @param objects the folder of the directory store: a key that lies with it is no finding, since where else it could lie only the operator knows
     * @param horizon for which the product keeps versions that nothing needs: one that waits for it is no finding either
     */
    int status(Optional<Path> objects, Duration horizon, PrintStream out) throws SQLException, CommandException {
        var findings = new ArrayList<String>();
        for (var pair : pairs()) {
            if (pair.opening.isPresent() && pair.name != KeyName.RECORDS) {
                objects.flatMap(store -> KeyPlace.warning(folder.resolve(pair.name.text() + ".private"), store)).ifPresent(warning -> out.println("warning: " + warning));
            }
            var now = versions.now();
            findings(pair, now).forEach(finding -> findings.add(pair.name.text() + ": " + finding));
            for (var old : old(pair)) {
                if (old.live() > 0 || old.sealers() > 0) {
                    findings.add("%s: version %d is old: %s".formatted(pair.name.text(), old.number(), needed(pair.name, old)));
                } else if (idleSince(pair, old).filter(since -> since.plus(horizon).plus(LOOKED_AT_WITHIN).isBefore(now)).isPresent()) {
                    findings.add("%s: version %d is old: nothing has needed it for longer than the horizon, and the product hasn't destroyed it; its log says why, or run ./sekisho keys destroy"
                        .formatted(pair.name.text(), old.number()));
                } else {
                    out.printf("%s: version %d is old: nothing hangs on it; the product destroys it%n", pair.name.text(), old.number());
                }
            }
        }
        findings.forEach(out::println);
        if (findings.isEmpty()) {
            out.println("nothing is to be done");
        }
        return findings.isEmpty() ? Command.GOOD : Command.BAD;
    }

    private List<String> findings(Pair pair, Instant now) {
        var findings = new ArrayList<String>();
        int newest = pair.fingerprints.lastKey();
        if (known(pair, newest).isWornOut()) {
            findings.add("rotation is due: version " + newest + " has wrapped " + known(pair, newest).wraps() + " keys, of "
                + KeyLimits.MOST_WRAPS + " at most; run ./sekisho keys rotate");
        }
        if (known(pair, newest).isOlderThan(KeyLimits.OLD, now)) {
            findings.add("version " + newest + " is older than " + KeyLimits.OLD.toDays() + " days: what was shredded since then opens from backups; run ./sekisho keys rotate");
        }
        int newestInUse = pair.known.values().stream().filter(version -> version.live() > 0 || version.lastSealedAt().isPresent()).mapToInt(Version::number)
            .max().orElse(newest);
        pair.sealing.filter(sealing -> sealing.version() < Math.max(newest, newestInUse)).ifPresent(sealing ->
            findings.add("the public file here is still of version " + sealing.version() + "; copy the newest, or run ./sekisho keys rotate"));
        var privateFile = folder.resolve(pair.name.text() + ".private");
        KeyFiles.leftovers(privateFile).forEach(left -> findings.add(left + " is left of a command that was killed, and holds private keys; "
            + "./sekisho keys rotate and destroy delete it, or do it yourself when none runs"));
        KeyFiles.prepared(privateFile).ifPresent(prepared -> findings.add("a rotation to version " + prepared.version()
            + " was broken off; run ./sekisho keys rotate, which finishes or undoes it"));
        pair.opening.ifPresent(opening -> {
            pair.sealing.filter(sealing -> !opening.opens(sealing)).ifPresent(sealing ->
                findings.add("the private file doesn't open what the public file seals (version " + sealing.version() + "); copy the private file here first"));
            pair.known.values().stream().filter(version -> version.live() > 0 && !opening.versions().contains(version.number())).forEach(version ->
                findings.add(version.live() + " " + rows(pair.name) + " hang on version " + version.number() + ", which the private file here doesn't have"));
        });
        return findings;
    }

    /** What the private file here has besides the newest. */
    private static List<Version> old(Pair pair) {
        return pair.opening.map(opening -> opening.versions().headSet(opening.versions().last()).stream().map(number -> known(pair, number)).toList()).orElse(List.of());
    }

    private static String needed(KeyName name, Version version) {
        if (version.live() > 0) {
            return version.live() + " " + rows(name) + " hang on it; " + (name == KeyName.SPOOL ? "they go by themselves" : "run ./sekisho keys rewrap");
        }
        return version.sealers() + " nodes still seal with it; give them the newest public file";
    }

    /** Where no process has looked, since the newest version was given. */
    private static Optional<Instant> idleSince(Pair pair, Version old) {
        return old.idleSince().or(() -> known(pair, pair.opening.orElseThrow().versions().last()).firstSeenAt());
    }

    /** What hangs on a version. */
    static String rows(KeyName name) {
        return switch (name) {
            case FILES -> "files";
            case SPOOL -> "waiting messages";
            case RECORDS -> "names of files";
        };
    }
}
