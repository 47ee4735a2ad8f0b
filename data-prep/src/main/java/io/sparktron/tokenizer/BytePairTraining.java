package io.sparktron.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Trains a byte-level byte-pair encoding on counted words (Radford et al. 2019, section 2.2): each step makes a token of the pair of neighbours that occurs most often; of pairs as
 * frequent, of the one whose left token is older, then whose right token is. So the result depends on the counts alone.
 *
 * <p>Ids are as GPT-2 has them: bytes in the order of the characters that spell them ({@link ByteAlphabet}), what merges make in their order, end-of-text last. Pairs that occur once
 * are not merged; the vocabulary may then be smaller than asked for.
 */
final class BytePairTraining {
    static final int LONGEST_WORD = 100;

    private final int size;
    private final List<byte[]> tokens = new ArrayList<>();
    private final Map<String, Integer> ids = new HashMap<>(); // by spelling
    private final Set<Long> made = new HashSet<>();
    private final TokenIds merges = new TokenIds(1 << 12);
    private final MergeCounts pairs = new MergeCounts(Comparator.naturalOrder());

    private BytePairTraining(int size) {
        this.size = size;
        for (byte[] token : ByteAlphabet.inOrder()) {
            add(token);
        }
    }

    /**
     * @param counts words of {@link Gpt2Words}, and how often each occurs
     * @param size of the vocabulary, bytes and end-of-text included, at most
     */
    static BytePairVocabulary train(Map<String, Long> counts, int size) {
        if (size < BytePairVocabulary.SMALLEST) {
            throw new IllegalArgumentException(
                    "a vocabulary of " + size + " tokens; legal: at least " + BytePairVocabulary.SMALLEST);
        }
        BytePairTraining training = new BytePairTraining(size);
        counts.forEach(training::addWord);
        training.pairs.mergeAll(training::merge);
        training.tokens.add(BytePairVocabulary.END_OF_TEXT.getBytes(StandardCharsets.US_ASCII));
        return new BytePairVocabulary(
                training.tokens.toArray(byte[][]::new), training.merges.toArray(), training.tokens.size() - 1);
    }

    /** How often each word of a text occurs, but for those longer than {@value #LONGEST_WORD} characters (UTF-16 units): few words are, and each would be kept whole. */
    static Map<String, Long> count(String text) {
        Map<String, Long> counts = new HashMap<>();
        int end;
        for (int start = 0; start < text.length(); start = end) {
            end = Gpt2Words.end(text, start);
            if (end - start <= LONGEST_WORD) {
                counts.merge(text.substring(start, end), 1L, Long::sum);
            }
        }
        return counts;
    }

    private void addWord(String word, long count) {
        byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
        int[] spelled = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            spelled[i] = ids.get(ByteAlphabet.spell(new byte[] {bytes[i]}));
        }
        pairs.add(spelled, count);
    }

    /** The id that a pair becomes; negative if the vocabulary is full. */
    private long merge(long pair) {
        byte[] left = tokens.get(MergeCounts.left(pair));
        byte[] right = tokens.get(MergeCounts.right(pair));
        byte[] both = new byte[left.length + right.length];
        System.arraycopy(left, 0, both, 0, left.length);
        System.arraycopy(right, 0, both, left.length, right.length);
        Integer known = ids.get(ByteAlphabet.spell(both));
        if (known == null && tokens.size() + 1 >= size) {
            return -1;
        }
        int merged = known == null ? add(both) : known;
        if (made.add(pair)) { // a token that is made in a second way may bring a pair back
            merges.add(MergeCounts.left(pair));
            merges.add(MergeCounts.right(pair));
            merges.add(merged);
        }
        return merged;
    }

    private int add(byte[] token) {
        tokens.add(token);
        ids.put(ByteAlphabet.spell(token), tokens.size() - 1);
        return tokens.size() - 1;
    }
}
