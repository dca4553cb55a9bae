package sekisho.gateway.files;

import sekisho.storage.StoreException;

/** Too many files of others are being looked into, which says nothing of this one and is nobody's fault: it is to be given again later. */
public final class BusyException extends StoreException {
    private static final long serialVersionUID = 1L;

    BusyException() {
        super("too many files are being looked into at once; come back later");
    }
}
