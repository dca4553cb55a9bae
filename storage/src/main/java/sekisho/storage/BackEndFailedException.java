package sekisho.storage;

/** A back end failed at opening one thing, each time it was asked. It may be what it was given: some say no more of what isn't sealed to them. */
final class BackEndFailedException extends StoreException {
    private static final long serialVersionUID = 1L;

    BackEndFailedException(StoreException failed) {
        super(failed.getMessage(), failed);
    }
}
