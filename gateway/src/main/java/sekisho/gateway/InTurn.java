package sekisho.gateway;

import jakarta.enterprise.util.Nonbinding;
import jakarta.interceptor.InterceptorBinding;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Calls of this method wait for each other rather than for a connection of the pool, in the order in which they came: see {@link Turns}.
 * For a short transaction of its own that a crowd may want at one moment.
 */
@InterceptorBinding
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface InTurn {

    /** Whom it waits with. */
    @Nonbinding
    Turns.Queue value() default Turns.Queue.DOWNLOADS;
}
