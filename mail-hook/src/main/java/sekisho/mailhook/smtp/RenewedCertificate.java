package sekisho.mailhook.smtp;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * The TLS context of a server whose certificate is renewed while it runs: read for each handshake. Where the files can't be used just then, half
 * written or of two pairs, the last ones that could go on: a client that was told to begin TLS can't be told anything else any more.
 */
public final class RenewedCertificate implements Supplier<SSLContext> {
    private static final System.Logger LOG = System.getLogger(RenewedCertificate.class.getName());

    private final Path chain;
    private final Path key;
    private volatile SSLContext last;
    private volatile boolean unusable;

    /**
     * @param chain PEM, own certificate first
     * @param key   PEM, unencrypted PKCS #8
     * @throws IOException there is none to begin with; says which file is wrong, and never shows what is in it
     */
    public RenewedCertificate(Path chain, Path key) throws IOException {
        this.chain = chain;
        this.key = key;
        this.last = TlsCertificate.serverContext(chain, key);
    }

    @Override
    public SSLContext get() {
        try {
            last = TlsCertificate.serverContext(chain, key);
            unusable = false;
        } catch (IOException e) {
            if (!unusable) {
                LOG.log(Level.WARNING, () -> "the certificate can't be read again, the one from before goes on: " + e.getMessage());
            }
            unusable = true;
        }
        return last;
    }
}
