package sekisho.gateway.policy;

import java.time.Duration;
import java.util.Optional;

/** What a rule decides; what it doesn't name is built in. */
record Then(Optional<Attachments> attachments, Optional<Duration> hold, Optional<Duration> expires, Optional<Integer> downloads,
        Optional<Boolean> notice, Optional<Signed> signed, Optional<Encrypted> encrypted, Optional<Attachments> passwordProtected,
        Optional<Attachments> unknownProtection, Optional<Unscanned> unscanned, Optional<PasswordMail> passwordMail,
        Optional<Forwarded> forwarded, Optional<Names> names) {

    static final Then BUILT_IN = new Then(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
        Optional.empty());

    /** What becomes of a signed message. */
    enum Signed {
        PASS,
        /** It goes behind a link, as one file. */
        LINK_WHOLE,
        REFUSE
    }

    /** What becomes of an encrypted message. */
    enum Encrypted { PASS, REFUSE }

    /** What becomes of an attachment that could not be scanned. */
    enum Unscanned { HOLD, PASS }

    /**
     * What becomes of attachments of which it can't be told whether they ask for a password. Who restricts those that do, and says
     * nothing of these, gets a link: whatever it is, nobody opens it without signing in.
     */
    Optional<Attachments> unknown() {
        return unknownProtection.or(() -> passwordProtected.filter(way -> way != Attachments.PASS).map(_ -> Attachments.LINK));
    }

    /** Whether nobody gets what the scanner hasn't read. */
    boolean wantsScan() {
        return unscanned.orElse(Unscanned.HOLD) == Unscanned.HOLD;
    }

    boolean linksWhole() {
        return signed.equals(Optional.of(Signed.LINK_WHOLE));
    }

    /** Whether it depends on what is in the attachments. */
    boolean inspects() {
        return passwordProtected.isPresent() || unknownProtection.isPresent();
    }
}
