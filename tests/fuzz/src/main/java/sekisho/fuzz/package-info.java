/**
 * Hostile input made by a fuzzer (Jazzer), against what reads other people's octets. Read {@link sekisho.fuzz.Target} first.
 */
@NullMarked
package sekisho.fuzz;

import org.jspecify.annotations.NullMarked;
