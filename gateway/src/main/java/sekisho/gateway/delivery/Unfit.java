package sekisho.gateway.delivery;

/** Why a message was refused while it was read, before any policy judged it. The names are stable: they stand in the log and in metrics. */
public enum Unfit {
    /** It can't be understood, contradicts itself, or has more fields, parts or longer lines than the limits allow. */
    MALFORMED,
    /** It has a lone CR or LF. */
    LINE_ENDS,
    /** It has a NUL, which no text may have. */
    NUL,
    /** It is larger than the limit, or said that it would be. */
    TOO_LARGE,
    /** It has been here before, or has passed too many servers. */
    LOOP,
    /** It would have to be converted, and what is in it doesn't stand that. */
    CONVERSION,
    /** It is of a kind that no policy lets pass, such as a message in pieces. */
    FORBIDDEN,
    /** It says that it is from somebody else than who signed in, or doesn't say it clearly. */
    AUTHOR
}
