package sekisho.storage;

/** There is too little room left to take anything in: SMTP says 452 rather than 451. Reading and deleting still work. */
public class StoreFullException extends StoreException {
    private static final long serialVersionUID = 1L;

    public StoreFullException(String message) {
        super(message);
    }
}
