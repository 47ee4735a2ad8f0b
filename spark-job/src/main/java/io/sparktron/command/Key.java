package io.sparktron.command;

import java.util.Optional;
import java.util.Set;

/**
 * One setting.
 *
 * @param name as it is written in a file or after {@code --set}
 * @param unit what the number counts; empty where that goes without saying
 * @param fallback the value where nothing is given; empty if there is none
 * @param unset what happens then, for people; empty for "the key must be given" or where the value says all
 * @param description one sentence
 * @param commands that read it
 */
record Key<T>(
        String name,
        ValueType<T> type,
        String unit,
        Optional<String> fallback,
        String unset,
        String description,
        Set<CommandName> commands) {

    /** The default as help and README show it. */
    String shownDefault() {
        return fallback.map(value -> value.isEmpty() ? "(empty)" : value).orElse(unset.isEmpty() ? "required" : unset);
    }
}
