package sekisho.mailhook.smtp;

/**
 * How much one client may send in a minute; as much may come at once after a quiet minute. 0 is no limit.
 *
 * @param connections new ones, by address
 * @param messages    by address, and by account when the client has signed in
 * @param recipients  the same
 */
public record Rates(int connections, int messages, int recipients) {
    public static final Rates NONE = new Rates(0, 0, 0);

    public Rates {
        if (connections < 0 || messages < 0 || recipients < 0) {
            throw new IllegalArgumentException("rates are not negative");
        }
    }
}
