package sekisho.pages;

import io.quarkus.security.AuthenticationCompletionException;
import org.jose4j.jwt.consumer.InvalidJwtException;

/**
 * Why somebody couldn't be signed in, for the log. The framework's own line is switched off (deploy): it quotes the claims of an ID token that isn't
 * accepted, or all of the token.
 */
final class SignInFailure {

    private static final int DEEPEST = 20;

    private SignInFailure() {
    }

    /** The codes of the checks that failed ({@link org.jose4j.jwt.consumer.ErrorCodes}), or what was thrown where; nothing from the token. */
    static String reason(AuthenticationCompletionException failed) {
        Throwable innermost = failed;
        for (int depth = 0; depth < DEEPEST && innermost.getCause() != null && !(innermost instanceof InvalidJwtException); depth++) {
            innermost = innermost.getCause();
        }
        if (innermost instanceof InvalidJwtException invalid) {
            return "token faults " + invalid.getErrorDetails().stream().map(error -> Integer.toString(error.getErrorCode())).toList();
        }
        var trace = innermost.getStackTrace();
        return innermost.getClass().getSimpleName() + (trace.length == 0 ? "" : " at " + trace[0]);
    }
}
