package sekisho.mailhook.smtp;

import java.util.Set;

/** Asks an identity provider who a client is. Called on the session's own virtual thread, so it may block; by many sessions at once. */
public interface SignIn {
    /** How a client may prove who it is, by the names of SASL. */
    enum Mechanism {
        /** RFC 4616. */
        PLAIN,
        /** Older than any RFC, and all that some programs know. */
        LOGIN,
        /** A bearer token in Google's form, which Outlook and Thunderbird speak. */
        XOAUTH2,
        /** A bearer token (RFC 7628). */
        OAUTHBEARER
    }

    /** What a client has shown. Its text never goes into a log. */
    sealed interface Proof {
        /** @param actAs whom the client wants to act as (authorization identity); empty: as itself */
        record Password(String user, String password, String actAs) implements Proof {
            @Override
            public String toString() {
                return "Password";
            }
        }

        /** @param user whom the client says it is; empty when it leaves that to the token */
        record Token(String token, String user) implements Proof {
            @Override
            public String toString() {
                return "Token";
            }
        }
    }

    sealed interface Outcome {
        record SignedIn(Submitter submitter) implements Outcome {}

        /** Whatever was wrong with it: who is told which learns which accounts exist. */
        record Refused() implements Outcome {}

        /** It can't be found out now; the client tries again later. */
        record Unavailable() implements Outcome {}
    }

    /** Those that are offered; others are refused with 504. */
    Set<Mechanism> mechanisms();

    Outcome signIn(Client client, Proof proof);
}
