package sekisho.gateway.policy;

import java.util.List;
import java.util.Optional;
import sekisho.inspection.FileType;

/**
 * One attachment, as policy judges it.
 *
 * @param name         the one that recipients see
 * @param otherNames   what else the message called it; whoever gives a file two names is judged by both
 * @param declaredType media type as the message says it, in lower case
 * @param decodedType  what it is to readers that decode it, where others take it as it is; empty when none do, or nobody looked
 */
public record AttachmentFacts(String name, List<String> otherNames, String declaredType, long octets, Examined examined, Optional<FileType> decodedType) {
    public AttachmentFacts {
        otherNames = List.copyOf(otherNames);
    }

    /** One that is the same to every reader. */
    public AttachmentFacts(String name, List<String> otherNames, String declaredType, long octets, Examined examined) {
        this(name, otherNames, declaredType, octets, examined, Optional.empty());
    }
}
