package sekisho.mailhook.mime;

import sekisho.gateway.files.FileNames;

/** Something that a sink was opened for. */
interface Finding {

    /** Whether it became an attachment for good. */
    boolean isFinished();

    AttachmentFact fact(FileNames names);

    /** Whether it stays in the message, and somebody looks at it there. */
    default boolean isStaying() {
        return false;
    }

    /** Of what stays: see {@link Staying}. */
    default boolean isCovered() {
        return false;
    }

    /** Of what stays: whether it is a file. */
    default boolean isFile() {
        return false;
    }

    /** Of what stays: see {@link Staying}. */
    default boolean isUnpacked() {
        return false;
    }

    /** Of what stays: see {@link Staying}. */
    default int decodedFrom() {
        return -1;
    }
}
