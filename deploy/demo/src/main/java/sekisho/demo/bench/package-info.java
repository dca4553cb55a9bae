/**
 * What {@code ./sekisho bench} measures, beside a program that people know, in one run on one machine, and what its parts take. Read
 * {@code IntakeBench} first.
 */
@NullMarked
package sekisho.demo.bench;

import org.jspecify.annotations.NullMarked;
