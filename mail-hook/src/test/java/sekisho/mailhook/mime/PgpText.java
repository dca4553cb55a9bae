package sekisho.mailhook.mime;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What GnuPG writes, for tests, and armour around anything. */
public final class PgpText {

    public static final String SIGNATURE = crlf("""
        -----BEGIN PGP SIGNATURE-----

        iIsEABYIADMWIQRDTSKYTeZ1YGxtnM8u7OvJ76P+0AUCawx5vhUcaGFuYWtvQGV4
        YW1wbGUuY28uanAACgkQLuzrye+j/tBKXgEAnlMDnM8MW78k5DvNJZanqJ2CuSKK
        IDGwcMyiOMzbzmAA+waAh80NTEwMhQADMDX1PaIOe9/HBN5LjXlPG4TXEEsP
        =8/wC
        -----END PGP SIGNATURE-----
        """);

    /** With what programs remark. */
    static final String RSA_SIGNATURE = crlf("""
        -----BEGIN PGP SIGNATURE-----
        Version: GnuPG v2
        Comment: a comment

        iQHGBAABCgAwFiEELevxfRWX3TPZ49I1J8KkP9lAb5AFAmsMeb4SHG9sZEBleGFt
        cGxlLmNvLmpwAAoJECfCpD/ZQG+QLC0L/2gD/HJe6YKB+jCmdhsLQpIRat6oEoO5
        MsN4t9aJ6DPuWCuIxnS/odrBadANxenOwQMhaDFHZQO71PweVjTL9aWtvtK9LP0z
        ZTIGeKpvyp4XEA60yBrsO/nN+b7O6DCKdckgoJdTWAHPT4tYeXxLW2zBzEbQQmLq
        sEVVe6zMHMyZDmoIRqNYbDfyxKjHmXgWOvhk5h/lqoD4GzvTpYl8W62lDqcvxTae
        jDuNIwNRyg0vTc1cCeZOxDVXZ584xQX+Lrb/VwdyaRuTJseUwrF9J8nNW7ZauF4V
        l8IlAJN+AQFE4WOzBa+99aZxNpNX8HaYcpPjyz6AoXg3m4RdCdAFXv+gHX38mJ6m
        iMjAGNSb+mSrvWeUvRftCEVpX5im/y07AQn7kOKArSkeqXD0yxW/r6P4qbwhGe0V
        D2RhfMNDnv2JWFVD5SwQp/5Ue5efxWL/ThFySI1bda+w/VkmhYUB1jpAjs/SYd1U
        b07nLHA8oXqokqWVrG/6JMHo4UyJ2ROfWw==
        =fxIH
        -----END PGP SIGNATURE-----
        """);

    public static final String MESSAGE = crlf("""
        -----BEGIN PGP MESSAGE-----

        hF4DkrIuC7mZRRISAQdAzcupWUqwtsmwmiSUBfJnRVOhvLGXI93KAmQ5zWi4+j4w
        fhE84zvWf/hssPNpxALDhzYBGcd9LkuoNfQ3TG2U82sUO5E3n9LI40u5gXUiUbt2
        0kwBdzucyeOMeqGluEpYfCK7LZZX4Jf8uWRrIB0fWe31MgCbRhkKjygxDr1/waDt
        E7iZiaJEZjfux2zDL0m5l+W52iUuTZb7MT1GSRAe
        =d392
        -----END PGP MESSAGE-----
        """);

    static final String RSA_MESSAGE = crlf("""
        -----BEGIN PGP MESSAGE-----

        hQGMA4+5e+XbugdVAQwAuiHYJmz8ZRo8ogbrtRGBvjms5zoYolx/Rhk84SUpEc71
        rda49DIEU5g2ialKJxUhEQk72VXKz6aDpNIGSGAfFXDkXfRJbjtMOfQ9GYutOysD
        WpR50wjNtzDe7KIfvdXJvStJPT818cdREF5vbyDIOaIof/LqOB1isrZXnntf9Kg2
        QwDuNvxEI8kIcmu2UbKHhGwLce/hv5HSkG6iqGe14EoH0c1alPeQqIkDKuyhdKjM
        aBv+i602j36Z3mc3+SW69PDURyeCLZOgUuAIq64Pn7ircAnEtkefOrQXJ/muZPT/
        2Qo6lMIm7pzInLWt6DILC66LgavpCfFyle4Yl5afmfdY+1OIL/SQWVoi3fVUeL6C
        EuaoocATTrHnF8DFF7IarXZ+PNyG1wn2aDskINv7ijfqS0vb4M1GnfPFQrOJQ0Xq
        +dLnCBigQSRYorRskQobSTcxkHWHu/8UUTCnjg0t712Dog75RPICSSGtwecUEOs0
        xprHgMEXCmAaSOTcXJ1U0kwBEX8TB9Q0+Yd8PBThIMoUkm+CZz36iBQNVKHNxfVX
        Kz4YYiJiuiftqLAzuc8u9GdTGi94h/vo4MIwvJA9APAMfJQf9HJiTMSyp8a5
        =Q05b
        -----END PGP MESSAGE-----
        """);

    /** Compressed, for anybody to read. */
    static final String READABLE = crlf("""
        -----BEGIN PGP MESSAGE-----

        owE7LZ7EkM1TuS8kI1WhICcxT6G4JDEvpViPCwA=
        =JA/d
        -----END PGP MESSAGE-----
        """);

    /** Signed and compressed, for anybody to read. */
    static final String SIGNED_ONLY = crlf("""
        -----BEGIN PGP MESSAGE-----

        owGbwMvMwCGm9+b1yfeL/11gPC2exJDNU7kvJCNVoSAnMU+huCQxL6VYj6ujm4VB
        jIPBWEyRxdlXaYbvs9KEnNw552EaWZlAukRlMhLzErPzHVIrEnMLclL1kvP1sgoY
        uDgFYOq84hgZ5gUzzznPE71f5Yn1WdVpy1fMbdqp1KVguKHgzCKLM7fPJTD8Zmto
        P8vr48PTysBsYPrVdhFf9f3jLPe8eyv9pVuuC3jzAwA=
        =UvnT
        -----END PGP MESSAGE-----
        """);

    static final String BY_PASSPHRASE = crlf("""
        -----BEGIN PGP MESSAGE-----

        jA0ECQMCQDhGE5vSGaz/0kYBfbnkzkve7Lz6uxD6zdBUGMboRa6WvkhWyKdhiOoP
        tcZ+jZcM6hLwonAN13xhATcjPsAeFbH2rOzaYfq7DBcnhX7868IP
        =hvlS
        -----END PGP MESSAGE-----
        """);

    private PgpText() {
    }

    private static String crlf(String text) {
        return text.replace("\n", "\r\n");
    }

    /** @param label {@code SIGNATURE} or {@code MESSAGE} */
    static String armour(String label, byte[] octets) {
        return "-----BEGIN PGP " + label + "-----\r\n\r\n" + Base64.getMimeEncoder(64, new byte[] {'\r', '\n'}).encodeToString(octets)
                + "\r\n-----END PGP " + label + "-----\r\n";
    }

    /** The packets inside one. */
    static byte[] packets(String armour) {
        String body = armour.substring(armour.indexOf("\r\n\r\n") + 4, armour.indexOf("\r\n-----END"));
        return Base64.getMimeDecoder().decode(body.substring(0, body.lastIndexOf("\r\n=")));
    }
}
