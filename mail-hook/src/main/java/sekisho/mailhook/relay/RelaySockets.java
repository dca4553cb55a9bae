package sekisho.mailhook.relay;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The two factories that the mail library asks for its one connection; they remember what they made, so that text can be written past the
 * library to the socket in use, which after STARTTLS is the TLS one.
 */
final class RelaySockets {
    final RelaySocket socket;
    private final SSLSocketFactory tls;
    private final String name;
    private final boolean verified;
    private Socket inUse;

    /**
     * @param host     to connect to; its name is what the server hears (SNI)
     * @param verified whether the certificate must be for that name
     */
    RelaySockets(Host host, SSLContext context, boolean verified) {
        this.socket = new RelaySocket(host.address());
        this.inUse = socket;
        this.tls = context.getSocketFactory();
        this.name = host.name();
        this.verified = verified;
    }

    InputStream in() throws IOException {
        return inUse.getInputStream();
    }

    OutputStream out() throws IOException {
        return inUse.getOutputStream();
    }

    boolean isEncrypted() {
        return inUse != socket;
    }

    /** Trusts every certificate: for TLS that anyway may fall away (RFC 7435 §3). */
    static SSLContext unauthenticated() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new AnyCertificate()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no TLS", e);
        }
    }

    /** Never an SSLSocketFactory: the library would speak TLS from the first octet. */
    SocketFactory plain() {
        return new SocketFactory() {
            @Override
            public Socket createSocket() {
                return socket;
            }

            @Override
            public Socket createSocket(String host, int port) throws IOException {
                throw new SocketException("not used");
            }

            @Override
            public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
                throw new SocketException("not used");
            }

            @Override
            public Socket createSocket(InetAddress host, int port) throws IOException {
                throw new SocketException("not used");
            }

            @Override
            public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) throws IOException {
                throw new SocketException("not used");
            }
        };
    }

    SSLSocketFactory tls() {
        return new SSLSocketFactory() {
            @Override
            public Socket createSocket(Socket plain, String host, int port, boolean autoClose) throws IOException {
                var encrypted = (SSLSocket) tls.createSocket(plain, name, port, autoClose);
                if (verified) {
                    var parameters = encrypted.getSSLParameters();
                    parameters.setEndpointIdentificationAlgorithm("HTTPS");   // the name in the certificate, as RFC 7817 has it
                    encrypted.setSSLParameters(parameters);
                }
                inUse = encrypted;
                return inUse;
            }

            @Override
            public String[] getDefaultCipherSuites() {
                return tls.getDefaultCipherSuites();
            }

            @Override
            public String[] getSupportedCipherSuites() {
                return tls.getSupportedCipherSuites();
            }

            @Override
            public Socket createSocket(String host, int port) throws IOException {
                throw new SocketException("not used");
            }

            @Override
            public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
                throw new SocketException("not used");
            }

            @Override
            public Socket createSocket(InetAddress host, int port) throws IOException {
                throw new SocketException("not used");
            }

            @Override
            public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) throws IOException {
                throw new SocketException("not used");
            }
        };
    }

    private static final class AnyCertificate extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket) {
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket) {
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine) {
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine) {
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
