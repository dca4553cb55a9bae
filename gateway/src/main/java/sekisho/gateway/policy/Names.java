package sekisho.gateway.policy;

/** How much the block with the link says of the files before anybody has signed in. */
public enum Names {
    /** Name and size of each. */
    LIST,
    /** How many there are. */
    COUNT
}
