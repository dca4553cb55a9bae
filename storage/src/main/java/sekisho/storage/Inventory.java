package sekisho.storage;

/** What is known elsewhere of what a store should hold: a folder alone can't tell whether it is new, or whether what belongs there isn't mounted. */
@FunctionalInterface
public interface Inventory {
    /**
     * Whether no object has to be in the store. Asked only while nothing shows that any was ever put into it.
     *
     * @throws StoreException nobody can tell now
     */
    boolean isEmpty() throws StoreException;
}
