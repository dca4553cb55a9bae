package sekisho.tests;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * For classes whose tests use what all share in the {@link House}: its {@code all}, its mailbox, its realm's settings. They run one after the
 * other. An {@link Installation#inTheHouse} needs it not: it has all but the servers to itself.
 */
@ResourceLock("the house")
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface UsesTheHouse {
}
