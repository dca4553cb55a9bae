package sekisho.mailhook.submission;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwt.consumer.JwtContext;
import sekisho.gateway.people.AccountGroups;
import sekisho.gateway.people.EmailAddress;

/**
 * Reads access tokens (RFC 9068, RFC 7519): signed by the issuer with a key that only it has, meant for us, not run out, and for a person
 * whose address is proven.
 */
final class AccessTokens {

    private static final int CLOCK_SKEW_SECONDS = 30;
    private static final AlgorithmConstraints SIGNATURES = new AlgorithmConstraints(ConstraintType.PERMIT,
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA");

    private final Issuer issuer;
    private final String audience;
    private final String role;

    AccessTokens(Issuer issuer, String audience, String role) {
        this.issuer = issuer;
        this.audience = audience;
        this.role = role;
    }

    /**
     * Whom a token speaks for.
     *
     * @param account the issuer's name for the account, which it never gives to another
     * @param name    by which people sign in; empty when the token doesn't say
     * @param groups  of the account
     */
    record Bearer(String account, String name, EmailAddress address, Set<String> groups, Instant until) {
    }

    /** Not accepted. The message says why without anything from the token, for the log. */
    static final class RefusedTokenException extends Exception {
        private static final long serialVersionUID = 1;

        RefusedTokenException(String why) {
            super(why);
        }
    }

    /**
     * @throws RefusedTokenException it is not accepted
     * @throws IOException           the issuer's keys can't be had now
     */
    Bearer read(String token) throws RefusedTokenException, IOException {
        if (token.chars().filter(c -> c == '.').count() != 2) {
            throw new RefusedTokenException("no signed token");   // an encrypted one has more parts, and would cost more to look at
        }
        var consumer = new JwtConsumerBuilder().setExpectedIssuer(issuer.name()).setExpectedAudience(audience).setRequireExpirationTime()
            .setRequireSubject().setAllowedClockSkewInSeconds(CLOCK_SKEW_SECONDS).setJwsAlgorithmConstraints(SIGNATURES)
            .setVerificationKeyResolver(issuer.keys()).build();
        try {
            return bearer(consumer.process(token));
        } catch (InvalidJwtException invalid) {
            for (Throwable cause = invalid.getCause(); cause != null; cause = cause.getCause()) {
                if (cause instanceof IOException unavailable) {
                    throw new IOException("the keys of the identity provider can't be had", unavailable);
                }
            }
            throw new RefusedTokenException("token faults " + invalid.getErrorDetails().stream().map(error -> Integer.toString(error.getErrorCode())).toList());
        } catch (MalformedClaimException malformed) {
            throw new RefusedTokenException("a claim of another type");
        }
    }

    private Bearer bearer(JwtContext context) throws RefusedTokenException, MalformedClaimException {
        JwtClaims claims = context.getJwtClaims();
        if (!isAccessToken(claims, String.valueOf(context.getJoseObjects().getFirst().getHeader("typ")))) {
            throw new RefusedTokenException("no access token");
        }
        if (claims.hasClaim("cnf")) {
            throw new RefusedTokenException("bound to a key that we can't ask for");   // RFC 7800
        }
        if (!claims.isClaimValueStringList("roles") || !claims.getStringListClaimValue("roles").contains(role)) {
            throw new RefusedTokenException("not the role that is needed");
        }
        if (!Boolean.TRUE.equals(claims.getClaimValue("email_verified"))) {
            throw new RefusedTokenException("no proven address");
        }
        var address = EmailAddress.parse(String.valueOf(claims.getClaimValue("email")))
            .orElseThrow(() -> new RefusedTokenException("an address that is none"));
        String name = claims.hasClaim("preferred_username") ? claims.getStringClaimValue("preferred_username") : "";
        var groups = AccountGroups.in(claims.getClaimsMap())
            .orElseThrow(() -> new RefusedTokenException("the claim groups is no list of texts, or too long: rules on groups can't be obeyed"));
        return new Bearer(claims.getSubject(), name, address, groups, Instant.ofEpochSecond(claims.getExpirationTime().getValue()));
    }

    /**
     * An ID token is signed with the same key and may name the same audience, but it was made for a program to read and not for us to obey.
     * RFC 9068 tells them apart by the type in the header, Keycloak by a claim, others by nothing but what an access token alone has.
     */
    private static boolean isAccessToken(JwtClaims claims, String headerType) {
        String type = headerType.toLowerCase(Locale.ROOT);
        if (type.equals("at+jwt") || type.equals("application/at+jwt")) {
            return true;
        }
        Map<String, Object> all = claims.getClaimsMap();
        if (all.containsKey("typ")) {
            return "Bearer".equalsIgnoreCase(String.valueOf(all.get("typ")));
        }
        return (all.containsKey("scope") || all.containsKey("scp")) && List.of("nonce", "at_hash", "c_hash").stream().noneMatch(all::containsKey);
    }
}
