/**
 * How recipients and senders sign in. The protocol is the framework's; {@link sekisho.web.signin.SignInConfig} says what an operator
 * sets.
 */
@NullMarked
package sekisho.web.signin;

import org.jspecify.annotations.NullMarked;
