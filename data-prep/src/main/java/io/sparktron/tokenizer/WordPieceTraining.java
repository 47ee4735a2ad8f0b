package io.sparktron.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * Trains a WordPiece vocabulary on counted words. Google never published its trainer; this follows the one by which WordPiece vocabularies are made today
 * (Hugging Face's {@code WordPieceTrainer}): byte-pair merges (Sennrich et al. 2016) on characters, of which all but the first of a word begin with
 * {@code ##}. Each step makes a piece of the pair of neighbours that occurs most often; the likelihood score count(ab) / (count(a) count(b)) is not used, as it prefers
 * pairs of rare characters.
 *
 * <p>The vocabulary holds the special pieces, then single characters in order of their text, then the merged pieces in order of their making. The
 * characters take at most half of it: beyond that the rarest are left out, and words with them. Of pairs as frequent, the one that is first by its
 * pieces' text is merged first, so the result depends on the counts alone. Pairs that occur once are not merged; the vocabulary may then be smaller than asked for.
 */
public final class WordPieceTraining {
    /** The smallest vocabulary that can be asked for. */
    public static final int SMALLEST = 32;

    private static final long LEAST_COUNT = 2;

    private final int size;
    private final List<String> pieces = new ArrayList<>(WordPieceVocabulary.SPECIAL);
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<Long, Pair> pairs = new HashMap<>();
    private final PriorityQueue<Candidate> queue = new PriorityQueue<>(Candidate.ORDER);

    /** A word as pieces so far. */
    private static final class Word {
        private int[] pieces;
        private final long count;

        Word(int[] pieces, long count) {
            this.pieces = pieces;
            this.count = count;
        }
    }

    /** Two neighbours: how often they occur, and in which words they did. */
    private static final class Pair {
        private long count;
        private final List<Word> words = new ArrayList<>(1);
    }

    /** What a pair's count was when it was last raised. */
    private record Candidate(long pair, long count, String left, String right) {
        static final Comparator<Candidate> ORDER = Comparator.comparingLong(Candidate::count)
                .reversed()
                .thenComparing(Candidate::left)
                .thenComparing(Candidate::right);
    }

    private WordPieceTraining(int size) {
        this.size = size;
    }

    /**
     * Trains.
     *
     * @param counts words of {@link WordPieceTokenizer#words}, and how often each occurs
     * @param size of the vocabulary, special pieces included, at most
     */
    public static WordPieceVocabulary train(Map<String, Long> counts, int size) {
        if (size < SMALLEST) {
            throw new IllegalArgumentException("a vocabulary of " + size + " pieces; legal: at least " + SMALLEST);
        }
        WordPieceTraining training = new WordPieceTraining(size);
        training.addCharacters(counts);
        counts.forEach(training::addWord);
        training.merge();
        return WordPieceVocabulary.of(training.pieces);
    }

    private void addCharacters(Map<String, Long> counts) {
        Map<String, Long> characters = new TreeMap<>();
        counts.forEach((word, count) -> characters(word).forEach(piece -> characters.merge(piece, count, Long::sum)));
        List<String> kept = characters.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit((size - pieces.size()) / 2)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        pieces.addAll(kept);
        for (int id = 0; id < pieces.size(); id++) {
            ids.put(pieces.get(id), id);
        }
    }

    /** The characters of a word, as pieces. */
    private static List<String> characters(String word) {
        List<String> pieces = new ArrayList<>();
        int end;
        for (int i = 0; i < word.length(); i = end) {
            end = i + Character.charCount(word.codePointAt(i));
            String character = word.substring(i, end);
            pieces.add(i == 0 ? character : WordPieceVocabulary.CONTINUATION + character);
        }
        return pieces;
    }

    private void addWord(String word, long count) {
        List<String> characters = characters(word);
        if (characters.stream().allMatch(ids::containsKey)) {
            Word added = new Word(characters.stream().mapToInt(ids::get).toArray(), count);
            count(added, 1);
            for (int i = 0; i + 1 < added.pieces.length; i++) {
                pairs.get(pair(added.pieces[i], added.pieces[i + 1])).words.add(added);
            }
        }
    }

    private void merge() {
        pairs.keySet().forEach(this::offer);
        while (pieces.size() < size && !queue.isEmpty()) {
            Candidate best = queue.poll();
            Pair pair = pairs.get(best.pair());
            if (pair == null || pair.count < LEAST_COUNT) {
                continue;
            }
            if (pair.count != best.count()) {
                offer(best.pair()); // it has fallen since, or another candidate tells
                continue;
            }
            int merged = ids.computeIfAbsent(best.left() + withoutMark(best.right()), piece -> {
                pieces.add(piece);
                return pieces.size() - 1;
            });
            for (Word word : pair.words) {
                replace(word, best.pair(), merged);
            }
            pairs.remove(best.pair());
        }
    }

    private void offer(long pair) {
        queue.add(new Candidate(
                pair, pairs.get(pair).count, pieces.get((int) (pair >>> Integer.SIZE)), pieces.get((int) pair)));
    }

    /** Puts one piece in the place of a pair, wherever it stands in a word. */
    private void replace(Word word, long pair, int merged) {
        int[] old = word.pieces;
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
            word.pieces = Arrays.copyOf(made, count);
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
        for (int i = 0; i + 1 < word.pieces.length; i++) {
            pairs.computeIfAbsent(pair(word.pieces[i], word.pieces[i + 1]), key -> new Pair()).count +=
                    sign * word.count;
        }
    }

    private static long pair(int left, int right) {
        return (long) left << Integer.SIZE | right;
    }

    private static String withoutMark(String piece) {
        return piece.substring(WordPieceVocabulary.CONTINUATION.length());
    }
}
