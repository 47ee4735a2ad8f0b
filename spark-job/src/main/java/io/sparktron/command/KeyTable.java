package io.sparktron.command;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The keys of one family, in the order in which they are declared. */
final class KeyTable {
    private final List<Key<?>> keys = new ArrayList<>();

    List<Key<?>> keys() {
        return Collections.unmodifiableList(keys);
    }

    /** A key that must be given. */
    <T> Key<T> needed(String name, ValueType<T> type, String description, Set<CommandName> commands) {
        return unset(name, type, "", "", description, commands);
    }

    /** A key with a default. */
    <T> Key<T> with(
            String name,
            ValueType<T> type,
            String unit,
            String fallback,
            String description,
            Set<CommandName> commands) {
        return add(new Key<>(name, type, unit, Optional.of(fallback), "", description, commands));
    }

    /**
     * A key without a default of its own.
     *
     * @param unset what happens then, for people; empty for "must be given"
     */
    <T> Key<T> unset(
            String name, ValueType<T> type, String unit, String unset, String description, Set<CommandName> commands) {
        return add(new Key<>(name, type, unit, Optional.empty(), unset, description, commands));
    }

    static ValueType<Long> anyLong() {
        return ValueType.longInteger(Long.MIN_VALUE);
    }

    private <T> Key<T> add(Key<T> key) {
        keys.add(key);
        return key;
    }
}
