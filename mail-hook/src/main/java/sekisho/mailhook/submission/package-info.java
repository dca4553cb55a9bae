/**
 * Who may send in their own name: people sign in at a listener with what the company's identity provider knows of them (OpenID Connect), a
 * password or an access token. Read {@link sekisho.mailhook.submission.OidcSignIn} first.
 */
@NullMarked
package sekisho.mailhook.submission;

import org.jspecify.annotations.NullMarked;
