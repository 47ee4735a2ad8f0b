package io.sparktron.train;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A small choice of all combinations of some factors, such that any two values of two factors meet in one of them. */
final class Pairwise {
    private Pairwise() {}

    /** A value of one factor and a value of another, by their indices. */
    private record Pair(int factor, int value, int other, int otherValue) {}

    /**
     * @param levels how many values each factor has
     * @return combinations, each an index for every factor; always the same
     */
    static List<int[]> cover(int... levels) {
        List<int[]> all = new ArrayList<>();
        all.add(new int[levels.length]);
        for (int factor = 0; factor < levels.length; factor++) {
            List<int[]> longer = new ArrayList<>();
            for (int[] combination : all) {
                for (int value = 0; value < levels[factor]; value++) {
                    int[] next = combination.clone();
                    next[factor] = value;
                    longer.add(next);
                }
            }
            all = longer;
        }
        Set<Pair> open = new HashSet<>();
        all.forEach(combination -> open.addAll(pairs(combination)));
        List<int[]> chosen = new ArrayList<>();
        while (!open.isEmpty()) {
            int[] best = all.get(0);
            long most = -1;
            for (int[] combination : all) {
                long met = pairs(combination).stream().filter(open::contains).count();
                if (met > most) {
                    most = met;
                    best = combination;
                }
            }
            pairs(best).forEach(open::remove);
            chosen.add(best);
        }
        return chosen;
    }

    private static List<Pair> pairs(int[] combination) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < combination.length; i++) {
            for (int j = i + 1; j < combination.length; j++) {
                pairs.add(new Pair(i, combination[i], j, combination[j]));
            }
        }
        return pairs;
    }
}
