package sekisho.storage;

import java.util.regex.Pattern;

/** The rule for keys, the same in every store. It leaves no way to name a file outside of the store, nor anything to escape. */
final class ObjectKeys {
    private static final Pattern KEY = Pattern.compile("[a-z0-9/_-]{1,200}");

    private ObjectKeys() {
    }

    static String checked(String key) {
        if (!isKey(key)) {
            throw new IllegalArgumentException("an object key is 1 to 200 of a-z 0-9 / _ -");
        }
        return key;
    }

    static boolean isKey(String key) {
        return KEY.matcher(key).matches();
    }
}
