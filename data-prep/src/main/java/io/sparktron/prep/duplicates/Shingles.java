package io.sparktron.prep.duplicates;

import java.util.Arrays;

/**
 * 64-bit hashes of the shingles of a text: its runs of k words, or of k characters (code points, with one space for each run of separators between
 * words), folded as {@link FoldedCharacters} says. A text of fewer than k units has one shingle of all its units, a text without any has none.
 *
 * <p>The text is walked once: a word is hashed character by character (FNV-1a, mixed), a shingle is the value of a polynomial whose coefficients are
 * the hashes of its units, rolled from shingle to shingle and mixed. An instance keeps buffers: one per thread.
 */
final class Shingles {
    /** Receives shingles, with repetitions, in order. */
    interface Sink {
        void accept(long[] hashes, int count);
    }

    private static final int BUFFER = 1024;
    private static final long FNV_BASIS = 0xCBF29CE484222325L;
    private static final long FNV_PRIME = 0x100000001B3L;
    /** Where the polynomial is evaluated: odd, from PCG's multiplier. */
    private static final long POINT = 0x5851F42D4C957F2DL;

    private final ShingleUnit unit;
    private final long[] units; // the last k hashes, a ring
    private final long leaving; // POINT^k
    private final long[] buffer = new long[BUFFER];
    private int buffered;
    private int place; // in the ring
    private long seen; // units so far
    private long polynomial;
    private Sink sink;

    /** @param k units of a shingle */
    Shingles(ShingleUnit unit, int k) {
        this.unit = unit;
        this.units = new long[k];
        long power = 1;
        for (int i = 0; i < k; i++) {
            power *= POINT;
        }
        this.leaving = power;
    }

    /** Walks a text and hands its shingles over, in blocks. */
    void walk(String text, Sink sink) {
        this.sink = sink;
        buffered = 0;
        place = 0;
        seen = 0;
        polynomial = 0;
        Arrays.fill(units, 0);
        if (unit == ShingleUnit.WORDS) {
            words(text);
        } else {
            characters(text);
        }
        if (seen > 0 && seen < units.length) {
            emit();
        }
        if (buffered > 0) {
            sink.accept(buffer, buffered);
        }
        this.sink = null;
    }

    private void words(String text) {
        long word = FNV_BASIS;
        boolean inside = false;
        int length = text.length();
        for (int i = 0; i < length; i++) {
            int c = text.charAt(i);
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                c = text.codePointAt(i);
                i += Character.charCount(c) - 1;
            }
            byte kind = FoldedCharacters.kind(c);
            if (kind == FoldedCharacters.LETTER || (kind == FoldedCharacters.MARK && inside)) {
                word = (word ^ FoldedCharacters.fold(c)) * FNV_PRIME;
                inside = true;
                continue;
            }
            if (inside) {
                add(Mixing.mix(word));
                word = FNV_BASIS;
                inside = false;
            }
            if (kind == FoldedCharacters.IDEOGRAPH) {
                add(Mixing.mix((FNV_BASIS ^ c) * FNV_PRIME));
            }
        }
        if (inside) {
            add(Mixing.mix(word));
        }
    }

    private void characters(String text) {
        boolean gap = false;
        int length = text.length();
        int c;
        for (int i = 0; i < length; i += Character.charCount(c)) {
            c = text.codePointAt(i);
            byte kind = FoldedCharacters.kind(c);
            if (kind == FoldedCharacters.SEPARATOR || (kind == FoldedCharacters.MARK && (gap || seen == 0))) {
                gap = seen > 0;
                continue;
            }
            if (gap) {
                add(Mixing.mix(' ' * Mixing.GOLDEN));
                gap = false;
            }
            add(Mixing.mix(FoldedCharacters.fold(c) * Mixing.GOLDEN));
        }
    }

    private void add(long hash) {
        polynomial = polynomial * POINT + hash - units[place] * leaving;
        units[place] = hash;
        place = place + 1 == units.length ? 0 : place + 1;
        if (++seen >= units.length) {
            emit();
        }
    }

    private void emit() {
        if (buffered == BUFFER) {
            sink.accept(buffer, BUFFER);
            buffered = 0;
        }
        buffer[buffered++] = Mixing.mix(polynomial);
    }
}
