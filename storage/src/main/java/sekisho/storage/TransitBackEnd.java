package sekisho.storage;

import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.Base64;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Private halves in the Transit engine of OpenBao or Vault: a key of type {@code rsa-3072} for each version, since RSA-OAEP is the one way in
 * which Transit opens what others seal to a public key. It pads with SHA-256 and without a label.
 *
 * <p>Settings: {@code address} (where {@code /v1} is), {@code mount} (often {@code transit}), {@code token-file} (0600), {@code name} (of the pair); if wanted
 * {@code namespace} and {@code ca-file} (PEM). The token needs, on {@code MOUNT/keys/NAME-*} and {@code MOUNT/keys/NAME-*}{@code /config}, create, read,
 * update and delete, and on {@code MOUNT/decrypt/NAME-*} update.
 */
final class TransitBackEnd implements KeyBackEnd {
    private static final String TYPE = "rsa-3072";
    /** A key of Transit has versions of its own, of which we use the first only. */
    private static final String CIPHERTEXT_PREFIX = "vault:v1:";
    private static final int MOST_PEM_CHARACTERS = 4096;

    private final TransitHttp http;
    private final String mount;

    private TransitBackEnd(TransitHttp http, String mount) {
        this.http = http;
        this.mount = mount;
    }

    static KeyBackEnd of(Map<String, String> settings) {
        BackEndFileText.requireSettings(settings, Set.of("back-end", "name", "address", "mount", "token-file"), Set.of("namespace", "ca-file"));
        if (!settings.get("mount").matches("[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")) {
            throw new KeyFileException("mount is the path of the Transit engine, without slashes around it");
        }
        if (!settings.getOrDefault("namespace", "-").matches("[!-~]+")) {
            throw new KeyFileException("namespace is visible ASCII characters");
        }
        return new TransitBackEnd(new TransitHttp(address(settings.get("address")), settings), settings.get("mount"));
    }

    /** Over plain HTTP the token would be read on the way, so it is for this machine alone. */
    private static URI address(String text) {
        try {
            URI address = URI.create(text);
            boolean here = "127.0.0.1".equals(address.getHost()) || "localhost".equals(address.getHost()) || "[::1]".equals(address.getHost());
            if (address.getHost() != null && address.getUserInfo() == null && address.getRawQuery() == null && address.getRawFragment() == null
                    && ("https".equals(address.getScheme()) || here && "http".equals(address.getScheme()))) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new KeyFileException("address is https://HOST[:PORT][/PATH], or http:// on this machine");
    }

    private String path(String what, String label) {
        return "/v1/" + mount + "/" + what + "/" + label;
    }

    @Override
    public PublicKey generate(String label) throws StoreException {
        TransitHttp.Answer made = http.once("POST", path("keys", label), Map.of("type", TYPE), TransitHttp.MAKING_A_KEY);
        if (!made.good()) {
            throw made.unexpected("make the key " + label);
        }
        TransitHttp.Answer read = http.repeatedly("GET", path("keys", label), Map.of());
        if (!read.good()) {
            throw read.unexpected("read the key " + label);
        }
        JsonNode data = read.body().path("data");
        String pem = data.path("keys").path("1").path("public_key").asText("");
        if (!data.path("type").asText("").equals(TYPE) || pem.isEmpty() || pem.length() > MOST_PEM_CHARACTERS) {
            throw new StoreException("the key " + label + " is not of the type " + TYPE + ", or the server doesn't tell its public half");
        }
        try {
            return EncapsulatedWrap.key("RSA", Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", "")));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new StoreException("the public half of " + label + " is no RSA key", e);
        }
    }

    @Override
    public byte[] decapsulate(String label, byte[] encapsulation) throws SealBrokenException, StoreException {
        TransitHttp.Answer answer = http.repeatedly("POST", path("decrypt", label),
                Map.of("ciphertext", CIPHERTEXT_PREFIX + Base64.getEncoder().encodeToString(encapsulation)));
        if (answer.good()) {
            return secret(label, answer);
        }
        if (answer.status() == 500) {   // OpenBao and Vault say so of RSA
            throw new BackEndFailedException(answer.unexpected("open what is sealed to " + label));
        }
        if (answer.status() != 400) {
            throw answer.unexpected("open what is sealed to " + label);
        }
        // 400 has several reasons; only the key itself says whether it is gone
        if (!isThere(label)) {
            throw new KeyGoneException("there is no key " + label + " in Transit");
        }
        throw new SealBrokenException("Transit doesn't open what is sealed to " + label);
    }

    /** An answer that isn't Transit's says nothing of what was asked; one of another length may be what somebody has sealed to the key. */
    private static byte[] secret(String label, TransitHttp.Answer answer) throws StoreException {
        JsonNode plaintext = answer.body().path("data").path("plaintext");
        if (!plaintext.isTextual()) {
            throw answer.unexpected("open what is sealed to " + label);
        }
        byte[] secret;
        try {
            secret = Base64.getDecoder().decode(plaintext.asText());
        } catch (IllegalArgumentException e) {
            throw new StoreException("the Transit server's answer to a decryption isn't Base64");   // without the cause, which may quote it
        }
        if (secret.length != EncapsulatedWrap.SECRET_OCTETS) {
            throw new BackEndFailedException(new StoreException("what the Transit server opens with " + label + " isn't " + EncapsulatedWrap.SECRET_OCTETS + " octets long"));
        }
        return secret;
    }

    private boolean isThere(String label) throws StoreException {
        TransitHttp.Answer there = http.repeatedly("GET", path("keys", label), Map.of());
        boolean said = there.good() && there.body().path("data").path("keys").isObject();
        if (!said && there.status() != 404) {
            throw there.unexpected("say whether the key " + label + " is there");
        }
        return said;
    }

    @Override
    public void destroy(String label) throws StoreException {
        if (!isThere(label)) {
            return;
        }
        TransitHttp.Answer allowed = http.once("POST", path("keys", label) + "/config", Map.of("deletion_allowed", true));
        if (!allowed.good()) {
            throw allowed.unexpected("allow the key " + label + " to be deleted");
        }
        TransitHttp.Answer deleted = http.once("DELETE", path("keys", label), Map.of());
        if (!deleted.good() || http.repeatedly("GET", path("keys", label), Map.of()).status() != 404) {
            throw deleted.unexpected("delete the key " + label);
        }
    }
}
