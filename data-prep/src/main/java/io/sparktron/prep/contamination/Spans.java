package io.sparktron.prep.contamination;

import java.util.Arrays;

/** Spans of a text in order, those that overlap or touch made one. They must be added in the order of their ends. */
final class Spans {
    private int[] borders = new int[8];
    private int size;

    void add(int from, int to) {
        int first = from;
        while (size > 0 && first <= to(size - 1)) {
            first = Math.min(first, from(size - 1));
            size--;
        }
        if (2 * size == borders.length) {
            borders = Arrays.copyOf(borders, 2 * borders.length);
        }
        borders[2 * size] = first;
        borders[2 * size + 1] = to;
        size++;
    }

    int size() {
        return size;
    }

    int from(int span) {
        return borders[2 * span];
    }

    int to(int span) {
        return borders[2 * span + 1];
    }
}
