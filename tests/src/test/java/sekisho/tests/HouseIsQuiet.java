package sekisho.tests;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Looks behind each class that used the house whether that has logged what it must not: in whose tests it did that is where it should fail. */
public final class HouseIsQuiet implements AfterAllCallback {

    @Override
    public void afterAll(ExtensionContext tests) {
        if (tests.getRequiredTestClass().isAnnotationPresent(UsesTheHouse.class)) {
            House.requireQuietLogs();
        }
    }
}
