package sekisho.mailhook.submission;

import io.quarkus.logging.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.people.EmailAddress;
import sekisho.mailhook.smtp.Client;
import sekisho.mailhook.smtp.RateLimit;
import sekisho.mailhook.smtp.SignIn;
import sekisho.mailhook.smtp.Submitter;
import sekisho.mailhook.smtp.Traffic;
import sekisho.mailhook.submission.AccessTokens.Bearer;
import sekisho.mailhook.submission.AccessTokens.RefusedTokenException;

/**
 * Signs people in with the company's issuer. A password is traded for an access token; a token is read as any other. They may send as the
 * address that the issuer has proven, and as the mailboxes that are theirs by configuration, until the token runs out.
 *
 * <p>Failures are counted before the issuer is asked, and given back on success, so that many tries at one time are no way past the limit. Nor are many
 * right passwords at one time kept out by it: who finds it used up while others are being asked waits for their answers.
 */
public final class OidcSignIn implements SignIn, AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int AT_ONCE = 64;

    private final HttpCalls http;
    private final AccessTokens tokens;
    private final @Nullable PasswordGrant passwords;
    /** The address key of a person, and the keys of the mailboxes they may send as. */
    private final Map<String, Set<String>> mailboxes;
    private final RateLimit failuresPerClient;
    private final RateLimit failuresPerAccount;
    private final Semaphore asking = new Semaphore(AT_ONCE);
    private final Lock counting = new ReentrantLock();
    private final Condition answered = counting.newCondition();
    /** Those that are counted as failures and may turn out to be none, by what they are counted for. */
    private final Map<String, Integer> underWay = new HashMap<>();

    /** @throws IllegalStateException when settings are missing or can't be used; says which, and no secret */
    public OidcSignIn(SubmissionConfig config) {
        this(config, PATIENCE);
    }

    OidcSignIn(SubmissionConfig config, Duration patience) {
        String name = config.issuer().orElseThrow(() -> new IllegalStateException("mail-hook.submission.issuer is missing: a listener has auth=required"));
        this.mailboxes = mailboxes(config.mailboxes());
        this.failuresPerClient = new RateLimit(config.failuresPerClient());
        this.failuresPerAccount = new RateLimit(config.failuresPerAccount());
        this.http = new HttpCalls(patience);
        try {
            var issuer = new Issuer(name, http);
            this.tokens = new AccessTokens(issuer, config.audience(), config.role());
            this.passwords = config.clientSecretFile().map(file -> new PasswordGrant(issuer, http, config.clientId(), secret(file))).orElse(null);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalStateException("mail-hook.submission.issuer: " + wrong.getMessage(), wrong);
        }
    }

    private static String secret(Path file) {
        try {
            String secret = Files.readString(file).strip();
            if (secret.isEmpty()) {
                throw new IllegalStateException("the file " + file + " (mail-hook.submission.client-secret-file) is empty");
            }
            return secret;
        } catch (IOException unreadable) {
            throw new IllegalStateException("cannot read " + file + " (mail-hook.submission.client-secret-file): " + unreadable, unreadable);
        }
    }

    private static Map<String, Set<String>> mailboxes(Map<String, List<String>> configured) {
        Map<String, Set<String>> byPerson = new TreeMap<>();
        configured.forEach((mailbox, people) -> people.forEach(person ->
            byPerson.computeIfAbsent(key(person), _ -> new HashSet<>()).add(key(mailbox))));
        return byPerson;
    }

    private static String key(String address) {
        return EmailAddress.parse(address).map(EmailAddress::key)
            .orElseThrow(() -> new IllegalStateException("mail-hook.submission.mailboxes: "
                + (address.indexOf('@') < 0 ? address : "a name with an '@' in it, not shown in a log,") + " is no address"));
    }

    @Override
    public Set<Mechanism> mechanisms() {
        return passwords == null ? EnumSet.of(Mechanism.XOAUTH2, Mechanism.OAUTHBEARER) : EnumSet.allOf(Mechanism.class);
    }

    @Override
    public Outcome signIn(Client client, Proof proof) {
        String from = Traffic.key(client.address());
        String account = switch (proof) {
            case Proof.Password(String user, _, _) -> "user " + user.toLowerCase(Locale.ROOT);
            case Proof.Token _ -> null;
        };
        if (!isCounted(from, account)) {
            return tooMany(client);
        }
        boolean failed = true;
        try {
            Outcome outcome = asked(client, proof);
            failed = outcome instanceof Outcome.Refused;
            return outcome;
        } finally {
            answered(from, account, failed);
        }
    }

    /** Counts a failure in advance, behind those under way that may give theirs back. @return false when there were too many */
    private boolean isCounted(String from, @Nullable String account) {
        long patience = PATIENCE.toNanos();
        counting.lock();
        try {
            while (true) {
                String full = counted(from, account);
                if (full == null) {
                    noteUnderWay(1, from, account);
                    return true;
                }
                if (!underWay.containsKey(full) || patience <= 0) {
                    return false;
                }
                patience = answered.awaitNanos(patience);
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            counting.unlock();
        }
    }

    /** @return what has had too many failures, and then nothing is counted; null when all is */
    private @Nullable String counted(String from, @Nullable String account) {
        if (!failuresPerClient.take(from)) {
            return from;
        }
        if (account != null && !failuresPerAccount.take(account)) {
            failuresPerClient.giveBack(from);
            return account;
        }
        return null;
    }

    private void answered(String from, @Nullable String account, boolean failed) {
        counting.lock();
        try {
            if (!failed) {
                failuresPerClient.giveBack(from);
                if (account != null) {
                    failuresPerAccount.giveBack(account);
                }
            }
            noteUnderWay(-1, from, account);
            answered.signalAll();
        } finally {
            counting.unlock();
        }
    }

    private void noteUnderWay(int more, String from, @Nullable String account) {
        underWay.merge(from, more, OidcSignIn::sumUnlessNone);
        if (account != null) {
            underWay.merge(account, more, OidcSignIn::sumUnlessNone);
        }
    }

    private static @Nullable Integer sumUnlessNone(Integer count, Integer more) {
        return count + more == 0 ? null : count + more;
    }

    private static Outcome tooMany(Client client) {
        Log.infof("session %s: too many failed sign-ins, not asked", client.session());
        return new Outcome.Unavailable();
    }

    private Outcome asked(Client client, Proof proof) {
        boolean permitted = false;
        try {
            permitted = asking.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (permitted) {
                return shown(proof);
            }
            Log.warnf("session %s: too many sign-ins at one time", client.session());
        } catch (RefusedTokenException refused) {
            Log.infof("session %s: sign-in refused: %s", client.session(), refused.getMessage());
            return new Outcome.Refused();
        } catch (IOException unavailable) {
            Log.warnf("session %s: sign-in can't be checked: %s", client.session(), unavailable.getMessage());
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } finally {
            if (permitted) {
                asking.release();
            }
        }
        return new Outcome.Unavailable();
    }

    private Outcome shown(Proof proof) throws RefusedTokenException, IOException {
        return switch (proof) {
            case Proof.Password(String user, String password, String actAs) -> {
                PasswordGrant grant = passwords;
                if (grant == null) {
                    throw new RefusedTokenException("passwords are not taken");
                }
                String token = grant.accessToken(user, password).orElseThrow(() -> new RefusedTokenException("user name or password"));
                Bearer bearer = tokens.read(token);
                yield signedIn(bearer, actAs.equals(user) ? "" : actAs);
            }
            case Proof.Token(String token, String user) -> signedIn(tokens.read(token), user);
        };
    }

    /** @param claimed who the client says it is; the token decides, and another name is refused */
    private Outcome signedIn(Bearer bearer, String claimed) throws RefusedTokenException {
        String own = bearer.address().key();
        boolean same = claimed.isEmpty() || claimed.equalsIgnoreCase(bearer.name())
            || EmailAddress.parse(claimed).filter(address -> address.key().equals(own)).isPresent();
        if (!same) {
            throw new RefusedTokenException("the token is another's");
        }
        Set<String> addresses = new HashSet<>(mailboxes.getOrDefault(own, Set.of()));
        addresses.add(own);
        return new Outcome.SignedIn(new Submitter(bearer.account(), addresses, bearer.groups(), bearer.until()));
    }

    @Override
    public void close() {
        http.close();
    }
}
