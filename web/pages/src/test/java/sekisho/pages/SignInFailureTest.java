package sekisho.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.security.AuthenticationCompletionException;
import io.quarkus.security.AuthenticationFailedException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;

class SignInFailureTest {

    private static final HmacKey KEY = new HmacKey(new byte[32]);
    private static final HmacKey ANOTHER = new HmacKey("another key, of thirty-two octets".getBytes(StandardCharsets.US_ASCII));

    @Test void whichChecksFailedIsSaidByTheirCodes() throws Exception {
        assertThat(reasonOf(refused(KEY))).isEqualTo("token faults [8, 1]");
        assertThat(reasonOf(refused(ANOTHER))).isEqualTo("token faults [9]");
    }

    @Test void whatElseFailedIsSaidByItsClassAndPlace() {
        assertThat(reasonOf(new ConnectException("taro@partner.example"))).startsWith("ConnectException at ").contains("SignInFailureTest").doesNotContain("taro");
        assertThat(SignInFailure.reason(new AuthenticationCompletionException("taro@partner.example"))).contains("SignInFailureTest").doesNotContain("taro");
    }

    /** As the framework wraps it, and with the message that it makes of it. */
    private static String reasonOf(Exception cause) {
        return SignInFailure.reason(new AuthenticationCompletionException("ID token verification has failed: " + cause.getMessage(),
            new AuthenticationFailedException(cause)));
    }

    private static InvalidJwtException refused(HmacKey expected) throws JoseException {
        var claims = new JwtClaims();
        claims.setClaim("email", "taro@partner.example");
        claims.setExpirationTimeMinutesInTheFuture(-10);
        claims.setAudience("another-client");
        var signed = new JsonWebSignature();
        signed.setPayload(claims.toJson());
        signed.setAlgorithmHeaderValue("HS256");
        signed.setKey(KEY);
        var consumer = new JwtConsumerBuilder().setVerificationKey(expected).setExpectedAudience("sekisho-web").setRequireExpirationTime().build();
        try {
            throw new AssertionError("accepted: " + consumer.processToClaims(signed.getCompactSerialization()));
        } catch (InvalidJwtException refused) {
            assertThat(refused.getMessage()).as("what must not be logged").containsAnyOf("taro@partner.example", "eyJ");
            return refused;
        }
    }
}
