package sekisho.gateway.policy;

import java.util.Locale;
import java.util.Optional;
import sekisho.inspection.FileType;
import sekisho.inspection.Protection;
import sekisho.inspection.clamav.Verdict;

/**
 * What was found out about a file by looking at its octets.
 *
 * @param type       what it is, whatever it is called; empty when nobody looked
 * @param protection whether it asks for a password; empty when nobody looked, since nothing depended on it
 * @param verdict    of the malware scanner; empty when there is none
 */
public record Examined(Optional<FileType> type, Optional<Protection> protection, Optional<Verdict> verdict) {

    /** Nobody looked. */
    public static final Examined NOT = new Examined(Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * Of a file that some readers decode, and others take as it is, which may be what it is to none of them: whether it asks for a password can't be told,
     * unless it does in one reading.
     */
    public Examined orDecoded(Examined decoded) {
        return new Examined(type, protection.map(own -> own.or(Protection.UNKNOWN).or(decoded.protection.orElse(Protection.UNKNOWN))), verdict);
    }

    /** What the scanner said, as rows and events say it. */
    public enum Scan {
        /** There is no scanner. */
        OFF,
        /** It read all of the file and found nothing. */
        CLEAN,
        /** It found something. */
        INFECTED,
        /** It did not read all of the file: it was away, gave up, or the file is too large for it. */
        UNSCANNED
    }

    public Scan scan() {
        return verdict.map(v -> switch (v) {
            case Verdict.Clean() -> Scan.CLEAN;
            case Verdict.Infected _ -> Scan.INFECTED;
            case Verdict.Unavailable _ -> Scan.UNSCANNED;
        }).orElse(Scan.OFF);
    }

    /** Name of what the scanner found. */
    public Optional<String> find() {
        return verdict.flatMap(v -> v instanceof Verdict.Infected(var find) ? Optional.of(find) : Optional.empty());
    }

    /** Type, protection and scan in words that are the same for every file of the same kind, such as {@code zip password clean}. */
    public String inWords() {
        return type.map(FileType::id).orElse("-") + " " + protection.map(p -> p.name().toLowerCase(Locale.ROOT)).orElse("-") + " "
            + scan().name().toLowerCase(Locale.ROOT);
    }

    /** Whether trying again won't help: it is beyond what the scanner takes. */
    public boolean isTooLargeToScan() {
        return verdict.filter(v -> v instanceof Verdict.Unavailable(_, var tooLarge) && tooLarge).isPresent();
    }

    boolean asksForPassword() {
        return protection.equals(Optional.of(Protection.PASSWORD));
    }

    /** Whether it can't be told whether it asks for a password; what nobody looked at can't be told either. */
    boolean mayAskForPassword() {
        return protection.map(p -> switch (p) {
            case NONE, PASSWORD -> false;
            case OPAQUE, UNKNOWN -> true;
        }).orElse(true);
    }
}
