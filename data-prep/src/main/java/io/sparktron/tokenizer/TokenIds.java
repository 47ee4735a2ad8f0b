package io.sparktron.tokenizer;

import java.util.Arrays;

/** A growing array of ids. */
final class TokenIds {
    private int[] values;
    private int count;

    TokenIds(int expected) {
        values = new int[Math.max(16, expected)];
    }

    int count() {
        return count;
    }

    void add(int id) {
        reserve(1);
        values[count++] = id;
    }

    void add(int[] ids, int from, int to) {
        reserve(to - from);
        System.arraycopy(ids, from, values, count, to - from);
        count += to - from;
    }

    /** Forgets all but the first {@code kept}. */
    void truncate(int kept) {
        count = kept;
    }

    int[] toArray() {
        return Arrays.copyOf(values, count);
    }

    private void reserve(int more) {
        if (count + more > values.length) {
            values = Arrays.copyOf(values, Math.max(2 * values.length, count + more));
        }
    }
}
