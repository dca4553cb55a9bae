package sekisho.mailhook.mime;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How much memory an object of ours keeps from being free, roughly, and the same each time. */
final class Held {

    private static final int OBJECT = 16;
    private static final int REFERENCE = 8;

    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> next = new ArrayDeque<>();
    private long octets;

    private Held() {
    }

    static long octets(Object root) throws IllegalAccessException {
        var held = new Held();
        held.add(root);
        while (!held.next.isEmpty()) {
            held.look(held.next.pop());
        }
        return held.octets;
    }

    private void add(@Nullable Object object) {
        if (object != null && !(object instanceof Enum<?>) && seen.add(object)) {
            next.push(object);
        }
    }

    private void look(Object object) throws IllegalAccessException {
        octets += OBJECT;
        switch (object) {
            case byte[] array -> octets += array.length;
            case Object[] array -> {
                octets += (long) REFERENCE * array.length;
                for (Object each : array) {
                    add(each);
                }
            }
            case CharSequence text -> octets += 2L * text.length();
            case Collection<?> many -> {
                octets += (long) REFERENCE * many.size();
                many.forEach(this::add);
            }
            case Map<?, ?> map -> {
                octets += 2L * REFERENCE * map.size();
                map.keySet().forEach(this::add);
                map.values().forEach(this::add);
            }
            default -> {
                if (object.getClass().isArray()) {
                    octets += (long) REFERENCE * Array.getLength(object);
                } else if (object.getClass().getName().startsWith("sekisho.")) {
                    fields(object);
                }
            }
        }
    }

    private void fields(Object object) throws IllegalAccessException {
        for (Class<?> type = object.getClass(); type != Object.class && type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers())) {
                    continue;
                }
                octets += REFERENCE;
                if (!field.getType().isPrimitive()) {
                    field.setAccessible(true);
                    add(field.get(object));
                }
            }
        }
    }
}
