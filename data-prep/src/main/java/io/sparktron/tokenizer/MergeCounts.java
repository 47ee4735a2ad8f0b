package io.sparktron.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.function.LongUnaryOperator;

/**
 * Counts the pairs of neighbours in counted words, tells the most frequent one, and counts anew only where it has been merged (Sennrich et al. 2016, with a priority queue). A pair
 * is a left and a right id in one number.
 */
final class MergeCounts {
    /** Pairs that occur more rarely are not worth a token. */
    private static final long LEAST_COUNT = 2;

    private final Map<Long, Pair> pairs = new HashMap<>();
    private final PriorityQueue<Candidate> queue;

    /** A word as ids so far. */
    private static final class Word {
        private int[] ids;
        private final long count;

        Word(int[] ids, long count) {
            this.ids = ids;
            this.count = count;
        }
    }

    /** How often two neighbours occur, and in which words they did. */
    private static final class Pair {
        private long count;
        private final List<Word> words = new ArrayList<>(1);
    }

    /** What a pair's count was when it was last raised. */
    private record Candidate(long pair, long count) {}

    /** @param ties which of two pairs of equal counts comes first; no two may be equal */
    MergeCounts(Comparator<Long> ties) {
        queue = new PriorityQueue<>(
                Comparator.comparingLong(Candidate::count).reversed().thenComparing(Candidate::pair, ties));
    }

    static long pair(int left, int right) {
        return (long) left << Integer.SIZE | right;
    }

    static int left(long pair) {
        return (int) (pair >>> Integer.SIZE);
    }

    static int right(long pair) {
        return (int) pair;
    }

    /** Adds a word before the first merge. */
    void add(int[] ids, long count) {
        Word added = new Word(ids, count);
        count(added, 1);
        for (int i = 0; i + 1 < ids.length; i++) {
            pairs.get(pair(ids[i], ids[i + 1])).words.add(added);
        }
    }

    /**
     * Merges the most frequent pair, again and again, while {@code merge} gives the id that a pair becomes, and pairs that occur twice are left.
     *
     * @param merge a negative id ends it
     */
    void mergeAll(LongUnaryOperator merge) {
        pairs.keySet().forEach(this::offer);
        for (OptionalLong best = best(); best.isPresent(); best = best()) {
            int merged = (int) merge.applyAsLong(best.getAsLong());
            if (merged < 0) {
                return;
            }
            for (Word word : pairs.get(best.getAsLong()).words) {
                replace(word, best.getAsLong(), merged);
            }
            pairs.remove(best.getAsLong());
        }
    }

    private OptionalLong best() {
        while (!queue.isEmpty()) {
            Candidate best = queue.poll();
            Pair pair = pairs.get(best.pair());
            if (pair == null || pair.count < LEAST_COUNT) {
                continue;
            }
            if (pair.count == best.count()) {
                return OptionalLong.of(best.pair());
            }
            offer(best.pair()); // it has fallen since, or another candidate tells
        }
        return OptionalLong.empty();
    }

    private void offer(long pair) {
        queue.add(new Candidate(pair, pairs.get(pair).count));
    }

    /** Puts one id in the place of a pair, wherever it stands in a word. */
    private void replace(Word word, long pair, int merged) {
        int[] old = word.ids;
        int[] made = new int[old.length];
        int count = 0;
        for (int i = 0; i < old.length; i++) {
            if (i + 1 < old.length && pair(old[i], old[i + 1]) == pair) {
                made[count++] = merged;
                i++;
            } else {
                made[count++] = old[i];
            }
        }
        if (count < old.length) { // a word is listed once for each place that the pair had in it
            count(word, -1);
            word.ids = Arrays.copyOf(made, count);
            count(word, 1);
            for (int i = 0; i + 1 < count; i++) {
                if (made[i] == merged || made[i + 1] == merged) {
                    pairs.get(pair(made[i], made[i + 1])).words.add(word); // it is listed for its other pairs already
                    offer(pair(made[i], made[i + 1]));
                }
            }
        }
    }

    /** Counts the pairs of a word, or takes their counts back. */
    private void count(Word word, int sign) {
        for (int i = 0; i + 1 < word.ids.length; i++) {
            pairs.computeIfAbsent(pair(word.ids[i], word.ids[i + 1]), key -> new Pair()).count += sign * word.count;
        }
    }
}
