package sekisho.gateway.audit;

import java.util.UUID;
import sekisho.gateway.people.Person;

/** Who did it. */
public sealed interface Actor {

    /** Somebody who signed in. */
    record Someone(UUID person) implements Actor {
    }

    /** The product itself: {@code intake}, {@code hold}, {@code relay}, {@code expiry}, {@code removal}, …; and {@code operator}, whoever may use the programs beside it. */
    record Itself(String part) implements Actor {
    }

    /** As events say it. */
    default String text() {
        return switch (this) {
            case Someone(var person) -> "person:" + person;
            case Itself(var part) -> part;
        };
    }

    static Actor of(Person person) {
        return new Someone(person.id());
    }

    static Actor part(String part) {
        return new Itself(part);
    }
}
