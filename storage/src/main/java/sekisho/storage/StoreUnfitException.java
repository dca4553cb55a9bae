package sekisho.storage;

/**
 * The store answers, but as it is set up it can't be used: it lacks something that we rely on, or doesn't let us in. Somebody has to change
 * the store or our settings; the message says what. At start it stops the start; later the caller tells its peer to come back, as for any
 * {@link StoreException}, since it may be mended by then.
 */
public class StoreUnfitException extends StoreException {
    private static final long serialVersionUID = 1L;

    public StoreUnfitException(String message) {
        super(message);
    }
}
