package sekisho.storage;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.HexFormat;

/**
 * A self-signed certificate (X.509 v1, RFC 5280 §4.1) for a pair in a token. Nobody trusts it for anything: SunPKCS11 finds a private key by
 * its certificate alone, so each one needs one.
 */
final class TokenCertificate {
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int UTF8_STRING = 0x0c;
    private static final int UTC_TIME = 0x17;
    private static final int GENERALIZED_TIME = 0x18;
    private static final byte[] ECDSA_WITH_SHA256 = HexFormat.of().parseHex("06082a8648ce3d040302");
    private static final byte[] COMMON_NAME = HexFormat.of().parseHex("0603550403");

    private TokenCertificate() {
    }

    static Certificate of(String name, PrivateKey key, byte[] spki, Provider provider) throws GeneralSecurityException {
        byte[] algorithm = der(SEQUENCE, ECDSA_WITH_SHA256);
        byte[] who = der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(UTF8_STRING, ascii(name)))));
        byte[] ever = der(SEQUENCE, der(UTC_TIME, ascii("250101000000Z")), der(GENERALIZED_TIME, ascii("99991231235959Z")));    // RFC 5280 §4.1.2.5
        byte[] signed = der(SEQUENCE, der(INTEGER, new byte[] {1}), algorithm, who, ever, who, spki);
        Signature signature = Signature.getInstance("SHA256withECDSA", provider);
        signature.initSign(key);
        signature.update(signed);
        byte[] whole = der(SEQUENCE, signed, algorithm, der(BIT_STRING, new byte[] {0}, signature.sign()));
        return CertificateFactory.getInstance("X.509", "SUN").generateCertificate(new ByteArrayInputStream(whole));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] der(int tag, byte[]... parts) {
        var content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        var whole = new ByteArrayOutputStream();
        whole.write(tag);
        int octets = content.size();
        if (octets < 0x80) {
            whole.write(octets);
        } else if (octets < 0x100) {
            whole.write(0x81);
            whole.write(octets);
        } else {
            whole.write(0x82);
            whole.write(octets >> 8);
            whole.write(octets);
        }
        whole.writeBytes(content.toByteArray());
        return whole.toByteArray();
    }
}
