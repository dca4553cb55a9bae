package sekisho.storage;

/** {@link KeyContract} with private halves in the file itself. */
class LocalKeysTest extends KeyContract {
    @Override
    void make(String name) {
        KeyFiles.generate(folder, name);
    }
}
