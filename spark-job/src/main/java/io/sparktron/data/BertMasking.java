package io.sparktron.data;

import io.sparktron.tokenizer.WordPieceVocabulary;
import io.sparktron.tokens.BertSample;
import io.sparktron.tokens.Manifest;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * Chooses what BERT has to predict: whole words in n-grams, as Megatron-LM trained the paper's models (section 4.2; n-grams as in SpanBERT, Joshi et al. 2020).
 *
 * <p>Of a sample of L tokens, round(0.15 L) are masked, at least one. The words stand in drawn order; at each, an n-gram of up to {@value #LONGEST} words
 * of its segment begins, n drawn with weight 1/n. It is shortened to what is left to mask, and passed over if one of its words is masked already or its first
 * word alone is too long. Of the masked tokens 80 % become [MASK], 10 % another token drawn from the vocabulary and 10 % stay, each on its own; all of them
 * are labels. Special tokens are neither masked nor drawn. If every word is longer than what shall be masked, the first of the shortest in drawn order is
 * masked as a whole. A sample without words (from another writer: ours always have some) stays as it is, with nothing to predict.
 *
 * <p>The mask is a function of seed, position in the run and content: the same whatever rank and micro-batch a sample falls to, and another one
 * in each epoch. Safe for use by many threads.
 */
public final class BertMasking {
    /** Words of an n-gram. */
    static final int LONGEST = 3;

    private static final double MASKED = 0.15;
    /** 1/n, times 6. */
    private static final int[] WEIGHTS = {6, 3, 2};

    private static final int OF_TEN = 10;
    private static final int BECOME_MASK = 8;
    private static final int BECOME_ANOTHER = 9;

    private final long seed;
    private final Manifest.WordPieces special;
    private final int[] specialIds; // ascending
    private final int vocabulary;
    private final BitSet continues = new BitSet(); // by id

    /**
     * @param seed of the run
     * @param pieces the vocabulary of {@code tokenizer}
     */
    public BertMasking(long seed, Manifest.Vocabulary tokenizer, WordPieceVocabulary pieces) {
        this.seed = seed;
        this.special = tokenizer.wordPieces();
        this.specialIds = IntStream.of(special.pad(), special.cls(), special.sep(), special.mask())
                .distinct()
                .sorted()
                .toArray();
        this.vocabulary = tokenizer.vocabulary();
        IntStream.range(0, vocabulary).filter(pieces::continues).forEach(continues::set);
    }

    /**
     * Masks a sample.
     *
     * @param position of the sample in the run
     * @return a copy, with labels
     */
    public BertSample mask(BertSample sample, long position) {
        Words words = Words.of(sample.tokens(), this::isSpecial, continues::get);
        int wanted = (int) Math.max(1, Math.round(MASKED * sample.tokens().length));
        PhiloxStream random = new PhiloxStream(seed, PhiloxStream.MASKING, position);
        int[] order = random.permutation(words.count());
        BitSet chosen = choose(words, order, wanted, random);
        if (chosen.isEmpty() && words.count() > 0) {
            chosen.set(shortest(words, order));
        }
        return replaced(sample, words, chosen, random);
    }

    /** The words to be masked. */
    private static BitSet choose(Words words, int[] order, int wanted, PhiloxStream random) {
        BitSet chosen = new BitSet(words.count());
        int left = wanted;
        for (int i = 0; i < order.length && left > 0; i++) {
            int first = order[i];
            int most = Math.min(LONGEST, words.segmentEnd(first) - first);
            int n = draw(most, random);
            while (n > 0 && words.tokens(first, first + n) > left) {
                n--;
            }
            if (n > 0 && chosen.get(first, first + n).isEmpty()) {
                chosen.set(first, first + n);
                left -= words.tokens(first, first + n);
            }
        }
        return chosen;
    }

    /** n of 1 ... most, with weight 1/n. */
    static int draw(int most, PhiloxStream random) {
        int point = random.below(Arrays.stream(WEIGHTS, 0, most).sum());
        int n = 1;
        while (point >= WEIGHTS[n - 1]) {
            point -= WEIGHTS[n - 1];
            n++;
        }
        return n;
    }

    private static int shortest(Words words, int[] order) {
        int best = order[0];
        for (int word : order) {
            best = words.tokens(word, word + 1) < words.tokens(best, best + 1) ? word : best;
        }
        return best;
    }

    private BertSample replaced(BertSample sample, Words words, BitSet chosen, PhiloxStream random) {
        int[] tokens = sample.tokens().clone();
        int[] labels = new int[tokens.length];
        Arrays.fill(labels, BertSample.IGNORED);
        for (int word = chosen.nextSetBit(0); word >= 0; word = chosen.nextSetBit(word + 1)) {
            for (int i = words.start(word); i < words.end(word); i++) {
                labels[i] = tokens[i];
                tokens[i] = replacement(tokens[i], random);
            }
        }
        return new BertSample(tokens, sample.second(), sample.swapped(), labels);
    }

    private int replacement(int token, PhiloxStream random) {
        int fate = random.below(OF_TEN);
        if (fate < BECOME_MASK) {
            return special.mask();
        }
        return fate < BECOME_ANOTHER ? ordinary(random) : token;
    }

    /** A drawn id that is not special. */
    private int ordinary(PhiloxStream random) {
        int id = random.below(vocabulary - specialIds.length);
        for (int other : specialIds) {
            id += other <= id ? 1 : 0;
        }
        return id;
    }

    private boolean isSpecial(int id) {
        return Arrays.binarySearch(specialIds, id) >= 0;
    }
}
