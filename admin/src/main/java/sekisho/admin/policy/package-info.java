/** What an administrator reads: the policy in force. Read {@link sekisho.admin.policy.PolicyPage} first. */
@NullMarked
package sekisho.admin.policy;

import org.jspecify.annotations.NullMarked;
