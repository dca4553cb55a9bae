package sekisho.storage;

import java.util.regex.Pattern;

/**
 * The rule for keys, the same in every store. It leaves no way to name a file outside of the store, nor anything
 * to escape; and no slash that some S3 stores refuse (in front) or swallow (doubled, at the end).
 */
final class ObjectKeys {
    private static final Pattern KEY = Pattern.compile("[a-z0-9_-]+(/[a-z0-9_-]+)*");
    private static final int MAX_LENGTH = 200;

    private ObjectKeys() {
    }

    static String checked(String key) {
        if (!isKey(key)) {
            throw new IllegalArgumentException("an object key is 1 to 200 of a-z 0-9 / _ -, and a slash stands between two others");
        }
        return key;
    }

    static boolean isKey(String key) {
        return key.length() <= MAX_LENGTH && KEY.matcher(key).matches();
    }
}
