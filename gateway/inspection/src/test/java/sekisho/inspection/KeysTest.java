package sekisho.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Private keys, their stores, and what is written in armour. */
class KeysTest {
    @TempDir
    static Path folder;

    static Workshop workshop;

    @BeforeAll
    static void keys() {
        workshop = new Workshop(folder);
        workshop.make("""
            openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=a -keyout key.pem -out cert.pem
            openssl pkcs8 -topk8 -in key.pem -passout pass:x -out locked.pem
            ssh-keygen -q -t ed25519 -N '' -f open; ssh-keygen -q -t ed25519 -N secret -f shut
            for i in 1 2 3 4 5 6; do cat cert.pem; done > chain.pem
            : > out
            """);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '¦', textBlock = """
        openssl pkcs12 -export -inkey key.pem -in cert.pem -passout pass:x -out out                                       ¦ p12  ¦ PASSWORD pkcs12
        openssl pkcs12 -export -legacy -inkey key.pem -in cert.pem -passout pass:x -out out                               ¦ p12  ¦ PASSWORD pkcs12
        openssl pkcs12 -export -inkey key.pem -in cert.pem -passout pass:x -keypbe AES-256-CBC -certpbe NONE -out out     ¦ p12  ¦ PASSWORD pkcs12
        openssl pkcs12 -export -nokeys -in cert.pem -passout pass: -certpbe NONE -nomac -out out                          ¦ p12  ¦ NONE none
        openssl pkcs12 -export -inkey key.pem -in cert.pem -passout pass:x -out x.p12; zip -q -0 x.zip x.p12; mv x.zip out; rm x.p12 ¦ zip ¦ PASSWORD pkcs12
        cat key.pem > out                                                                                                 ¦ pem  ¦ NONE none
        cat cert.pem > out                                                                                                ¦ pem  ¦ NONE none
        cat locked.pem > out                                                                                              ¦ pem  ¦ PASSWORD key-encrypted
        cat chain.pem locked.pem > out                                                                                    ¦ pem  ¦ PASSWORD key-encrypted
        cat chain.pem key.pem > out                                                                                       ¦ pem  ¦ NONE none
        (echo 'Here is the key:'; echo; cat locked.pem) > out                                                             ¦ pem  ¦ PASSWORD key-encrypted
        sed 's/^/> /' locked.pem > out                                                                                    ¦ text ¦ NONE none
        openssl rsa -in key.pem -aes256 -passout pass:x -traditional -out out                                             ¦ pem  ¦ PASSWORD key-encrypted
        openssl rsa -in key.pem -traditional -out out                                                                     ¦ pem  ¦ NONE none
        openssl rsa -in key.pem -aes256 -passout pass:x -traditional | sed 's/$/\\r/' > out                               ¦ pem  ¦ PASSWORD key-encrypted
        openssl rsa -in key.pem -aes256 -passout pass:x -traditional | LC_ALL=C sed 's/,ENCRYPTED/&\\x85/' > out         ¦ pem  ¦ PASSWORD key-encrypted
        openssl pkcs8 -topk8 -outform DER -in key.pem -passout pass:x -out out                                            ¦ key  ¦ PASSWORD key-encrypted
        openssl pkcs8 -topk8 -outform DER -v1 PBE-SHA1-3DES -in key.pem -passout pass:x -out out                          ¦ key  ¦ PASSWORD key-encrypted
        openssl pkcs8 -topk8 -nocrypt -outform DER -in key.pem -out out                                                   ¦ unknown ¦ NONE none
        openssl x509 -in cert.pem -outform DER -out out                                                                   ¦ unknown ¦ NONE none
        openssl crl2pkcs7 -nocrl -certfile cert.pem -outform DER -out out                                                 ¦ cms-signed ¦ NONE none
        openssl crl2pkcs7 -nocrl -certfile cert.pem -out out                                                              ¦ pem  ¦ NONE none
        openssl cms -encrypt -outform PEM -in a.txt -out out cert.pem                                                     ¦ pem  ¦ OPAQUE cms
        cat open > out                                                                                                    ¦ pem  ¦ NONE none
        cat shut > out                                                                                                    ¦ pem  ¦ PASSWORD key-encrypted
        cat open.pub > out                                                                                                ¦ text ¦ NONE none
        cat open shut > out                                                                                               ¦ pem  ¦ PASSWORD key-encrypted
        printf 'PuTTY-User-Key-File-3: ssh-ed25519\\r\\nEncryption: aes256-cbc\\r\\nComment: a\\r\\n' > out               ¦ pem  ¦ PASSWORD key-encrypted
        printf 'PuTTY-User-Key-File-3: ssh-ed25519\\r\\nEncryption: aes256-cbc\\205\\r\\nComment: a\\r\\n' > out           ¦ pem  ¦ PASSWORD key-encrypted
        printf 'PuTTY-User-Key-File-3: ssh-ed25519\\r\\nEncryption: none\\r\\nComment: a\\r\\n' > out                     ¦ pem  ¦ NONE none
        keytool -genkeypair -keyalg EC -alias a -dname CN=a -storetype JKS -keystore x -storepass secret -keypass secret; mv x out ¦ jks ¦ OPAQUE jks
        keytool -genkeypair -keyalg EC -alias a -dname CN=a -storetype PKCS12 -keystore x -storepass secret; mv x out     ¦ p12  ¦ PASSWORD pkcs12
        age-keygen -o k 2>p; (echo; echo 'as promised:'; age -a -r "$(sed 's/.*: //' p)" a.txt) > out; rm k p             ¦ pem  ¦ OPAQUE age
        age-keygen -o k 2>p; age -a -r "$(sed 's/.*: //' p)" a.txt > x; zip -q x.zip x; mv x.zip out; rm k p x            ¦ zip  ¦ OPAQUE age
        printf 'Hello\\n-----BEGIN PGP MESSAGE-----\\n\\nabc\\n' > out                                                     ¦ gpg  ¦ OPAQUE gpg
        (cat a.txt a.txt; printf '\\n-----BEGIN PGP MESSAGE-----\\n\\nabc\\n') > out                                      ¦ text ¦ OPAQUE gpg
        (cat a.txt a.txt; printf 'say '; printf '\\n-----BEGIN PGP MESSAGE-----\\n\\nabc\\n' | tail -n +2) > out          ¦ text ¦ NONE none
        (cat a.txt a.txt a.txt; printf '\\n-----BEGIN PGP MESSAGE-----\\n\\nabc\\n' | sed 's/^/> /') > out                ¦ text ¦ NONE none
        (echo Issued.; for i in 1 2 3; do openssl x509 -noout -text -in cert.pem; done; cat locked.pem) > out                          ¦ text ¦ PASSWORD key-encrypted
        (echo Issued.; for i in 1 2 3; do openssl x509 -noout -text -in cert.pem; done; cat key.pem) > out                             ¦ text ¦ NONE none
        (cat a.txt a.txt; for i in 1 2 3 4 5 6 7 8; do cat key.pem open key.pem open key.pem; done; cat locked.pem) > out ¦ text ¦ PASSWORD key-encrypted
        (cat a.txt a.txt a.txt; cat shut) > out                                                                           ¦ text ¦ PASSWORD key-encrypted
        (cat a.txt a.txt; printf '\\n-----BEGIN PGP MESSAGE-----\\n\\nabc\\n'; cat a.txt; cat locked.pem) > out           ¦ text ¦ PASSWORD key-encrypted
        (cat a.txt a.txt; openssl cms -encrypt -outform PEM -in a.txt cert.pem) > out                                     ¦ text ¦ OPAQUE cms
        (printf 'GIF89a'; head -c 9000 /dev/zero; printf '\\n-----BEGIN PGP MESSAGE-----\\n\\nabc\\n') > out              ¦ gif  ¦ OPAQUE gpg
        (printf 'GIF89a'; head -c 900 /dev/zero; printf '\\n-----BEGIN PGP MESSAGE-----\\n\\nabc\\n') > out               ¦ gif  ¦ OPAQUE gpg
        (cat locked.pem; head -c 900 /dev/zero) > out                                                                     ¦ unknown ¦ PASSWORD key-encrypted
        (cat a.txt a.txt; printf '\\n-----BEGIN PGP MESSAGE-----\\n\\nabc\\n') > x; zip -q x.zip b.csv x; mv x.zip out; rm x ¦ zip  ¦ OPAQUE gpg
        (cat a.txt a.txt; printf '\\n-----BEGIN PGP MESSAGE-----\\n\\nabc\\n') > x; zip -q -0 x.zip b.csv x; mv x.zip out; rm x ¦ zip  ¦ OPAQUE gpg
        (cat a.txt a.txt; printf '\\n-----BEGIN PGP MESSAGE-----\\n\\nabc\\n') > x; 7zz a -bso0 x.7z b.csv x; mv x.7z out; rm x ¦ 7z   ¦ OPAQUE gpg
        (zip -q - a.txt; echo; cat locked.pem) > out                                                                       ¦ zip  ¦ PASSWORD key-encrypted
        printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nabc\\n' > out                                                       ¦ text ¦ NONE none
        printf -- '-----BEGIN PGP SIGNED MESSAGE-----\\nHash: SHA256\\n\\nabc\\n-----BEGIN PGP SIGNATURE-----\\n' > out   ¦ text ¦ NONE none
        printf -- '-----BEGIN PGP PUBLIC KEY BLOCK-----\\n\\nabc\\n' > out                                                ¦ text ¦ NONE none
        printf -- '-----BEGIN PGP PRIVATE KEY BLOCK-----\\n\\nabc\\n' > out                                               ¦ pem  ¦ OPAQUE gpg-key
        printf -- '> -----BEGIN PGP MESSAGE-----\\n>\\n> abc\\n' > out                                                    ¦ text ¦ NONE none
        """)
    void isKnown(String script, String type, String expected) throws Exception {
        byte[] file = workshop.make("PATH=" + System.getProperty("java.home") + "/bin:$PATH; " + script);
        assertThat(Inspector.sniff(file, file.length).id()).isEqualTo(type);
        assertThat(StraysTest.look(file)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '¦', textBlock = """
        gpg $G --export a@example.jp > out                ¦ pgp
        gpg $G --armor --export a@example.jp > out        ¦ text
        gpg $G --detach-sign -o out a.txt                 ¦ pgp
        gpg $G --detach-sign --armor -o out a.txt         ¦ text
        gpg $G --clear-sign -o out a.txt                  ¦ text
        """)
    void aKeyForOthersOrASignatureIsNotEncrypted(String script, String type) throws Exception {
        byte[] file = workshop.make("mkdir -p -m 700 home; echo s2k-count 65536 > home/gpg-agent.conf; G='--homedir home --batch --yes --quiet --pinentry-mode loopback --passphrase x'; "
                + "trap 'gpgconf --homedir home --kill all; rm -rf home' EXIT; gpg $G --quick-gen-key a@example.jp future-default default never; " + script);
        assertThat(new Inspector(InspectionLimits.DEFAULT).inspect("key.gpg", Octets.of(file)).protection()).isEqualTo(Protection.NONE);
        assertThat(Inspector.sniff(file, file.length).id()).isEqualTo(type);
    }
}
