package sekisho.inspection;

/** Whether opening a file needs a password, from the weakest finding to the strongest. Of a file with others in it, the strongest counts. */
public enum Protection {
    /** It opens without a password, and so does all that is in it, as far as that can hold something protected. */
    NONE,
    /** What is in it can't be seen: gpg, age, self-extracting programs, LZH, ARJ and the like, rights management. */
    OPAQUE,
    /** It could not be told: damaged, beyond a limit, a method that we can't read. */
    UNKNOWN,
    /** It, or something in it, asks for a password. */
    PASSWORD;

    /** The stronger of two. */
    public Protection or(Protection other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
