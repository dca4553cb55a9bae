package sekisho.gateway.keys;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import sekisho.storage.KeyFileException;
import sekisho.storage.KeyFiles;
import sekisho.storage.SealingKey;

/** Adds a version to a key pair whose private file is here: to the database, the private file and the public file, in this order. */
public final class Rotation {

    /** A row may name any number, and they mustn't run out. As in migration V78. */
    private static final int MOST_UNKNOWN = 100_000;

    private final KeyVersions versions;
    private final KeyName name;
    private final Path privateFile;
    private final Path publicFile;

    public Rotation(KeyVersions versions, KeyName name, Path privateFile, Path publicFile) {
        this.versions = versions;
        this.name = name;
        this.privateFile = privateFile;
        this.publicFile = publicFile;
    }

    /** As {@link #run(Set, Optional)}; the passphrase, where there is one, stays. */
    public SealingKey run(Set<Integer> without) throws SQLException {
        return run(without, Optional.empty());
    }

    /**
     * Does it, or finishes one that was broken off. Nobody else may change key files meanwhile, see {@link KeyVersions#alone()}.
     *
     * @param without        versions that the private file may lack
     * @param passphraseFile see {@link KeyFiles#rotate}; empty to leave it as it is
     * @return the version that seals from now on
     * @throws KeyFileException the private file lacks a version that may be alive: whoever copies it over another host's would lose that one;
     *                          or a file can't be used
     */
    public SealingKey run(Set<Integer> without, Optional<Path> passphraseFile) throws SQLException {
        var known = versions.all(name);
        var here = KeyFiles.listed(privateFile).keySet();
        var prepared = KeyFiles.prepared(privateFile);
        int ours = prepared.isPresent() && versions.knows(name, prepared.get()) ? prepared.get().version() : 0;
        var lacking = known.stream().filter(version -> version.destroyedAt().isEmpty() && !here.contains(version.number()) && version.number() != ours
            && !without.contains(version.number())).toList();
        if (!lacking.isEmpty()) {
            var numbers = lacking.stream().map(version -> Integer.toString(version.number())).collect(Collectors.joining(","));
            throw new KeyFileException("nothing was changed: " + privateFile + " lacks version " + numbers + " of " + name.text()
                + ", which is not destroyed; copy the newest private file here first, or rotate on the host that has it. If it is lost, or never came"
                + " into a file, add --without " + numbers);
        }
        for (int version : here) {
            versions.seen(name, version);   // who seals to it may still name it
        }
        int highest = known.stream().filter(version -> version.isKnown() || version.number() <= MOST_UNKNOWN).mapToInt(KeyVersions.Version::number).max().orElse(0);
        return KeyFiles.rotate(privateFile, publicFile, highest, passphraseFile, new InDatabase());
    }

    private final class InDatabase implements KeyFiles.Register {

        @Override
        public boolean knows(SealingKey next) {
            try {
                return versions.knows(name, next);
            } catch (SQLException unavailable) {
                throw new KeyFileException("nothing was changed, the database can't be asked: " + unavailable.getMessage(), unavailable);
            }
        }

        @Override
        public void enter(SealingKey next) {
            try {
                if (!versions.rotated(name, next)) {
                    throw new KeyFileException("version " + next.version() + " of " + name.text() + " was taken meanwhile; run this again");
                }
            } catch (SQLException unavailable) {
                throw new KeyFileException("nothing was changed, the audit log can't be written: " + unavailable.getMessage(), unavailable);
            }
        }
    }
}
