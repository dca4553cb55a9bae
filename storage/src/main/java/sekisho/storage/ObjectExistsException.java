package sekisho.storage;

/** There is already an object under that key; it stays as it was. Keys are used once. */
public final class ObjectExistsException extends StoreException {
    private static final long serialVersionUID = 1L;

    public ObjectExistsException(String key) {
        super("object " + key + " exists already");
    }

    @Override
    public boolean temporary() {
        return false;
    }
}
