package sekisho.gateway.keys;

import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import sekisho.storage.KeyFileException;
import sekisho.storage.OpeningKey;
import sekisho.storage.SealingKey;

/**
 * The keys that this process has. Their files may be replaced while it runs: they are looked at every few seconds, and taken over whole or
 * not at all. A public half is taken over only when the private half, where this process has it, opens what it seals.
 */
@ApplicationScoped
public class KeyRing {

    private final KeyConfig config;
    private final WrapCounts counts;
    private final Map<KeyName, WatchedFile<SealingKey>> publicHalves = new ConcurrentHashMap<>();
    private final Map<KeyName, WatchedFile<OpeningKey>> privateHalves = new ConcurrentHashMap<>();
    /** For whose holder alone this process seals, without a public half. */
    private final Set<KeyName> sealsWithNewest = ConcurrentHashMap.newKeySet();

    KeyRing(KeyConfig config, WrapCounts counts) {
        this.config = config;
        this.counts = counts;
    }

    /**
     * What seals for a pair, by its public half.
     *
     * @throws IllegalStateException when the setting is missing, or its file can't be used; the message names it
     */
    public synchronized SealingKey sealing(KeyName name) {
        var half = publicHalf(name);
        return new CountedSealingKey(name, half::get, counts);
    }

    /**
     * What opens for a pair.
     *
     * @param file its public half, where it is set here too, is {@code gateway.keys.*}
     * @throws IllegalStateException when the key can't be used, or is of another pair; the message names the file
     */
    public synchronized OpeningKey opening(KeyName name, Path file) {
        return new WatchedOpeningKey(privateHalf(name, file));
    }

    /**
     * What seals for the holder of a private key alone, see {@link OpeningKey#own}; otherwise as {@link #opening}. It seals to the version of
     * the public half that is here: that is put in place when all hosts have the private half, whereas the newest private half may be on
     * this host alone.
     */
    public synchronized SealingKey own(KeyName name, Path file) {
        var half = privateHalf(name, file);
        var sealing = publicFile(name).isPresent() ? publicHalf(name) : null;
        if (sealing == null) {
            sealsWithNewest.add(name);
        }
        return new CountedSealingKey(name, () -> own(half.get(), sealing), counts);
    }

    private static SealingKey own(OpeningKey opening, @Nullable WatchedFile<SealingKey> sealing) {
        int newest = opening.versions().last();
        int wanted = sealing == null ? newest : sealing.get().version();
        return opening.own(opening.versions().contains(wanted) ? wanted : newest);
    }

    /** A pair whose private half this process has. @param file where it is */
    record Held(KeyName name, Path file, OpeningKey key) {
    }

    List<Held> held() {
        return privateHalves.entrySet().stream().map(half -> new Held(half.getKey(), half.getValue().file(), half.getValue().get())).toList();
    }

    /** The version that this process seals with, for each pair that it seals for. */
    Map<KeyName, Integer> sealingVersions() {
        var versions = new EnumMap<KeyName, Integer>(KeyName.class);
        sealsWithNewest.forEach(name -> versions.put(name, privateHalves.get(name).get().versions().last()));
        publicHalves.forEach((name, half) -> versions.put(name, half.get().version()));
        return versions;
    }

    /** Pairs of which a file was replaced by one that can't be used, or removed; what it held before is in force. */
    Set<KeyName> refused() {
        var names = EnumSet.noneOf(KeyName.class);
        privateHalves.entrySet().stream().filter(half -> half.getValue().isRefused()).forEach(half -> names.add(half.getKey()));
        publicHalves.entrySet().stream().filter(half -> half.getValue().isRefused()).forEach(half -> names.add(half.getKey()));
        return names;
    }

    WatchedFile<SealingKey> publicHalf(KeyName name) {
        var half = publicHalves.get(name);
        if (half == null) {
            var file = publicFile(name).orElseThrow(() -> new IllegalStateException("the setting " + name.setting() + " is missing"));
            try {
                half = new WatchedFile<>(file, SealingKey::load, next -> requireOpened(name, next));
            } catch (KeyFileException unusable) {
                throw new IllegalStateException("cannot use the public key " + file + " (" + name.setting() + "): " + unusable.getMessage(), unusable);
            }
            publicHalves.put(name, half);
        }
        return half;
    }

    Optional<Path> publicFile(KeyName name) {
        return switch (name) {
            case FILES -> config.files();
            case SPOOL -> config.spool();
            case RECORDS -> config.records();
        };
    }

    private WatchedFile<OpeningKey> privateHalf(KeyName name, Path file) {
        var half = privateHalves.get(name);
        if (half == null) {
            try {
                half = new WatchedFile<>(file, OpeningKey::load, next -> requireOpening(name, next));
            } catch (KeyFileException unusable) {
                throw new IllegalStateException("cannot use the private key " + file + ": " + unusable.getMessage(), unusable);
            }
            var publicFile = publicFile(name);
            if (publicFile.isPresent() && !half.get().opens(publicHalf(name).get())) {
                throw new IllegalStateException("the private key " + file + " doesn't open what " + publicFile.get() + " (" + name.setting()
                    + ") seals: they are of different pairs, or the public half is of a newer version");
            }
            privateHalves.put(name, half);
        }
        return half;
    }

    @Scheduled(every = "3s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tick() {
        look();
    }

    /** Takes over what files have changed, private halves first. */
    public synchronized void look() {
        privateHalves.values().forEach(WatchedFile::look);
        publicHalves.values().forEach(WatchedFile::look);
    }

    private void requireOpened(KeyName name, SealingKey next) {
        var half = privateHalves.get(name);
        if (half != null && !half.get().opens(next)) {
            half.look();   // both may have been replaced since it was looked at
        }
        if (half != null && !half.get().opens(next)) {
            throw new KeyFileException("the private half here doesn't open what it seals; put that in place first");
        }
    }

    private void requireOpening(KeyName name, OpeningKey next) {
        var half = publicHalves.get(name);
        if (half != null && !next.opens(half.get())) {
            throw new KeyFileException("it doesn't open what the public half here seals: they are of different pairs, or that version was taken out");
        }
    }
}
