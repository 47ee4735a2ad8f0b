package io.sparktron.prep.duplicates;

import java.util.Arrays;

/**
 * MinHash signatures (Broder 1997): of each of n random orders of all shingles, the first shingle of the text. Two texts agree in one order with the
 * probability of their Jaccard index.
 *
 * <p>An order is that of the 32-bit numbers ((x * m + a), xor-shifted, * o) with the shingle's hash x and m, a, o drawn once for all (m and o odd: a
 * bijection). The loop below does nothing but that on int arrays, eight shingles at a time, so that the compiler makes vector instructions of it;
 * the multiplication after the xor-shift keeps the orders independent where a text has very many shingles. An instance keeps buffers: one per thread.
 */
final class MinHash implements Shingles.Sink {
    private static final long SEED = 0x5370_6172_6B74_726FL;
    private static final int BLOCK = 8;
    /** Hashes are padded to this number of lanes. */
    private static final int LANES = 16;

    private final Banding banding;
    private final int[] multipliers;
    private final int[] offsets;
    private final int[] outer;
    private final int[] minima;
    private final Shingles shingles;
    private boolean any;

    MinHash(Banding banding, Shingles shingles) {
        this.banding = banding;
        this.shingles = shingles;
        int lanes = (banding.hashes() + LANES - 1) / LANES * LANES;
        multipliers = new int[lanes];
        offsets = new int[lanes];
        outer = new int[lanes];
        minima = new int[lanes];
        long state = SEED;
        for (int i = 0; i < lanes; i++) {
            state += Mixing.GOLDEN;
            long first = Mixing.mix(state);
            state += Mixing.GOLDEN;
            multipliers[i] = (int) (first >>> 32) | 1;
            offsets[i] = (int) first;
            outer[i] = (int) Mixing.mix(state) | 1;
        }
    }

    /** The n minima of a text, or null if it has no shingle. */
    int[] signature(String text) {
        Arrays.fill(minima, Integer.MAX_VALUE);
        any = false;
        shingles.walk(text, this);
        return any ? Arrays.copyOf(minima, banding.hashes()) : null;
    }

    /** A hash per band, of its number and its rows; none if the text has no shingle. Equal in two texts where a band agrees. */
    long[] bands(String text) {
        int[] signature = signature(text);
        return signature == null ? new long[0] : bands(signature);
    }

    long[] bands(int[] signature) {
        long[] bands = new long[banding.bands()];
        for (int band = 0; band < bands.length; band++) {
            long hash = band + 1;
            for (int row = 0; row < banding.rows(); row++) {
                hash = Mixing.mix(hash + Mixing.GOLDEN) ^ signature[band * banding.rows() + row];
            }
            bands[band] = Mixing.mix(hash);
        }
        return bands;
    }

    @Override
    public void accept(long[] hashes, int count) {
        any = true;
        int i = 0;
        for (; i + BLOCK <= count; i += BLOCK) {
            lower(
                    (int) (hashes[i] >>> 32),
                    (int) (hashes[i + 1] >>> 32),
                    (int) (hashes[i + 2] >>> 32),
                    (int) (hashes[i + 3] >>> 32),
                    (int) (hashes[i + 4] >>> 32),
                    (int) (hashes[i + 5] >>> 32),
                    (int) (hashes[i + 6] >>> 32),
                    (int) (hashes[i + 7] >>> 32));
        }
        for (; i < count; i++) {
            int x = (int) (hashes[i] >>> 32);
            lower(x, x, x, x, x, x, x, x);
        }
    }

    private void lower(int x0, int x1, int x2, int x3, int x4, int x5, int x6, int x7) {
        int[] m = multipliers;
        int[] a = offsets;
        int[] o = outer;
        int[] least = minima;
        for (int i = 0; i < least.length; i++) {
            int h0 = x0 * m[i] + a[i];
            int h1 = x1 * m[i] + a[i];
            int h2 = x2 * m[i] + a[i];
            int h3 = x3 * m[i] + a[i];
            int h4 = x4 * m[i] + a[i];
            int h5 = x5 * m[i] + a[i];
            int h6 = x6 * m[i] + a[i];
            int h7 = x7 * m[i] + a[i];
            int low01 = Math.min((h0 ^ (h0 >>> 15)) * o[i], (h1 ^ (h1 >>> 15)) * o[i]);
            int low23 = Math.min((h2 ^ (h2 >>> 15)) * o[i], (h3 ^ (h3 >>> 15)) * o[i]);
            int low45 = Math.min((h4 ^ (h4 >>> 15)) * o[i], (h5 ^ (h5 >>> 15)) * o[i]);
            int low67 = Math.min((h6 ^ (h6 >>> 15)) * o[i], (h7 ^ (h7 >>> 15)) * o[i]);
            least[i] = Math.min(least[i], Math.min(Math.min(low01, low23), Math.min(low45, low67)));
        }
    }
}
