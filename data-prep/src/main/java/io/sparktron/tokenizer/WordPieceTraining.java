package io.sparktron.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private final int size;
    private final List<String> pieces = new ArrayList<>(WordPieceVocabulary.SPECIAL);
    private final Map<String, Integer> ids = new HashMap<>();
    private final MergeCounts pairs = new MergeCounts(Comparator.comparing((Long pair) -> piece(MergeCounts.left(pair)))
            .thenComparing(pair -> piece(MergeCounts.right(pair))));

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
        training.pairs.mergeAll(training::merge);
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
            pairs.add(characters.stream().mapToInt(ids::get).toArray(), count);
        }
    }

    private String piece(int id) {
        return pieces.get(id);
    }

    /** The id that a pair becomes; negative if the vocabulary is full. */
    private long merge(long pair) {
        if (pieces.size() >= size) {
            return -1;
        }
        return ids.computeIfAbsent(
                piece(MergeCounts.left(pair)) + withoutMark(piece(MergeCounts.right(pair))), made -> {
                    pieces.add(made);
                    return pieces.size() - 1;
                });
    }

    private static String withoutMark(String piece) {
        return piece.substring(WordPieceVocabulary.CONTINUATION.length());
    }
}
