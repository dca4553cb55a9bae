package sekisho.gateway.policy;

import java.util.Set;

/**
 * What may come of a message, told before its first octet. Never less than what comes of it: what depends on the content counts as if it
 * happened.
 *
 * @param mayPass  somebody may get the attachments unchanged: the message must be kept whole
 * @param mayLink  somebody may get a link: attachments must be sealed as files
 * @param mayLinkWhole somebody may get a link for the message itself: it must be sealed as a file too
 * @param inspects a rule may depend on what is in the attachments
 * @param text     a rule may depend on whether the text carries a password
 * @param forwarded {@code INSIDE} only when no rule that may take attachments out or refuse them wants attached messages whole: the
 *                  message is split once, for everybody. To a rule that lets all pass it makes no difference
 * @param headers  names of the header fields that rules look at, in lower case
 */
public record Outlook(boolean mayPass, boolean mayLink, boolean mayLinkWhole, boolean inspects, boolean text, Forwarded forwarded, Set<String> headers) {
}
