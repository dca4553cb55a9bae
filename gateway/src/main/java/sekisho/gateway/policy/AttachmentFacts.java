package sekisho.gateway.policy;

import java.util.List;

/**
 * One attachment, as policy judges it.
 *
 * @param name         the one that recipients see
 * @param otherNames   what else the message called it; whoever gives a file two names is judged by both
 * @param declaredType media type as the message says it, in lower case
 */
public record AttachmentFacts(String name, List<String> otherNames, String declaredType, long octets, Examined examined) {
    public AttachmentFacts {
        otherNames = List.copyOf(otherNames);
    }
}
