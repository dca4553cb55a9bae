package sekisho.storage;

/** There is no object under that key: it was never finished, or it was deleted. */
public final class ObjectMissingException extends StoreException {
    private static final long serialVersionUID = 1L;

    public ObjectMissingException(String key) {
        super("no object " + key);
    }

    @Override
    public boolean temporary() {
        return false;
    }
}
