/**
 * What each recipient of a message gets: ordered rules from a YAML file, checked as a whole. Read {@link sekisho.gateway.policy.Policy} first.
 */
@NullMarked
package sekisho.gateway.policy;

import org.jspecify.annotations.NullMarked;
