package sekisho.mailhook.intake;

import org.jspecify.annotations.NullMarked;
import sekisho.gateway.people.EmailAddress;

/** {@link AuthorFields} for a target; it stands in their package, since nobody else outside of it reads them. */
@NullMarked
public final class AuthorFuzz {

    private AuthorFuzz() {
    }

    /**
     * Reads a field as one that says who a message is from. Either nobody or at least one, each an address that we read as the same where it is written.
     *
     * @param value one char for each octet
     */
    public static void read(String value) {
        AuthorFields.addresses(value).ifPresent(found -> {
            if (found.isEmpty()) {
                throw new IllegalStateException("understood, and from nobody");
            }
            for (var address : found) {
                if (!EmailAddress.parse(address.toString()).filter(address::equals).isPresent()) {
                    throw new IllegalStateException("an address that we don't read: " + address);
                }
            }
        });
    }
}
