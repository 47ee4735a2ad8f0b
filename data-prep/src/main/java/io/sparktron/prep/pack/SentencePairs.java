package io.sparktron.prep.pack;

import io.sparktron.tokenizer.WordPieceTokenizer;
import io.sparktron.tokenizer.WordPieceVocabulary;
import io.sparktron.tokens.BertSample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes the samples of a document for masked language model and sentence-order prediction (Lan et al. 2020, section 3.1; the paper's BERT uses it for its
 * section 5.3): runs of whole sentences, each cut at a drawn sentence border into two segments of consecutive text, which change places with probability
 * 1/2.
 *
 * <p>A sample takes as many sentences as fit, at least two; with a given probability only as many as fit in a length drawn uniformly from 2 up. A sentence of more
 * than half a sample is cut at word borders into parts that count as sentences, so any two fit and nothing is truncated. A sentence that would be left
 * alone at the end joins the sample before it, or gets its last sentence; where neither can be, it is in no sample.
 */
final class SentencePairs {
    private static final int SPECIAL_TOKENS = 3;

    private final WordPieceTokenizer tokenizer;
    private final WordPieceVocabulary vocabulary;
    private final int cls;
    private final int sep;
    private final int most; // tokens of a sample, without the special ones
    private final double shortSequences;

    /**
     * @param sequence ids of a sample, at most
     * @param shortSequences probability that a sample is filled up to a drawn length only
     */
    SentencePairs(WordPieceVocabulary vocabulary, boolean lowerCase, int sequence, double shortSequences) {
        this.vocabulary = vocabulary;
        this.tokenizer = new WordPieceTokenizer(vocabulary, lowerCase);
        this.cls = tokenizer.id(WordPieceVocabulary.CLS);
        this.sep = tokenizer.id(WordPieceVocabulary.SEP);
        this.most = sequence - SPECIAL_TOKENS;
        this.shortSequences = shortSequences;
    }

    /**
     * What a document gives.
     *
     * @param tokens of its text
     * @param unused those of them that are in no sample
     */
    record Made(int tokens, int unused, List<BertSample> samples) {}

    /**
     * @param key of the document, from which all is drawn
     * @param pieces of its text, each of which is a document of its own to the samples
     */
    Made of(byte[] key, List<String> pieces) {
        KeyedDraws draws = new KeyedDraws(key);
        List<BertSample> samples = new ArrayList<>();
        int tokens = 0;
        int unused = 0;
        for (String piece : pieces) {
            List<int[]> parts = parts(piece);
            int first = pair(parts, draws, samples);
            tokens += tokens(parts, 0, parts.size());
            unused += tokens(parts, first, parts.size());
        }
        return new Made(tokens, unused, samples);
    }

    /** Adds the samples of one piece. @return the first part that is in none */
    private int pair(List<int[]> parts, KeyedDraws draws, List<BertSample> samples) {
        int first = 0;
        while (parts.size() - first >= 2) {
            int end = end(parts, first, target(draws));
            int border = first + 1 + draws.below(end - first - 1);
            samples.add(sample(parts, first, border, end, draws.unit() < 0.5));
            first = end;
        }
        return first;
    }

    private int target(KeyedDraws draws) {
        return draws.unit() < shortSequences ? 2 + draws.below(most - 1) : most;
    }

    /** The part after the last of the sample that begins with part {@code first}. */
    private int end(List<int[]> parts, int first, int target) {
        int end = first + 2;
        int filled = tokens(parts, first, end);
        while (end < parts.size() && filled + parts.get(end).length <= target) {
            filled += parts.get(end).length;
            end++;
        }
        boolean oneIsLeft = end == parts.size() - 1;
        if (oneIsLeft && filled + parts.get(end).length <= most) {
            return end + 1;
        }
        return oneIsLeft && end - first > 2 ? end - 1 : end;
    }

    private BertSample sample(List<int[]> parts, int first, int border, int end, boolean swapped) {
        int[] earlier = joined(parts, first, border);
        int[] later = joined(parts, border, end);
        int[] a = swapped ? later : earlier;
        int[] b = swapped ? earlier : later;
        int[] tokens = new int[a.length + b.length + SPECIAL_TOKENS];
        int second = a.length + 2;
        tokens[0] = cls;
        System.arraycopy(a, 0, tokens, 1, a.length);
        tokens[second - 1] = sep;
        System.arraycopy(b, 0, tokens, second, b.length);
        tokens[tokens.length - 1] = sep;
        return new BertSample(tokens, second, swapped);
    }

    /** The sentences of a text as ids, none of them longer than half a sample. */
    private List<int[]> parts(String text) {
        List<int[]> parts = new ArrayList<>();
        for (String sentence : Sentences.of(text)) {
            int[] ids = tokenizer.encode(sentence);
            for (int start = 0; start < ids.length; ) {
                int end = partEnd(ids, start);
                parts.add(Arrays.copyOfRange(ids, start, end));
                start = end;
            }
        }
        return parts;
    }

    private int partEnd(int[] ids, int start) {
        int half = Math.max(1, most / 2);
        int end = Math.min(ids.length, start + half);
        while (end < ids.length && end > start && vocabulary.continues(ids[end])) {
            end--;
        }
        return end > start ? end : Math.min(ids.length, start + half); // a word of more than that is cut
    }

    private static int tokens(List<int[]> parts, int from, int to) {
        return parts.subList(from, to).stream().mapToInt(part -> part.length).sum();
    }

    private static int[] joined(List<int[]> parts, int from, int to) {
        return parts.subList(from, to).stream().flatMapToInt(Arrays::stream).toArray();
    }
}
