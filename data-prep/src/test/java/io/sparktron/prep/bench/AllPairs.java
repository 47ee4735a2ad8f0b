package io.sparktron.prep.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Every pair of sets whose Jaccard index is at least a threshold t; none is missed. Of two such sets A and B, the smaller has at least t |A| elements,
 * and if both are sorted by one order, rarest element first, then they share one among their first |A| - ceil(t |A|) + 1 and |B| - ceil(t |B|) + 1
 * (Bayardo, Ma, Srikant: Scaling up all pairs similarity search, WWW 2007). Only pairs that do are compared, element by element.
 */
final class AllPairs {
    /** @param one and @param other places of two sets, one before other */
    record Pair(int one, int other, double similarity) {}

    private final double threshold;
    private final int[][] sets; // elements by rank: 0 is the rarest
    private final List<Pair> pairs = new ArrayList<>();

    private AllPairs(int[][] sets, double threshold) {
        this.sets = sets;
        this.threshold = threshold;
    }

    /** @param sets sorted, distinct */
    static List<Pair> of(List<long[]> sets, double threshold) {
        AllPairs all = new AllPairs(ranked(sets), threshold);
        all.compare();
        return all.pairs;
    }

    /** Jaccard index of two sorted, distinct arrays; 0 of two empty ones. */
    static double similarity(long[] one, long[] other) {
        int shared = 0;
        for (int i = 0, j = 0; i < one.length && j < other.length; ) {
            if (one[i] == other[j]) {
                shared++;
                i++;
                j++;
            } else if (one[i] < other[j]) {
                i++;
            } else {
                j++;
            }
        }
        return jaccard(shared, one.length, other.length);
    }

    private static double jaccard(long shared, long one, long other) {
        return one + other == 0 ? 0 : (double) shared / (one + other - shared);
    }

    private static int[][] ranked(List<long[]> sets) {
        long[] all = sets.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        long[] elements = Arrays.stream(all).distinct().toArray();
        int[] counts = new int[elements.length];
        for (int i = 0, element = 0; i < all.length; i++) {
            element += all[i] == elements[element] ? 0 : 1;
            counts[element]++;
        }
        int[] ranks = ranks(counts);
        return sets.stream()
                .map(set -> Arrays.stream(set)
                        .mapToInt(element -> ranks[Arrays.binarySearch(elements, element)])
                        .sorted()
                        .toArray())
                .toArray(int[][]::new);
    }

    /** Place of each element when they are sorted by count, equal ones as they come. */
    private static int[] ranks(int[] counts) {
        long[] keys = IntStream.range(0, counts.length)
                .mapToLong(i -> ((long) counts[i] << 32) | i)
                .sorted()
                .toArray();
        int[] ranks = new int[counts.length];
        for (int rank = 0; rank < keys.length; rank++) {
            ranks[(int) keys[rank]] = rank;
        }
        return ranks;
    }

    private void compare() {
        Map<Integer, List<Integer>> index = new HashMap<>();
        List<Integer> bySize = IntStream.range(0, sets.length)
                .boxed()
                .filter(i -> sets[i].length > 0)
                .sorted(Comparator.comparingInt(i -> sets[i].length))
                .toList();
        for (int larger : bySize) {
            int[] set = sets[larger];
            int least = (int) Math.ceil(threshold * set.length);
            TreeSet<Integer> candidates = new TreeSet<>();
            for (int i = 0; i < set.length - least + 1; i++) {
                List<Integer> holders = index.computeIfAbsent(set[i], rank -> new ArrayList<>(1));
                for (int holder : holders) {
                    if (sets[holder].length >= least) {
                        candidates.add(holder);
                    }
                }
                holders.add(larger);
            }
            for (int smaller : candidates) {
                double similarity = jaccard(shared(set, sets[smaller]), set.length, sets[smaller].length);
                if (similarity >= threshold) {
                    pairs.add(new Pair(Math.min(smaller, larger), Math.max(smaller, larger), similarity));
                }
            }
        }
    }

    private static int shared(int[] one, int[] other) {
        int shared = 0;
        for (int i = 0, j = 0; i < one.length && j < other.length; ) {
            if (one[i] == other[j]) {
                shared++;
                i++;
                j++;
            } else if (one[i] < other[j]) {
                i++;
            } else {
                j++;
            }
        }
        return shared;
    }
}
