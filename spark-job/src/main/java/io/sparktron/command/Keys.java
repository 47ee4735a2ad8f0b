package io.sparktron.command;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Every key there is, by name. Help, the README's table and the errors of unknown keys come from here. */
final class Keys {
    private static final List<Key<?>> ALL = Stream.of(
                    PrepKeys.all(),
                    FilterKeys.all(),
                    DuplicateKeys.all(),
                    ModelKeys.all(),
                    TrainKeys.all(),
                    JobKeys.all(),
                    ToolKeys.all())
            .flatMap(List::stream)
            .toList();

    private Keys() {}

    static List<Key<?>> all() {
        return ALL;
    }

    static Optional<Key<?>> named(String name) {
        return ALL.stream().filter(key -> key.name().equals(name)).findFirst();
    }

    /**
     * The known key that {@code name} was probably meant to be: one that it begins, else the one with the fewest edits; a name without a dot is compared with
     * the last part of a key.
     */
    static Key<?> nearest(String name) {
        Comparator<Key<?>> begun = Comparator.comparing(key -> !key.name().startsWith(name));
        return ALL.stream()
                .min(begun.thenComparingInt(key -> distance(name, part(name, key))))
                .orElseThrow();
    }

    private static String part(String name, Key<?> key) {
        return name.contains(".") ? key.name() : key.name().substring(key.name().lastIndexOf('.') + 1);
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
