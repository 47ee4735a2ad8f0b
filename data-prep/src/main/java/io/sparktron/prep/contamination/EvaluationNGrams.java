package io.sparktron.prep.contamination;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The distinct n-grams of all evaluation texts, to be found in other texts. A text of fewer than n words is one n-gram of its own length, if that
 * is not below a shortest one; GPT-3 likewise took 8 to 13 words, by the length of a set's examples.
 *
 * <p>Sorted 64-bit hashes, with the place of each n-gram in the folded texts. Before the search a filter passes over nearly all words of a document: it
 * holds the last words of all n-grams, as many as the shortest has; then one for each length. Where the hashes are equal the words are compared,
 * so a hit is never a collision. N-grams are numbered by hash; about 8 + 4 + 2 * 4 bytes each, and the folded texts. Arrays only: any serializer can
 * broadcast it.
 */
final class EvaluationNGrams implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int ABSENT = -1;

    /** What is told about each n-gram of a text that is an evaluation n-gram too. */
    interface Hit {
        /**
         * @param ngram its number
         * @param from where it begins in the text, in UTF-16 units
         * @param to where it ends; never before the end of an earlier hit
         */
        void at(int ngram, int from, int to);
    }

    private final String[] files;
    private final String[] texts;
    /** Characters of all texts before each. */
    private final int[] offsets;
    /** Words of a text's n-grams; 0 if it has none. */
    private final int[] lengths;
    /** All lengths that occur, ascending. */
    private final int[] distinctLengths;

    private final long hashMask;
    private final long[] hashes;
    /** Where an n-gram begins, in characters of all texts. */
    private final int[] positions;

    /** Of the last words of each n-gram, as many as the shortest has. */
    private final HashFilter endings;
    /** Of the n-grams of each distinct length. */
    private final HashFilter[] filters;

    /** @param shortest words of the shortest text that is searched as a whole */
    static EvaluationNGrams of(EvaluationTexts texts, int ngram, int shortest) {
        return new EvaluationNGrams(texts, ngram, shortest, -1L);
    }

    /** @param hashMask bits of a hash that count; fewer make collisions, for tests */
    EvaluationNGrams(EvaluationTexts evaluation, int ngram, int shortest, long hashMask) {
        this.hashMask = hashMask;
        int count = evaluation.size();
        files = new String[count];
        texts = new String[count];
        offsets = new int[count];
        lengths = new int[count];
        int characters = 0;
        int ngrams = 0;
        for (int text = 0; text < count; text++) {
            files[text] = evaluation.file(text);
            texts[text] = evaluation.folded(text);
            offsets[text] = characters;
            characters = Math.addExact(characters, texts[text].length());
            int words = wordsOf(texts[text]);
            lengths[text] = words >= ngram ? ngram : words >= shortest ? words : 0;
            ngrams += lengths[text] == 0 ? 0 : words - lengths[text] + 1;
        }
        distinctLengths = Arrays.stream(lengths)
                .filter(length -> length > 0)
                .distinct()
                .sorted()
                .toArray();
        long[] all = allHashes(ngrams);
        int[] firsts = firstPositions(all);
        int distinct =
                (int) Arrays.stream(firsts).filter(first -> first != ABSENT).count();
        hashes = new long[distinct];
        positions = new int[distinct];
        int next = 0;
        for (int i = 0; i < all.length; i++) {
            if (firsts[i] != ABSENT) {
                hashes[next] = all[i];
                positions[next++] = firsts[i];
            }
        }
        endings = endings();
        filters = filters();
    }

    private HashFilter endings() {
        HashFilter filter = new HashFilter(hashes.length);
        for (int text = 0; text < texts.length; text++) {
            int n = lengths[text];
            NGrams walk = new NGrams(texts[text], Math.max(1, n));
            while (n > 0 && walk.next()) {
                if (walk.words() >= n) {
                    filter.add(walk.hash(distinctLengths[0]));
                }
            }
        }
        return filter;
    }

    private HashFilter[] filters() {
        int[] lengthIndex = new int[hashes.length];
        int[] counts = new int[distinctLengths.length];
        for (int i = 0; i < hashes.length; i++) {
            lengthIndex[i] = Arrays.binarySearch(distinctLengths, lengths[textAt(positions[i])]);
            counts[lengthIndex[i]]++;
        }
        HashFilter[] all = Arrays.stream(counts).mapToObj(HashFilter::new).toArray(HashFilter[]::new);
        for (int i = 0; i < hashes.length; i++) {
            all[lengthIndex[i]].add(hashes[i]);
        }
        return all;
    }

    private long[] allHashes(int ngrams) {
        long[] all = new long[ngrams];
        int next = 0;
        for (int text = 0; text < texts.length; text++) {
            int n = lengths[text];
            NGrams walk = new NGrams(texts[text], Math.max(1, n));
            while (n > 0 && walk.next()) {
                if (walk.words() >= n) {
                    all[next++] = walk.hash(n) & hashMask;
                }
            }
        }
        Arrays.sort(all);
        return all;
    }

    /** For the first of equal hashes the first n-gram that has it, for the second the first that has other words, and so on. */
    private int[] firstPositions(long[] sorted) {
        int[] firsts = new int[sorted.length];
        Arrays.fill(firsts, ABSENT);
        for (int text = 0; text < texts.length; text++) {
            int n = lengths[text];
            NGrams walk = new NGrams(texts[text], Math.max(1, n));
            while (n > 0 && walk.next()) {
                if (walk.words() >= n) {
                    String words = texts[text].substring(walk.start(n), walk.end());
                    int slot = first(sorted, walk.hash(n) & hashMask);
                    while (firsts[slot] != ABSENT && !isAt(firsts[slot], n, words)) {
                        slot++;
                    }
                    if (firsts[slot] == ABSENT) {
                        firsts[slot] = offsets[text] + walk.start(n);
                    }
                }
            }
        }
        return firsts;
    }

    /** Distinct n-grams. */
    int size() {
        return hashes.length;
    }

    /** Tells every n-gram of the text that is an evaluation n-gram, in the order of their ends. */
    void find(String text, Hit hit) {
        if (distinctLengths.length == 0) {
            return;
        }
        int shortest = distinctLengths[0];
        NGrams walk = new NGrams(text, distinctLengths[distinctLengths.length - 1]);
        while (walk.next()) {
            if (walk.words() >= shortest && endings.mayHold(walk.hash(shortest))) {
                findEnding(text, walk, hit);
            }
        }
    }

    private void findEnding(String text, NGrams walk, Hit hit) {
        for (int i = 0; i < distinctLengths.length && distinctLengths[i] <= walk.words(); i++) {
            int n = distinctLengths[i];
            long hash = walk.hash(n) & hashMask;
            if (filters[i].mayHold(hash)) {
                int ngram = number(hash, n, text, walk);
                if (ngram != ABSENT) {
                    hit.at(ngram, walk.start(n), walk.end());
                }
            }
        }
    }

    private int number(long hash, int n, String text, NGrams walk) {
        int slot = first(hashes, hash);
        if (slot == hashes.length || hashes[slot] != hash) {
            return ABSENT;
        }
        String words = Words.folded(text, walk.start(n), walk.end());
        for (; slot < hashes.length && hashes[slot] == hash; slot++) {
            if (isAt(positions[slot], n, words)) {
                return slot;
            }
        }
        return ABSENT;
    }

    /** The first evaluation file that has the n-gram. */
    String file(int ngram) {
        return files[textAt(positions[ngram])];
    }

    /** The words of an n-gram, folded, with a space between them. */
    String words(int ngram) {
        int text = textAt(positions[ngram]);
        int from = positions[ngram] - offsets[text];
        int to = from;
        for (int i = 0; i < lengths[text]; i++) {
            int space = texts[text].indexOf(' ', to + 1);
            to = space < 0 ? texts[text].length() : space;
        }
        return texts[text].substring(from, to);
    }

    /** Whether an n-gram of n words stands at a place of all texts, and is equal to the given words. */
    private boolean isAt(int position, int n, String words) {
        int text = textAt(position);
        int from = position - offsets[text];
        int to = from + words.length();
        return lengths[text] == n
                && texts[text].startsWith(words, from)
                && (to == texts[text].length() || texts[text].charAt(to) == ' ');
    }

    private int textAt(int position) {
        int low = 0;
        int high = offsets.length - 1;
        while (low < high) { // the last text that begins at the position or before
            int middle = low + high + 1 >>> 1;
            if (offsets[middle] <= position) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Index of the first element that is not below the value. */
    private static int first(long[] sorted, long value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = low + high >>> 1;
            if (sorted[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static int wordsOf(String folded) {
        return folded.isEmpty()
                ? 0
                : 1 + (int) folded.chars().filter(c -> c == ' ').count();
    }
}
