/**
 * The administrator's programs, each one command of {@code ./sekisho}: {@code migrate}, {@code audit}, {@code keys} and others. They
 * run beside the product, never in it. Start with {@link sekisho.tools.Main}, which lists them.
 */
@NullMarked
package sekisho.tools;

import org.jspecify.annotations.NullMarked;
