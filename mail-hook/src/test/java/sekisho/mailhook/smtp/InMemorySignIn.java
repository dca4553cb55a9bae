package sekisho.mailhook.smtp;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;

/**
 * Knows one person, hanako, with the password {@code secret} and the token {@code good.token}; with any other she is refused. Whoever says to be
 * {@code busy} hears that nothing can be found out now.
 */
final class InMemorySignIn implements SignIn {
    private static final Submitter HANAKO = new Submitter("hanako", Set.of("hanako@example.co.jp"), Set.of(), Instant.MAX);

    @Override
    public Set<Mechanism> mechanisms() {
        return EnumSet.allOf(Mechanism.class);
    }

    @Override
    public Outcome signIn(Client client, Proof proof) {
        return switch (proof) {
            case Proof.Password(String user, _, _) when user.equals("busy") -> new Outcome.Unavailable();
            case Proof.Password(String user, String password, String actAs) ->
                    user.equals("hanako") && password.equals("secret") && (actAs.isEmpty() || actAs.equals(user)) ? new Outcome.SignedIn(HANAKO) : new Outcome.Refused();
            case Proof.Token(String token, String user) ->
                    token.matches("good\\.tok+en") && (user.isEmpty() || user.equals("hanako@example.co.jp")) ? new Outcome.SignedIn(HANAKO) : new Outcome.Refused();
        };
    }
}
