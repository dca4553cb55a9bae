/**
 * Who acts: addresses, persons as an OIDC issuer vouches for them, and their roles. Read {@link sekisho.gateway.people.People} first.
 */
@NullMarked
package sekisho.gateway.people;

import org.jspecify.annotations.NullMarked;
