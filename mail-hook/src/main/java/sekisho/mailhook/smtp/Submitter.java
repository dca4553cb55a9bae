package sekisho.mailhook.smtp;

import java.time.Instant;
import java.util.Set;
import sekisho.gateway.people.EmailAddress;

/**
 * A person who has signed in (RFC 4954) and sends in their own name.
 *
 * @param account      a stable name of the account, by which it is counted; never logged
 * @param addressKeys  the {@link EmailAddress#key() keys} of the addresses that they may send as
 * @param groups       of the account, as the identity provider tells them
 * @param validUntil   when what they proved runs out; a session that lasts longer must be opened anew
 */
public record Submitter(String account, Set<String> addressKeys, Set<String> groups, Instant validUntil) {
    public Submitter {
        if (account.isEmpty()) {
            throw new IllegalArgumentException("an account has a name");
        }
        addressKeys = Set.copyOf(addressKeys);
        groups = Set.copyOf(groups);
    }

    public boolean maySendAs(EmailAddress address) {
        return addressKeys.contains(address.key());
    }
}
