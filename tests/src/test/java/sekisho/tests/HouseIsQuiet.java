package sekisho.tests;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Looks behind each class of tests whether the house that all share has logged what it must not: in whose tests it did that is where it should fail. */
public final class HouseIsQuiet implements AfterAllCallback {

    @Override
    public void afterAll(ExtensionContext tests) {
        House.requireQuietLogs();
    }
}
