package sekisho.mailhook.mime;

import sekisho.gateway.files.FileNames;

/** Something that a sink was opened for. */
interface Finding {

    /** Whether it became an attachment for good. */
    boolean isFinished();

    AttachmentFact fact(FileNames names);
}
