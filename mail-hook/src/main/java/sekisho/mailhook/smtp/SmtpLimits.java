package sekisho.mailhook.smtp;

import java.time.Duration;

/**
 * What one listener bears.
 *
 * @param messageOctets        size of a message, offered as SIZE; at most as many octets are read on and forgotten after a refusal
 * @param commandLineOctets    a command with its CRLF; RFC 5321 §4.5.3.1.4 asks for 512 and room for the extensions
 * @param textLineOctets       a line of the message; RFC 5321 §4.5.3.1.6 says 1,000, real mail says more
 * @param recipients           for each message; RFC 5321 §4.5.3.1.8 asks for 100
 * @param connections          at one time
 * @param connectionsPerClient at one time from one address
 * @param idle                 the longest wait for octets from the client, or for the client to take ours
 * @param total                the longest session
 * @param errors               wrong commands until the session is ended
 * @param transactions         messages in one session
 */
public record SmtpLimits(long messageOctets, int commandLineOctets, int textLineOctets, int recipients, int connections, int connectionsPerClient,
                         Duration idle, Duration total, int errors, int transactions) {
    public static final SmtpLimits DEFAULT = new SmtpLimits(2L << 30, 2048, 1 << 20, 1000, 1200, 600,
            Duration.ofMinutes(5), Duration.ofHours(2), 20, 100_000);

    public SmtpLimits {
        if (messageOctets < 1 || commandLineOctets < 512 || textLineOctets < 1000 || recipients < 100 || connections < 1
                || connectionsPerClient < 1 || !idle.isPositive() || !total.isPositive() || errors < 1 || transactions < 1) {
            throw new IllegalArgumentException("limits are positive; a command line has 512 octets, a line of text 1,000 and a message 100 recipients at least");
        }
    }

    public SmtpLimits withMessageOctets(long octets) {
        return new SmtpLimits(octets, commandLineOctets, textLineOctets, recipients, connections, connectionsPerClient, idle, total, errors, transactions);
    }

    public SmtpLimits withTextLineOctets(int octets) {
        return new SmtpLimits(messageOctets, commandLineOctets, octets, recipients, connections, connectionsPerClient, idle, total, errors, transactions);
    }

    public SmtpLimits withRecipients(int count) {
        return new SmtpLimits(messageOctets, commandLineOctets, textLineOctets, count, connections, connectionsPerClient, idle, total, errors, transactions);
    }

    public SmtpLimits withConnections(int inAll, int perClient) {
        return new SmtpLimits(messageOctets, commandLineOctets, textLineOctets, recipients, inAll, perClient, idle, total, errors, transactions);
    }

    public SmtpLimits withTimes(Duration longestIdle, Duration longestSession) {
        return new SmtpLimits(messageOctets, commandLineOctets, textLineOctets, recipients, connections, connectionsPerClient, longestIdle, longestSession, errors, transactions);
    }

    public SmtpLimits withErrors(int count) {
        return new SmtpLimits(messageOctets, commandLineOctets, textLineOctets, recipients, connections, connectionsPerClient, idle, total, count, transactions);
    }

    public SmtpLimits withTransactions(int count) {
        return new SmtpLimits(messageOctets, commandLineOctets, textLineOctets, recipients, connections, connectionsPerClient, idle, total, errors, count);
    }
}
